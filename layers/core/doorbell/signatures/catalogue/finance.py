"""Accounts, banks, identity checks."""

from doorbell.signatures.catalogue.entry import AckRule, Each, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok

ENTRIES = (
    Entry(
        "onfido",
        "Onfido",
        "https://documentation.onfido.com/api/latest/#verifying-webhook-signatures",
        body_hmac("x-sha2-signature"),
        event_type=("body:payload.action",),
        ack=AckRule(limit_seconds=10),
        secret="the webhook's token",
        setup="Dashboard or API: create a webhook with Doorbell's URL; keep its token.",
        facts={
            "scheme": "@onfido/api 6.2, onfido-python 6.2 (npm/PyPI), run",
            "event_type, ack": "from memory",
        },
    ),
    Entry(
        "xero",
        "Xero",
        "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
        body_hmac("x-xero-signature", encoding="base64"),
        event_type=("body:events.[].eventCategory", "body:events.[].eventType"),
        each=Each("events.[]"),
        signed=("xero_intent_to_receive",),
        ack=ok(5),
        window_hours=48,
        secret="the webhooks key",
        setup="My Apps, Webhooks: Delivery URL. Intent to receive: 401 for its wrong signatures is right.",
        facts={
            "scheme, handshake": "its guide"
            " (developer.xero.com/documentation/guides/webhooks/configuring-your-server)",
            "event_type, ack": "from memory",
            "retry": "24 h, then the webhook is disabled (the same page)",
        },
    ),
    Entry(
        "plaid",
        "Plaid",
        "https://plaid.com/docs/api/webhooks/webhook-verification/",
        special="jwt_request",
        parameters={
            "header": "plaid-verification",
            "algorithms": "ES256",
            "body_claim": "request_body_sha256",
            "body_when_empty": "hashed",
            "requires": "iat request_body_sha256",
            "max_age": "300",
        },
        dedupe=("special:jwt_request.issued", "hash"),
        dedupe_before=("header:plaid-verification",),
        event_type=("body:webhook_type", "body:webhook_code"),
        ack=ok(10),
        window_hours=48,
        secret="the verification keys (JWK or JWKS as JSON) from /webhook_verification_key/get",
        setup="Give Doorbell's URL as webhook; fetch the key for a kid and store it; renew when it expires.",
        facts={
            "scheme, dedupe": "plaid.com/docs/api/webhooks/webhook-verification, 5 minutes as in public"
            " implementations of it: what is signed, and no id is documented",
            "event_type": "from memory",
            "ack, retry": "plaid.com/docs/api/webhooks: 200 within 10 s; for 24 h, and not where nine of"
            " ten were refused",
        },
    ),
)

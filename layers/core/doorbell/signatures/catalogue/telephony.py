"""Voice and text messages."""

from doorbell.signatures.catalogue.entry import ANY, AckRule, Entry
from doorbell.signatures.catalogue.shapes import ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

DAY = 86_400
TWIML = ok(15, "<Response/>", "text/xml")

ENTRIES = (
    Entry(
        "twilio",
        "Twilio",
        "https://www.twilio.com/docs/usage/security#validating-requests",
        special="twilio",
        parameters={"header": "x-twilio-signature"},
        methods=("POST", "GET"),
        dedupe=("special:twilio.called", "special:twilio.signed"),
        dedupe_before=("special:twilio.signed",),
        event_type=("form:EventType",),
        ack=TWIML,
        window_hours=24,
        secret="the account's auth token, or the secret of the SharedKey that a Webhook Rule signs with",
        setup="Give Doorbell's URL, query included, as webhook; give the same text as public_url.",
        facts={
            "scheme": "twilio-python and -node tests; shared keys and HMAC-SHA256 (public beta):"
            " twilio.com/docs/usage/webhooks/webhook-shared-keys (2026-09-07)",
            "dedupe": "what is signed: an id is not",
            "event_type, ack, retry": "from memory",
            "addresses": "fixed in its Security and Enterprise Editions alone"
            " (twilio.com/docs/iam/twilio-editions/twilio-static-proxy)",
        },
    ),
    Entry(
        "vonage",
        "Vonage",
        "https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks",
        special="jwt_request",
        parameters={
            "header": "authorization",
            "prefix": "Bearer ",
            "algorithms": "HS256",
            "body_claim": "payload_hash",
            "age_without_exp": "86400",
        },
        event_type=("body:status",),
        ack=ok(5),
        window_hours=48,
        secret="the account's signature secret",
        setup="Dashboard, API settings: signature method SHA-256 HMAC, webhook method POST; Doorbell's URL.",
        facts={
            "scheme": "Vonage/vonage-python-sdk, tests;"
            " developer.vonage.com/en/getting-started/concepts/webhooks",
            "event_type": "from memory",
            "ack, retry": "5 s of voice, then twice more (developer.vonage.com, voice, troubleshooting)",
        },
    ),
    Entry(
        "messagebird",
        "MessageBird",
        "https://developers.messagebird.com/api/#verifying-http-requests",
        special="jwt_request",
        parameters={
            "header": "messagebird-signature-jwt",
            "algorithms": "HS256 HS384 HS512",
            "issuer": "MessageBird",
            "requires": "iss nbf exp url_hash",
            "leeway": "1",
            "url_claim": "url_hash",
            "body_claim": "payload_hash",
        },
        methods=ANY,
        dedupe=("special:twilio.called", "hash"),
        dedupe_before=("hash",),
        event_type=("body:type",),
        ack=ok(),
        secret="the account's signing key",
        setup="Give Doorbell's URL as webhook; the same text as public_url if a proxy rewrites it. Bird's"
        " webhook subscriptions sign otherwise: `bird.subscriptions`.",
        facts={
            "scheme": "messagebird/python-rest-api and its test data",
            "dedupe": "what is signed: an id is not",
            "event_type": "from memory",
        },
    ),
    Entry(
        "bird.subscriptions",
        "Bird (webhook subscriptions)",
        "https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions/verifying-a-webhook-subscription",
        Scheme(
            SignatureAt(headers=("messagebird-signature",), encoding="base64"),
            message=("timestamp", "text:\n", "url", "text:\n", "digest:sha256:raw"),
            timestamp=TimestampAt(headers=("messagebird-request-timestamp",), tolerance=DAY),
        ),
        event_type=("body:service", "body:event"),
        only_json=True,
        ack=ok(),
        window_hours=24,
        secret="the subscription's signingKey",
        setup="Create the webhook subscription with a signingKey and Doorbell's URL; the same as public_url.",
        facts={
            "scheme": "docs.bird.com, verifying a webhook subscription (2024-11)",
            "tolerance": "none documented",
            "dedupe": "no id is documented: the body's hash",
            "event_type": "from memory",
            "retry": "8 h (docs.bird.com, webhook subscriptions); whether signed anew is not said",
        },
    ),
    Entry(
        "plivo",
        "Plivo (V3)",
        "https://www.plivo.com/docs/voice/concepts/signature-validation",
        special="plivo",
        methods=("POST", "GET"),
        dedupe=("header:x-plivo-signature-v3-nonce",),
        binds_body=False,
        taken_once=True,
        ack=AckRule(200, "<Response/>", "text/xml", 15),
        secret="the account's auth token",
        setup="Give Doorbell's URL as answer, hangup or message URL, and as public_url.",
        facts={
            "scheme, dedupe": "plivo/plivo-python: the nonce is signed",
            "ack": "from memory",
        },
    ),
    Entry(
        "plivo.v2",
        "Plivo (V2)",
        "https://www.plivo.com/docs/messaging/concepts/signature-validation",
        special="plivo",
        dedupe=("header:x-plivo-signature-v2-nonce",),
        binds_body=False,
        taken_once=True,
        ack=AckRule(200, "<Response/>", "text/xml", 15),
        secret="the account's auth token",
        setup="Only where V3 is not sent: V2 does not cover the body, so each nonce is taken once.",
        facts={
            "scheme, dedupe": "plivo/plivo-python: the nonce is signed",
            "ack": "from memory",
        },
    ),
)

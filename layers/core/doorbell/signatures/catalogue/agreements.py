"""Contracts, records of customers, calls: as third parties' receivers and public pages have them."""

from doorbell.signatures.catalogue.entry import AckRule, Each, Entry, Option
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt

THIRD = "third-party"
RECEIVERS = "several public receivers that agree"

ENTRIES = (
    Entry(
        "rutter",
        "Rutter",
        "https://docs.rutter.com/rest/2024-08-31/webhooks",
        body_hmac("x-rutter-signature", prefix="sha256=", encoding="base64"),
        event_type=("body:type", "body:code"),
        ack=ok(),
        secret="the client secret",
        setup="Dashboard, Webhooks: Doorbell's URL; the key is the client secret.",
        proof=THIRD,
        facts={
            "scheme": "two public receivers",
            "dedupe": "the hash of the body",
            "event_type": "from memory",
        },
    ),
    Entry(
        "segment",
        "Segment",
        "https://segment.com/docs/connections/destinations/catalog/webhooks/",
        body_hmac("x-signature", algorithm="hmac-sha1"),
        dedupe=("body:messageId",),
        event_type=("body:type",),
        ack=ok(5),
        window_hours=24,
        secret="the destination's shared secret",
        setup="Destinations, Webhooks: Doorbell's URL and a shared secret.",
        proof=THIRD,
        facts={"scheme": "from memory of its documentation", "dedupe": "from memory"},
    ),
    Entry(
        "pandadoc",
        "PandaDoc",
        "https://developers.pandadoc.com/docs/webhook-verification",
        Scheme(SignatureAt(query="signature")),
        event_type=("body:[].event",),
        each=Each("[]"),
        ack=ok(20),
        secret="the webhook's shared key",
        setup="Developer dashboard, Configuration, Webhooks: Doorbell's URL; copy the shared key.",
        proof=THIRD,
        facts={"scheme": RECEIVERS, "dedupe": "the hash of the body"},
    ),
    Entry(
        "adobe-sign",
        "Adobe Acrobat Sign",
        "https://developer.adobe.com/acrobat-sign/docs/overview/webhooks/",
        special="token",
        parameters={"header": "x-adobesign-clientid"},
        event_type=("body:event",),
        unsigned=("adobe_sign_client",),
        ack=ok(5),
        window_hours=96,
        secret="the application's client id (no secret, but all that comes)",
        setup="Create the webhook with Doorbell's URL. Give the source an ack with the client id, or Adobe"
        ' repeats: body {"xAdobeSignClientId":"…"}, content type application/json. Nothing is signed:'
        " ?secret=… (provider url-secret) proves more.",
        proof=THIRD,
        facts={"scheme": RECEIVERS, "dedupe": "the hash of the body", "retry": "3 days (from memory)"},
    ),
    Entry(
        "vapi",
        "Vapi",
        "https://docs.vapi.ai/server-url/server-authentication",
        special="token",
        options={
            "header": Option("the header that carries the secret", default="x-vapi-secret"),
            "prefix": Option("what stands before it, such as `Bearer `"),
        },
        event_type=("body:message.type",),
        ack=AckRule(200, "{}", "application/json", 20),
        secret="the server's secret",
        setup="Server URL: Doorbell's URL and a secret, or a bearer credential with its header. Where the"
        " credential is an HMAC, use provider hmac.",
        facts={"scheme": "provider's documentation"},
    ),
)

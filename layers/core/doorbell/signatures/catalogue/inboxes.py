"""Where customers are answered."""

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok, timed
from doorbell.signatures.schemes.scheme import NEVER

ENTRIES = (
    Entry(
        "front",
        "Front (application webhooks)",
        "https://dev.frontapp.com/docs/application-webhooks",
        timed(
            "x-front-signature",
            "x-front-request-timestamp",
            message=("timestamp", "text::", "body"),
            encoding="base64",
            unit="ms",
        ),
        dedupe=("body:payload.id",),
        event_type=("body:type",),
        signed=("front_challenge",),
        ack=ok(5),
        secret="the application's signing key",
        setup="Settings, Developers, app, Webhooks: Doorbell's URL; copy the signing key.",
        facts={
            "scheme": "provider's documentation",
            "tolerance": "300 s both ways; the documentation advises 5 minutes",
            "dedupe": "from memory",
        },
    ),
    Entry(
        "front.rules",
        "Front (rule webhooks)",
        "https://dev.frontapp.com/docs/rule-webhooks",
        body_hmac("x-front-signature", algorithm="hmac-sha1", encoding="base64"),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(5),
        secret="the company's API secret",
        setup="Rules, Send to a webhook: Doorbell's URL; the secret is under Settings, Developers, API"
        " secret.",
        facts={"scheme": "provider's documentation", "dedupe": "from memory", "event_type": "from memory"},
    ),
    Entry(
        "helpscout",
        "Help Scout",
        "https://developer.helpscout.com/webhooks/",
        body_hmac("x-helpscout-signature", algorithm="hmac-sha1", encoding="base64"),
        event_type=("header:x-helpscout-event",),
        ack=ok(),
        window_hours=48,
        secret="the app's secret key",
        setup="Manage, Apps, Webhooks: Doorbell's URL and a secret key.",
        facts={"scheme": "helpscout-api-php, read", "dedupe": "the hash: the body names no event"},
    ),
    Entry(
        "crisp",
        "Crisp",
        "https://docs.crisp.chat/guides/web-hooks/signing/",
        timed(
            "x-crisp-signature",
            "x-crisp-request-timestamp",
            message=("text:[", "timestamp", "text:;", "body", "text:]"),
            unit="ms",
            tolerance=NEVER,
        ),
        event_type=("body:event",),
        ack=ok(),
        window_hours=24,
        secret="the web hook's signing secret",
        setup="Settings, Advanced, Web Hooks (or the plugin's hooks): Doorbell's URL; copy the signing"
        " secret.",
        facts={
            "scheme": "crisp-api 11.3, run",
            "tolerance": "none, as its package: tolerance_seconds sets one",
            "dedupe": "the hash: a fingerprint is a message's",
        },
    ),
)

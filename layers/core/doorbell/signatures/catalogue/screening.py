"""Who somebody is, and what can be said of them."""

from doorbell.signatures.catalogue.entry import Entry, Option
from doorbell.signatures.catalogue.shapes import body_hmac, ok, packed, versioned

ENTRIES = (
    Entry(
        "checkr",
        "Checkr",
        "https://docs.checkr.com/#tag/Webhooks",
        body_hmac("x-checkr-signature"),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        window_hours=48,
        secret="your API key; for a partner app the client secret of its OAuth",
        takes_api_keys=True,
        setup="Dashboard, Account settings, Webhooks: Doorbell's URL.",
        facts={
            "scheme": "provider's reference integration",
            "dedupe": "from memory",
            "event_type": "from memory",
            "retry": "24 h (from memory)",
        },
    ),
    Entry(
        "fingerprint",
        "Fingerprint",
        "https://docs.fingerprint.com/docs/webhooks-security",
        versioned("fpjs-event-signature"),
        event_type=("text:identification",),
        ack=ok(),
        secret="the webhook's encryption key",
        setup="Dashboard, Webhooks: Doorbell's URL, an encryption key.",
        facts={
            "scheme": "Fingerprint's server SDKs, run",
            "dedupe": "the hash of the body",
            "event_type": "ours: there is one",
        },
    ),
    Entry(
        "greenhouse",
        "Greenhouse",
        "https://developers.greenhouse.io/webhooks.html#authentication",
        body_hmac("signature", prefix="sha256 "),
        event_type=("body:action",),
        ack=ok(),
        window_hours=24,
        secret="the webhook's secret key",
        setup="Configure, Dev Center, Webhooks: Doorbell's URL and a secret key. It is made disabled where"
        " the ping on saving is not answered: create the source first.",
        facts={
            "scheme": "provider's documentation",
            "dedupe": "the hash: Greenhouse-Event-ID is not signed",
            "retry": "7 in 15 h (from memory)",
        },
    ),
    Entry(
        "terra",
        "Terra",
        "https://docs.tryterra.co/health-and-fitness-api/integration-setup/setting-up-data-destinations/webhooks",
        packed("terra-signature", time="t", signature="v1", encoding="hex-any"),
        event_type=("body:type",),
        ack=ok(),
        window_hours=24,
        secret="the destination's signing secret",
        setup="Dashboard, Destinations, Webhook: Doorbell's URL; copy the signing secret.",
        facts={
            "scheme": "terra-api 2.1 (npm), run",
            "tolerance": "300 s both ways, as its package",
            "addresses": "docs.tryterra.co/destinations/setting-up-data-destinations: rarely changed",
        },
    ),
    Entry(
        "smartcar",
        "Smartcar",
        "https://smartcar.com/docs/integrations/webhooks/overview",
        body_hmac("sc-signature"),
        dedupe=("body:eventId",),
        event_type=("body:eventType",),
        or_type=(("body:eventName",),),
        unsigned=("smartcar_verify",),
        only_json=True,
        ack=ok(15),
        window_hours=96,
        secret="the application management token",
        setup="Dashboard, Integrations, Webhooks: Doorbell's URL, then Verify; copy the application"
        " management token.",
        facts={
            "scheme": "smartcar SDKs, run",
            "dedupe": "from memory",
            "handshake": "smartcar's hashChallenge",
        },
    ),
    Entry(
        "neon",
        "Neon Auth",
        "https://neon.com/docs/auth/guides/webhooks",
        special="neon",
        options={
            "jwks_url": Option(
                "where the keys are (https), instead of a secret: `<NEON_AUTH_URL>/.well-known/jwks.json`"
            )
        },
        needs_secret=False,
        dedupe=("body:event_id",),
        event_type=("body:event_type",),
        ack=ok(15),
        window_hours=24,
        secret="the branch's keys (JWKS or PEM), or jwks_url",
        setup="Neon API, PUT /projects/{project}/branches/{branch}/auth/webhooks: Doorbell's URL, for"
        " `user.created` alone. The others wait for more than an answer: with `send.otp` and"
        " `send.magic_link` nobody else sends the code, and `user.before_create` refuses every user whom the"
        " answer does not allow.",
        facts={
            "scheme": "provider's documentation",
            "tolerance": "the same page: the past alone; 300 s both ways here",
            "dedupe": "the same page: kept over retries",
            "ack": "the same page: 15 s for all attempts",
            "retry": "2 at once, after 408, 429 and 5xx (the same page)",
        },
    ),
)

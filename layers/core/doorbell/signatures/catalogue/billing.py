"""Subscriptions and sales."""

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.shapes import CREEM_LEGACY, body_hmac, ok

ENTRIES = (
    Entry(
        "chargebee",
        "Chargebee",
        "https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings",
        special="token",
        parameters={"basic": "true"},
        dedupe=("body:id",),
        event_type=("body:event_type",),
        ack=ok(60),
        window_hours=96,
        secret="`user:password`, as set for the webhook",
        setup="Settings, Configure, API keys and webhooks: Doorbell's URL, protected by basic"
        " authentication.",
        facts={
            "scheme": "chargebee 3.33 (npm), run",
            "dedupe": "from memory",
            "retry": "3 days (from memory)",
        },
    ),
    Entry(
        "lemonsqueezy",
        "Lemon Squeezy",
        "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
        body_hmac("x-signature"),
        event_type=("body:meta.event_name",),
        ack=ok(),
        secret="the webhook's signing secret",
        setup="Settings, Webhooks: Doorbell's URL and a signing secret.",
        facts={"scheme": "provider's example"},
    ),
    Entry(
        "creem.legacy",
        "Creem (creem-signature)",
        "https://docs.creem.io/code/webhooks",
        CREEM_LEGACY,
        dedupe=("body:id",),
        event_type=("body:eventType",),
        ack=ok(),
        secret="the webhook's secret, whole and as text",
        setup="Dashboard, Developers, Webhooks: Doorbell's URL; copy the secret.",
        facts={"scheme": "creem 1.13 (npm) and 0.4 (PyPI), run"},
    ),
    Entry(
        "gumroad",
        "Gumroad",
        "https://app.gumroad.com/ping",
        special="token",
        parameters={"query": "secret"},
        dedupe=("form:sale_id", "form:resource_name"),
        event_type=("form:resource_name",),
        or_type=(("text:sale",),),
        ack=ok(),
        window_hours=24,
        secret="a random text of yours, part of the URL",
        setup="Settings, Advanced, Ping endpoint (or a resource subscription): Doorbell's URL with ?secret=…"
        " Nothing is signed.",
        facts={
            "scheme": "provider's public source (sender): no signature exists",
            "dedupe": "provider's source",
        },
    ),
    Entry(
        "fastspring",
        "FastSpring",
        "https://developer.fastspring.com/reference/message-security",
        body_hmac("x-fs-signature", encoding="base64"),
        event_type=("body:events.[].type",),
        ack=ok(),
        window_hours=24,
        secret="the webhook's HMAC SHA256 secret",
        setup="Developer Tools, Webhooks: Doorbell's URL and an HMAC SHA256 secret.",
        proof="third-party",
        facts={"scheme": "two public receivers", "event_type": "from memory", "retry": "from memory"},
    ),
)

"""Forms, appointments, signatures of people."""

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok, packed

ENTRIES = (
    Entry(
        "typeform",
        "Typeform",
        "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
        body_hmac("typeform-signature", prefix="sha256=", encoding="base64"),
        dedupe=("body:event_id",),
        event_type=("body:event_type",),
        ack=AckRule(limit_seconds=30),
        window_hours=24,
        secret="the webhook's secret",
        setup="Connect, Webhooks: URL and Secret. An answer 404, as for a source that is not there, makes"
        " Typeform disable the webhook.",
        facts={
            "scheme": "typeform.com/developers/webhooks/secure-your-webhooks",
            "dedupe, event_type": "trigger.dev/docs/webhooks/providers/typeform (secondary)",
            "ack, retry": "typeform.com/developers/webhooks: 30 s; after 408, 423, 429 and 503 for 10 h,"
            " after 404 and 410 never again: the webhook is disabled",
        },
    ),
    Entry(
        "calendly",
        "Calendly",
        "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
        packed("calendly-webhook-signature", time="t", signature="v1", tolerance=180),
        event_type=("body:event",),
        ack=AckRule(limit_seconds=15),
        window_hours=48,
        secret="the signing key given when subscribing",
        setup="Create a webhook subscription by API with url and signing_key.",
        facts={
            "scheme, event_type": "developer.calendly.com, webhook signatures",
            "tolerance": "secondary source",
            "ack": "developer.calendly.com, webhook timeouts: 10 s to connect, 15 s to answer",
            "retry": "24 h (developer.calendly.com, webhook errors)",
        },
    ),
    Entry(
        "docusign",
        "DocuSign Connect",
        "https://developers.docusign.com/platform/webhooks/connect/hmac/",
        body_hmac(*(f"x-docusign-signature-{n}" for n in range(1, 101)), encoding="base64"),
        event_type=("body:event",),
        ack=ok(100),
        window_hours=360,
        secret="a Connect HMAC key; any of up to 100",
        setup="Connect, configuration: URL, include HMAC signature; Connect keys: add a key.",
        facts={
            "scheme": "developers.docusign.com/platform/webhooks/connect/validate; a header for each key:"
            " nango.dev and others (secondary)",
            "event_type": "hookdeck/webhook-skills (secondary)",
            "ack": "from memory",
            "retry": "15 days (from memory); 45 in 7 days"
            " (iambaton.com/resources/docusign-webhook-silent-failures, secondary)",
        },
    ),
)

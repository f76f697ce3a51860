"""Models and agents, and what ends up in their tools."""

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.generic import standard
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt

THIRD = "third-party"
MEMORY = "from memory of its documentation"

ENTRIES = (
    Entry(
        "claude",
        "Claude (Anthropic)",
        "https://platform.claude.com/docs/en/build-with-claude/webhooks",
        standard("webhook"),
        dedupe=("header:webhook-id",),
        event_type=("body:data.type",),
        or_type=(("body:type",),),
        window_hours=96,
        secret="`whsec_` and the base64 of the key",
        setup="Console, Webhooks: Doorbell's URL; copy the signing key.",
        foreign={"sk-ant-": "an API key"},
        facts={
            "scheme": "anthropic 2.14 (PyPI), read: it calls Standard Webhooks' library",
            "tolerance": "300 s both ways, as that library",
        },
    ),
    Entry(
        "gemini",
        "Gemini API (static webhooks)",
        "https://ai.google.dev/gemini-api/docs/webhooks",
        standard("webhook"),
        dedupe=("header:webhook-id",),
        event_type=("body:type",),
        window_hours=24,
        secret="`whsec_` and the base64 of the key",
        setup="Register Doorbell's URL with the webhook service; store the secret, shown once. The dynamic"
        " webhooks of single jobs carry a JWT: provider jwt.",
        foreign={"AIza": "an API key"},
        proof=THIRD,
        facts={"scheme": "hookdeck/webhook-skills", "retry": "24 h (the same)"},
    ),
    Entry(
        "cursor",
        "Cursor cloud agents",
        "https://cursor.com/docs/cloud-agent/api/webhooks",
        body_hmac("x-webhook-signature", prefix="sha256="),
        event_type=("body:event",),
        ack=ok(),
        secret="the webhook's secret, 32 characters or more",
        setup="Name Doorbell's URL and a secret as `webhook` when the agent is launched.",
        proof=THIRD,
        facts={"scheme": "hookdeck/webhook-skills", "dedupe": "the hash: X-Webhook-ID is not signed"},
    ),
    Entry(
        "fireflies",
        "Fireflies.ai",
        "https://docs.fireflies.ai/graphql-api/webhooks",
        body_hmac("x-hub-signature", prefix="sha256="),
        event_type=("body:eventType",),
        ack=ok(),
        secret="the webhook's signing secret, 16 to 32 characters",
        setup="Settings, Developer settings: Doorbell's URL and a signing secret.",
        proof=THIRD,
        facts={"scheme": "two public receivers", "dedupe": "the hash of the body"},
    ),
    Entry(
        "scrapfly",
        "Scrapfly",
        "https://scrapfly.io/docs/scrape-api/webhook",
        Scheme(
            SignatureAt(headers=("x-scrapfly-webhook-signature",), encoding="hex-upper"), ("unpacked_body",)
        ),
        event_type=("header:x-scrapfly-webhook-resource-type",),
        ack=ok(),
        secret="the webhook's signing secret",
        setup="Dashboard, Webhooks: Doorbell's URL; copy the signing secret. The ping on saving is not"
        " signed: it is refused, which does no harm.",
        foreign={"scp-live-": "an API key", "scp-test-": "an API key"},
        facts={
            "scheme": "scrapfly-sdk 0.12 (PyPI), read",
            "dedupe": "the hash: the job's id is not signed",
        },
    ),
    Entry(
        "pipedrive",
        "Pipedrive",
        "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
        special="token",
        parameters={"basic": "true"},
        dedupe=("body:meta.id",),
        event_type=("body:meta.entity", "body:meta.action"),
        or_type=(("body:event",),),
        ack=ok(10),
        secret="`user:password`, as given to the webhook",
        setup="Tools and apps, Webhooks: Doorbell's URL with HTTP auth user and password. Nothing is signed.",
        proof=THIRD,
        facts={
            "scheme": MEMORY,
            "dedupe": "from memory",
            "event_type": "from memory",
            "addresses": "raw.githubusercontent.com/pipedrive/ip-ranges/master/ip-ranges.txt",
        },
    ),
    Entry(
        "strava",
        "Strava",
        "https://developers.strava.com/docs/webhooks/",
        special="token",
        parameters={"query": "secret"},
        event_type=("body:object_type", "body:aspect_type"),
        unsigned=("strava_subscribe",),
        ack=ok(2),
        window_hours=24,
        secret="a random text of yours, part of the URL",
        setup="POST /push_subscriptions with Doorbell's URL with ?secret=… as callback_url and a"
        " verify_token, which is verify_token_ref here. Nothing is signed.",
        proof=THIRD,
        facts={"scheme": f"no signature exists ({MEMORY})", "handshake": MEMORY},
    ),
    Entry(
        "ringcentral",
        "RingCentral",
        "https://developers.ringcentral.com/guide/notifications/webhooks/receiving",
        special="token",
        parameters={"header": "verification-token"},
        dedupe=("body:uuid",),
        event_type=("body:event",),
        unsigned=("ringcentral_validation",),
        ack=ok(3),
        secret="the verificationToken of the subscription",
        setup="POST /restapi/v1.0/subscription with transport WebHook, Doorbell's URL as address and a"
        " verificationToken. It travels as it is: nothing is signed.",
        proof=THIRD,
        facts={"scheme": MEMORY, "dedupe": "from memory", "handshake": MEMORY},
    ),
    Entry(
        "meraki",
        "Cisco Meraki",
        "https://developer.cisco.com/meraki/webhooks/introduction/",
        special="token",
        parameters={"body": "sharedSecret"},
        token_at="sharedSecret",
        event_type=("body:alertTypeId",),
        or_type=(("body:alertType",),),
        ack=ok(),
        secret="the HTTP server's shared secret",
        setup="Network-wide, Alerts, Webhooks: an HTTPS server with Doorbell's URL and a shared secret. It"
        " travels in the body, which is not signed.",
        proof=THIRD,
        facts={"scheme": MEMORY, "event_type": "from memory"},
    ),
    Entry(
        "sharepoint",
        "SharePoint list webhooks",
        "https://learn.microsoft.com/en-us/sharepoint/dev/apis/webhooks/overview-sharepoint-webhooks",
        special="graph",
        dedupe=("each",),
        event_type=("text:changed",),
        unsigned=("sharepoint_validation",),
        ack=AckRule(200, "", "text/plain", 5),
        token_at="value.[].clientState",
        secret="the clientState of the subscription",
        setup="POST /_api/web/lists(…)/subscriptions with Doorbell's URL as notificationUrl and a"
        " clientState.",
        facts={
            "scheme, handshake": "learn.microsoft.com/en-us/sharepoint/dev/apis/webhooks, overview",
        },
    ),
)

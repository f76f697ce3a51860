"""Models, media and content: proofs in forms that few have."""

from doorbell.signatures.catalogue.entry import Entry, Option
from doorbell.signatures.catalogue.generic import standard
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

ENTRIES = (
    Entry(
        "openai",
        "OpenAI",
        "https://platform.openai.com/docs/guides/webhooks",
        standard("webhook", key="whsec-or-text", bare=True),
        dedupe=("header:webhook-id",),
        event_type=("body:type",),
        ack=ok(),
        window_hours=96,
        secret="the endpoint's signing secret, `whsec_…`",
        setup="Settings, Project, Webhooks: Doorbell's URL and event types; copy the signing secret.",
        facts={
            "scheme": "openai 6.49.0 (npm) and 3.57.0 (PyPI): a secret without whsec_ is text",
            "retry": "72 h (from memory)",
        },
    ),
    Entry(
        "fal",
        "fal",
        "https://docs.fal.ai/model-apis/model-endpoints/webhooks",
        special="fal",
        needs_secret=False,
        options={
            "jwks_url": Option(
                "where the keys are", default="https://rest.alpha.fal.ai/.well-known/jwks.json"
            )
        },
        dedupe=("header:x-fal-webhook-request-id",),
        event_type=("body:status",),
        ack=ok(15),
        window_hours=24,
        secret="none; or fal's public keys (hex), instead of those that it publishes",
        setup="Give Doorbell's URL as `fal_webhook` of a request.",
        proof="third-party",
        facts={"scheme": "@hookflo/tern 4.1.0 (npm) and public receivers: 300 s both ways"},
    ),
    Entry(
        "livekit",
        "LiveKit",
        "https://docs.livekit.io/home/server/webhooks/",
        special="jwt_request",
        parameters={
            "header": "authorization",
            "algorithms": "HS256",
            "requires": "iss exp sha256",
            "leeway": "60",
            "body_claim": "sha256",
            "body_encoding": "base64",
        },
        options={"issuer": Option("the API key whose secret this is, where only that one may ring")},
        dedupe=("body:id",),
        event_type=("body:event",),
        ack=ok(),
        window_hours=24,
        secret="the API secret of the key that the webhook signs with",
        takes_api_keys=True,
        setup="Project settings, Webhooks: Doorbell's URL and an API key; store that key's secret.",
        facts={"scheme": "livekit-server-sdk 2.19.2, livekit-api 1.2.2, livekit/protocol (sender)"},
    ),
    Entry(
        "cloudinary",
        "Cloudinary (SHA-1)",
        "https://cloudinary.com/documentation/notifications#verifying_notification_signatures",
        Scheme(
            SignatureAt(headers=("x-cld-signature",)),
            ("body", "timestamp", "secret"),
            "sha1",
            timestamp=TimestampAt(headers=("x-cld-timestamp",), tolerance=7200),
        ),
        event_type=("body:notification_type",),
        ack=ok(),
        window_hours=24,
        secret="the product environment's API secret",
        takes_api_keys=True,
        setup="Settings, Webhook notifications: Doorbell's URL. SHA-256, where it is set: cloudinary.sha256.",
        facts={"scheme": "cloudinary 2.11.0 (npm), 1.46.3 (PyPI): two hours back; the same ahead here"},
    ),
    Entry(
        "patreon",
        "Patreon",
        "https://docs.patreon.com/#webhooks",
        body_hmac("x-patreon-signature", algorithm="hmac-md5"),
        event_type=("header:x-patreon-event",),
        ack=ok(),
        window_hours=168,
        secret="the webhook's secret",
        setup="Portal, My webhooks: Doorbell's URL; copy the secret.",
        facts={"scheme": "Patreon/platform-documentation", "retry": "a week (from memory)"},
    ),
    Entry(
        "hygraph",
        "Hygraph",
        "https://hygraph.com/docs/api-reference/basics/webhooks#signature-verification",
        Scheme(
            SignatureAt(
                headers=("gcms-signature",), packing="pairs", key="sign", separator=", ", encoding="base64"
            ),
            (
                'text:{"Body":',
                "encoded:json",
                'text:,"EnvironmentName":"',
                "pair:env",
                'text:","TimeStamp":',
                "timestamp",
                "text:}",
            ),
            timestamp=TimestampAt(pair="t", unit="ms", tolerance=86_400),
        ),
        event_type=("body:operation",),
        ack=ok(),
        window_hours=24,
        secret="the webhook's secret key",
        setup="Project settings, Webhooks: Doorbell's URL and a secret key.",
        facts={"scheme": "@hygraph/utils 1.2.1; no window in it, a day here"},
    ),
    Entry(
        "kick",
        "Kick",
        "https://docs.kick.com/events/webhook-security",
        Scheme(
            SignatureAt(headers=("kick-event-signature",), encoding="base64"),
            ("header:kick-event-message-id", "text:.", "timestamp", "text:.", "body"),
            "rsa-sha256",
            "spki",
            TimestampAt(headers=("kick-event-message-timestamp",), unit="rfc3339", tolerance=86_400),
        ),
        dedupe=("header:kick-event-message-id",),
        event_type=("header:kick-event-type",),
        ack=ok(),
        window_hours=24,
        secret="Kick's public key (PEM)",
        setup="Settings, Developer: the app's webhook URL. The key: https://api.kick.com/public/v1/public-key.",
        proof="third-party",
        facts={"scheme": "nuxt-webhook-validators 0.2.12 (npm)", "tolerance": "none known; a day here"},
    ),
)

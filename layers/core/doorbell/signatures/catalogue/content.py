"""Files and content."""

from doorbell.signatures.catalogue.entry import ANY, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok, packed
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt


def ghost(*message: str) -> Scheme:
    """`sha256=<hex>, t=<ms>`; only newer releases sign the time."""
    signed = TimestampAt(pair="t", unit="ms") if "timestamp" in message else None
    at = SignatureAt(headers=("x-ghost-signature",), packing="pairs", key="sha256", separator=", ")
    return Scheme(at, message, timestamp=signed)


ENTRIES = (
    Entry(
        "dropbox",
        "Dropbox",
        "https://www.dropbox.com/developers/reference/webhooks",
        body_hmac("x-dropbox-signature"),
        dedupe=("each",),
        event_type=("text:list_folder",),
        unsigned=("dropbox_challenge",),
        ack=ok(10),
        secret="the app secret",
        setup="App Console, Webhooks: webhook URI. The body names accounts only, so equal bodies recur.",
        facts={
            "scheme, handshake": "dropbox.com/developers/reference/webhooks",
            "event_type": "none is sent: this is its API's name for it, from memory",
            "ack": "from memory",
            "retry": "for about ten minutes (an older form of the same page)",
        },
    ),
    Entry(
        "box",
        "Box",
        "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        Scheme(
            SignatureAt(headers=("box-signature-primary", "box-signature-secondary"), encoding="base64"),
            message=("body", "timestamp"),
            timestamp=TimestampAt(
                headers=("box-delivery-timestamp",), unit="rfc3339", tolerance=600, ahead=5
            ),
            required=(("box-signature-version", "1"), ("box-signature-algorithm", "HmacSHA256")),
            body_forms="escaped",
        ),
        dedupe=("body:id",),
        event_type=("body:trigger",),
        only_json=True,
        ack=ok(30),
        window_hours=24,
        secret="the primary and the secondary signature key",
        setup="Developer Console, Webhooks: URL; Manage signature keys: generate both.",
        facts={
            "scheme, tolerance": "box/box-typescript-sdk-gen; box-node-sdk 10.12, run",
            "event_type, ack, retry": "from memory",
            "dedupe": "developer.box.com/guides/webhooks/v2: kept over retries, unlike BOX-DELIVERY-ID",
        },
    ),
    Entry(
        "contentful",
        "Contentful",
        "https://www.contentful.com/developers/docs/webhooks/request-verification/",
        special="contentful",
        methods=ANY,
        dedupe=("header:x-contentful-idempotency-key",),
        event_type=("header:x-contentful-topic",),
        ack=ok(30),
        secret="the signing secret of exactly 64 characters",
        setup="Settings, Webhooks: URL; enable request verification.",
        facts={
            "scheme, tolerance": "contentful/node-apps-toolkit and its tests",
            "event_type, ack": "from memory",
            "dedupe": "contentful.com/developers/changelog/idempotency-key-headers-for-webhook-requests",
            "addresses": "fixed for Premium alone, else any of AWS's us-east-1 and eu-west-1"
            " (contentful.com/fr/faq/webhooks)",
        },
    ),
    Entry(
        "contentstack",
        "Contentstack (signed by its certificate)",
        "https://www.contentstack.com/docs/developers/set-up-webhooks/secure-your-webhooks",
        Scheme(
            SignatureAt(headers=("x-contentstack-request-signature",), prefix="v1=", encoding="base64"),
            algorithm="rsa-pss-sha256",
            key="spki",
            body_forms="compact",
        ),
        event_type=("body:module", "body:event"),
        ack=ok(30),
        secret="Contentstack's public key (PEM), from https://<domain>/.well-known/public-keys.json",
        setup="Settings, Webhooks: Doorbell's URL; request signing method: the default. The domain is that of"
        " your region's application, and the key is the same for all who use it.",
        facts={
            "scheme": "contentstack.com/docs, secure your webhooks (RSASSA-PSS, `v1=`, SHA-256);"
            " hanoak/contentstack-webhook-verify checks JSON.stringify of what came",
            "dedupe": "no id is documented: the body's hash",
            "event_type": "contentstack.com/docs, webhook data format",
            "ack, retry": "contentstack.com/docs/developers/set-up-webhooks/webhook-circuit-breaker: 30 s,"
            " four more tries",
        },
    ),
    Entry(
        "sanity",
        "Sanity",
        "https://www.sanity.io/docs/http-reference/webhooks",
        packed(
            "sanity-webhook-signature",
            time="t",
            signature="v1",
            encoding="base64url",
            unit="ms",
            tolerance=3600,
        ),
        dedupe=("time", "hash"),
        dedupe_before=("header:idempotency-key",),
        event_type=("header:sanity-operation",),
        ack=ok(30),
        window_hours=24,
        sends_again=False,
        secret="the webhook's secret",
        setup="API, Webhooks: URL and Secret.",
        facts={
            "scheme": "sanity-io/webhook-toolkit, tests",
            "tolerance": "none documented",
            "event_type, ack": "from memory",
            "retry": "after 429 and 5xx, twice, 30 s apart (sanity.io/docs/changelog, 2026-04-29)",
        },
    ),
    Entry(
        "ghost",
        "Ghost",
        "https://ghost.org/docs/webhooks/",
        ghost("body", "timestamp"),
        dedupe=("time", "hash"),
        dedupe_before=("header:x-ghost-signature",),
        only_json=True,
        ack=ok(2),
        window_hours=24,
        secret="the webhook's secret",
        setup="Settings, Integrations, Add webhook: Target URL and Secret.",
        facts={
            "scheme, tolerance": "TryGhost/Ghost, webhook-trigger.js (releases that sign body and time):"
            " none documented",
            "ack, retry": "the same page: 2 s; 410 deletes the webhook; how long it tries is from memory",
        },
    ),
    Entry(
        "ghost.legacy",
        "Ghost (older releases)",
        "https://ghost.org/docs/webhooks/",
        ghost("body"),
        ack=ok(2),
        window_hours=24,
        secret="the webhook's secret",
        setup="For releases that do not sign the time: `ghost` first, this only if it refuses.",
        facts={
            "scheme, ack, retry": "from memory",
        },
    ),
)

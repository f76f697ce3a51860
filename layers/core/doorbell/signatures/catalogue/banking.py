"""Bank accounts, transfers, coins."""

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt


def _quicknode(name: str, title: str, setup: str) -> Entry:
    return Entry(
        name,
        title,
        "https://www.quicknode.com/guides/quicknode-products/streams/validating-incoming-streams-webhook-messages",
        Scheme(
            SignatureAt(headers=("x-qn-signature",)),
            ("header:x-qn-nonce", "timestamp", "unpacked_body"),
            timestamp=TimestampAt(headers=("x-qn-timestamp",)),
        ),
        dedupe=("header:x-qn-nonce",),
        event_type=("header:stream-dataset",),
        ack=ok(),
        secret="the stream's security token, `qnsec_` included",
        setup=setup,
        facts={
            "scheme": "provider's public examples",
            "tolerance": "300 s both ways, as the examples",
            "event_type": "from memory",
        },
    )


ENTRIES = (
    Entry(
        "modern-treasury",
        "Modern Treasury",
        "https://docs.moderntreasury.com/platform/docs/webhooks-overview",
        body_hmac("x-signature"),
        event_type=("header:x-topic", "body:event"),
        ack=AckRule(limit_seconds=10),
        window_hours=96,
        secret="the webhook key of the organisation",
        setup="Developers, Webhooks: Doorbell's URL; copy the webhook key.",
        facts={
            "scheme": "modern-treasury SDKs, run",
            "dedupe": "the hash: X-Event-ID is not signed",
            "event_type": "from memory",
            "retry": "from memory",
        },
    ),
    Entry(
        "dwolla",
        "Dwolla",
        "https://developers.dwolla.com/docs/balance/working-with-webhooks/process-validate",
        body_hmac("x-request-signature-sha-256"),
        dedupe=("body:id",),
        event_type=("body:topic",),
        ack=ok(10),
        window_hours=96,
        secret="the secret given when subscribing",
        setup="POST /webhook-subscriptions with Doorbell's URL and a secret of your choice.",
        facts={"scheme": "provider's receiver", "dedupe": "from memory", "event_type": "from memory"},
    ),
    Entry(
        "circle",
        "Circle",
        "https://developers.circle.com/w3s/webhook-notifications",
        Scheme(
            SignatureAt(headers=("x-circle-signature",), encoding="base64"),
            algorithm="ecdsa-p256-sha256",
            key="spki",
        ),
        dedupe=("body:notificationId",),
        event_type=("body:notificationType",),
        unsigned=("head_probe",),
        ack=ok(),
        secret="the public key (base64) of GET /v2/notifications/publicKey/{X-Circle-Key-Id}",
        setup="Developer console, Webhooks: Doorbell's URL; fetch the public key and store it. A new key id"
        " needs the new key beside the old one.",
        proof="third-party",
        facts={"scheme": "eight public receivers", "dedupe": "from memory", "event_type": "from memory"},
    ),
    Entry(
        "btcpay",
        "BTCPay Server",
        "https://docs.btcpayserver.org/Development/GreenFieldExample-NodeJS/#webhook-validation",
        body_hmac("btcpay-sig", prefix="sha256="),
        dedupe=("body:deliveryId",),
        event_type=("body:type",),
        ack=ok(),
        secret="the webhook's secret",
        setup="Store settings, Webhooks: Doorbell's URL; show the secret.",
        facts={
            "scheme": "provider's public source (sender)",
            "dedupe": "from memory",
            "event_type": "from memory",
        },
    ),
    Entry(
        "alchemy",
        "Alchemy Notify",
        "https://www.alchemy.com/docs/reference/notify-api-quickstart#webhook-signature--security",
        body_hmac("x-alchemy-signature"),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        secret="the webhook's signing key, `whsec_…`, as text",
        setup="Dashboard, Webhooks: Doorbell's URL; copy the signing key of that webhook.",
        facts={"scheme": "provider's examples", "dedupe": "from memory", "event_type": "from memory"},
    ),
    _quicknode(
        "quicknode",
        "QuickNode Streams",
        "Streams, destination Webhook: Doorbell's URL; copy the security token. The test message before the"
        " first one is not signed: it is refused, which does no harm.",
    ),
    _quicknode(
        "quicknode.gzip",
        "QuickNode Streams, compressed",
        "As quicknode, with gzip switched on: the text before compression is what is signed.",
    ),
)

"""Payment processors and freight, as third parties' receivers have them."""

from doorbell.signatures.catalogue.entry import Entry, Option
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

THIRD = "third-party"
RECEIVERS = "several public receivers that agree"

ENTRIES = (
    Entry(
        "tebex",
        "Tebex",
        "https://docs.tebex.io/developers/webhooks/overview",
        Scheme(SignatureAt(headers=("x-signature",)), ("digest:sha256:hex",)),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        secret="the webhook's secret",
        setup="Developers, Webhooks, Endpoints: Doorbell's URL; copy the secret. The validation that is sent"
        " on saving wants its id in the answer: give the source an ack with it, and take it away afterwards.",
        proof=THIRD,
        facts={"scheme": RECEIVERS, "dedupe": "from memory", "event_type": "from memory"},
    ),
    Entry(
        "solidgate",
        "Solidgate",
        "https://docs.solidgate.com/payments/integrate/webhooks/",
        Scheme(
            SignatureAt(headers=("signature",), encoding="base64-of-hex"),
            ("option:public_key", "body", "option:public_key"),
            "hmac-sha512",
        ),
        options={"public_key": Option("the webhook public key, `wh_pk_…`", required=True)},
        event_type=("header:solidgate-event-type",),
        ack=ok(30),
        window_hours=48,
        secret="the webhook secret key, `wh_sk_…`",
        setup="Hub, Developers, Channels, Webhooks: Doorbell's URL; copy both webhook keys.",
        proof=THIRD,
        foreign={"api_sk_": "an API key", "api_pk_": "an API key", "wh_pk_": "the webhook's public key"},
        facts={
            "scheme": RECEIVERS,
            "dedupe": "the hash: solidgate-event-id is not signed",
            "event_type": "from memory",
        },
    ),
    Entry(
        "nmi",
        "NMI payment gateway",
        "https://secure.networkmerchants.com/gw/merchants/resources/integration/integration_portal.php#webhooks_setup",
        Scheme(
            SignatureAt(headers=("webhook-signature",), packing="pairs", key="s"),
            ("pair:t", "text:.", "body"),
        ),
        dedupe=("body:event_id",),
        event_type=("body:event_type",),
        ack=ok(),
        window_hours=72,
        secret="the webhook's signing key",
        setup="Merchant portal, Settings, Webhooks: Doorbell's URL; copy the signing key. What stands as `t`"
        " is a nonce and no time.",
        proof=THIRD,
        facts={
            "scheme": RECEIVERS,
            "tolerance": "none: no time is signed",
            "dedupe": "from memory",
            "retry": "20 in 3 days (docs.nmi.com/reference/retry-logic)",
        },
    ),
    Entry(
        "zerohash",
        "zerohash",
        "https://docs.zerohash.com/reference/webhook-security",
        Scheme(
            SignatureAt(headers=("x-zh-hook-signature",)),
            ("body", "timestamp"),
            timestamp=TimestampAt(headers=("x-zh-hook-timestamp",), unit="s_or_ms"),
        ),
        event_type=("header:x-zh-hook-payload-type",),
        ack=ok(),
        secret="the platform's HMAC secret",
        setup="Ask zerohash to deliver to Doorbell's URL, and for the HMAC secret. The RSA form is not read.",
        proof=THIRD,
        facts={
            "scheme": "public receivers that quote its page",
            "tolerance": "300 s both ways, as its page",
            "dedupe": "the hash: x-zh-hook-notification-id is not signed",
        },
    ),
    Entry(
        "flexport",
        "Flexport",
        "https://apidocs.flexport.com/v2/tag/Webhook-Endpoints/",
        body_hmac("x-hub-signature-256", prefix="sha256="),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        secret="the webhook endpoint's secret",
        setup="Settings, API & webhooks: Doorbell's URL and a secret.",
        proof=THIRD,
        facts={"scheme": "hookdeck/webhook-skills", "dedupe": "from memory", "event_type": "from memory"},
    ),
)

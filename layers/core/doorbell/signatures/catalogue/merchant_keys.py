"""Payments that sign with a public key, in lists, or with a secret in several forms."""

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.generic import standard
from doorbell.signatures.catalogue.merchant_signatures import pem_of
from doorbell.signatures.catalogue.shapes import ok
from doorbell.signatures.schemes.scheme import FIRST, Scheme, SignatureAt, TimestampAt

PAYU_HASHES = (
    ("MD5", "md5"), ("SHA", "sha1"), ("SHA1", "sha1"), ("SHA-1", "sha1"), ("SHA256", "sha256"),
    ("SHA-256", "sha256"), ("SHA384", "sha384"), ("SHA-384", "sha384"), ("SHA512", "sha512"),
    ("SHA-512", "sha512"),
)  # fmt: skip
"""As PayU's library reads the name that a request gives."""

ENTRIES = (
    Entry(
        "recurly",
        "Recurly",
        "https://docs.recurly.com/recurly-subscriptions/docs/signature-headers",
        Scheme(
            SignatureAt(headers=("recurly-signature",), packing="list"),
            ("timestamp", "text:.", "body"),
            timestamp=TimestampAt(pair=FIRST, unit="ms"),
        ),
        dedupe=("body:id",),
        event_type=("body:object_type", "body:event_type"),
        ack=ok(),
        window_hours=96,
        secret="the endpoint's secret key",
        setup="Integrations, Webhooks, Configure: Doorbell's URL, JSON; copy the secret key.",
        facts={
            "scheme": "recurly-client-ruby and its tests' answers: 300 s both ways, milliseconds",
            "retry": "10 in 73 h (docs.recurly.com/recurly-subscriptions, automatic retries)",
            "addresses": "docs.recurly.com/docs/ip-allowlist, by region",
        },
    ),
    Entry(
        "omise",
        "Omise / Opn Payments",
        "https://docs.opn.ooo/api-webhooks",
        Scheme(
            SignatureAt(headers=("omise-signature",), packing="list"),
            ("timestamp", "text:.", "body"),
            key="base64",
            timestamp=TimestampAt(headers=("omise-signature-timestamp",)),
        ),
        dedupe=("body:id",),
        event_type=("body:key",),
        ack=ok(),
        window_hours=72,
        secret="the webhook's secret, base64",
        setup="Dashboard, Webhooks: Doorbell's URL; copy the secret. Both sign while it is rotated.",
        foreign={"skey_": "an API key", "pkey_": "a public API key"},
        proof="third-party",
        facts={"scheme": "six public receivers", "dedupe": "from memory"},
    ),
    Entry(
        "wise",
        "Wise",
        "https://docs.wise.com/guides/developer/webhooks/event-handling",
        Scheme(
            SignatureAt(headers=("x-signature-sha256",), encoding="base64"), ("body",), "rsa-sha256", "spki"
        ),
        event_type=("body:event_type",),
        ack=ok(),
        window_hours=96,
        secret="Wise's public key for webhooks (PEM); production and sandbox have one each",
        setup="Settings, Developer tools, Webhooks: Doorbell's URL. Its test has X-Test-Notification.",
        facts={
            "scheme": "transferwise/api-docs",
            "dedupe": "the hash: X-Delivery-Id is not signed",
            "retry": "from memory",
        },
    ),
    Entry(
        "fireblocks",
        "Fireblocks (v1)",
        "https://developers.fireblocks.com/docs/webhooks-notifications",
        Scheme(
            SignatureAt(headers=("fireblocks-signature",), encoding="base64"),
            ("body",),
            "rsa-sha512",
            "spki",
            body_forms="compact",
        ),
        event_type=("body:type",),
        ack=ok(),
        window_hours=96,
        secret=pem_of("Fireblocks") + "; each environment has one",
        setup="Settings, Webhooks: Doorbell's URL.",
        facts={
            "scheme": "fireblocks/ncw-backend-demo, and a signature of theirs",
            "retry": "from memory",
            "addresses": "developers.fireblocks.com/reference/ip-allowlisting: v2's; v1 has others",
        },
    ),
    Entry(
        "utila",
        "Utila",
        "https://docs.utila.io/reference/webhooks",
        Scheme(
            SignatureAt(headers=("x-utila-signature",), encoding="base64"),
            ("body",),
            "rsa-pss-sha512",
            "spki",
        ),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        secret=pem_of("Utila"),
        setup="Console, Vault Settings, Webhooks, Add Webhook: Doorbell's URL. Test sends an event.",
        proof="third-party",
        facts={
            "scheme": "two public receivers that quote its documentation: RSA-4096, SHA-512, PSS, no time",
            "dedupe": "docs.utila.io/reference/webhooks: each example has an id; whether a retry keeps it is"
            " not said",
            "event_type": "docs.utila.io/reference/webhooks",
        },
    ),
    Entry(
        "polar",
        "Polar",
        "https://polar.sh/docs/integrate/webhooks/delivery",
        standard("webhook", key="whsec-and-text"),
        dedupe=("header:webhook-id",),
        event_type=("body:type",),
        ack=ok(10),
        window_hours=96,
        secret="the endpoint's secret, as it is shown",
        setup="Settings, Webhooks, Add endpoint: Doorbell's URL, format Raw; copy the secret.",
        foreign={"polar_oat_": "an access token", "polar_pat_": "an access token"},
        facts={
            "scheme": "@polar-sh/sdk 0.49.0, polar-sdk 1.0.2: the secret as text, or base64 behind whsec_",
            "retry": "from memory",
        },
    ),
    Entry(
        "payu",
        "PayU (EMEA)",
        "https://developers.payu.com/europe/docs/webhooks/",
        Scheme(
            SignatureAt(
                headers=("openpayu-signature", "x-openpayu-signature"),
                packing="pairs",
                key="signature",
                separator=";",
            ),
            ("body", "secret"),
            named=PAYU_HASHES,
            name_at="pair:algorithm",
        ),
        dedupe=("body:order.orderId", "body:order.status"),
        event_type=("body:order.status",),
        ack=ok(),
        window_hours=96,
        secret="the point of sale's second key (MD5)",
        setup="Give Doorbell's URL as notifyUrl of an order. The request names the hash, MD5 by default: ask"
        " PayU for SHA-256.",
        facts={"scheme": "PayU-EMEA/openpayu_php, with its tests' answers", "event_type": "from memory"},
    ),
)

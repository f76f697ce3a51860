"""Payments that sign a body, in forms that few have."""

from doorbell.signatures.catalogue.entry import Entry, Option
from doorbell.signatures.catalogue.shapes import ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

HOOK0_DOCS = "https://documentation.hook0.com/explanation/webhook-signature-verification"


def hook0() -> Scheme:
    """v1 signs the headers that it names beside time and body. v0, which does not, counts only without it."""
    header, time = ("x-hook0-signature",), TimestampAt(pair="t")
    old = Scheme(
        SignatureAt(headers=header, packing="pairs", key="v0", separator=", ", encoding="hex-any"),
        ("timestamp", "text:.", "body"),
        timestamp=time,
    )
    return Scheme(
        SignatureAt(headers=header, packing="pairs", key="v1", separator=", ", encoding="hex-any"),
        ("timestamp", "text:.", "pair:h", "text:.", "headers:h", "text:.", "body"),
        timestamp=time,
        otherwise=old,
    )


def pem_of(name: str) -> str:
    return f"{name}'s public key (PEM)"


ENTRIES = (
    Entry(
        "unit",
        "Unit",
        "https://www.unit.co/docs/api/webhooks/",
        Scheme(
            SignatureAt(headers=("x-unit-signature",), encoding="base64"),
            algorithm="hmac-sha1",
            body_forms="compact",
        ),
        event_type=("body:data.[].type",),
        ack=ok(),
        window_hours=96,
        secret="the token given when the webhook was made",
        setup="Dashboard, Developer, Webhooks: Doorbell's URL, a token, delivery mode at least once.",
        facts={
            "scheme": "unit-node-sdk 0.41.0 and unit-python-sdk 1.3.2, which write the JSON anew",
            "event_type": "from memory",
        },
    ),
    Entry(
        "coinbase-cdp",
        "Coinbase Developer Platform",
        "https://docs.cdp.coinbase.com/webhooks/cdp-webhooks",
        hook0(),
        dedupe=("body:eventId",),
        event_type=("body:eventType",),
        ack=ok(),
        secret="the subscription's `metadata.secret`",
        setup="Create a webhook subscription by API with Doorbell's URL as target.",
        facts={
            "scheme": "hook0-client 2.0.3 (PyPI); that Coinbase uses it: its openapi.yaml",
            "dedupe": "from memory",
        },
    ),
    Entry(
        "hook0",
        "Hook0",
        HOOK0_DOCS,
        hook0(),
        event_type=("header:x-event-type",),
        ack=ok(),
        secret="the subscription's secret",
        setup="Create a subscription with Doorbell's URL as HTTP target.",
        facts={"scheme": "hook0-client 1.1.0 (npm) and 2.0.3 (PyPI)", "dedupe": "the hash: v0 signs no id"},
    ),
    Entry(
        "moralis",
        "Moralis Streams",
        "https://docs.moralis.com/streams-api/evm/webhooks/webhook-security",
        Scheme(
            SignatureAt(headers=("x-signature",), prefix="0x"),
            ("body", "secret"),
            "keccak256",
            body_forms="compact",
        ),
        event_type=("body:tag",),
        ack=ok(),
        secret="the streams' secret key, or the account's API key where none is set",
        takes_api_keys=True,
        setup="Streams: webhook URL; settings: secret key. Bodies above 128 KiB are refused: this hash is"
        " slow here.",
        facts={"scheme": "@moralisweb3/streams 2.27.2 (npm)", "event_type": "from memory"},
    ),
    Entry(
        "midtrans.snap-bi",
        "Midtrans (SNAP BI)",
        "https://docs.midtrans.com/reference/core-api-snap-open-api-overview",
        Scheme(
            SignatureAt(headers=("x-signature",), encoding="base64"),
            ("text:POST:", "pathname", "text::", "digest:sha256:hex", "text::", "timestamp"),
            "rsa-sha256",
            "spki",
            TimestampAt(headers=("x-timestamp",), unit="rfc3339", tolerance=86_400),
            body_forms="compact",
        ),
        event_type=("body:latestTransactionStatus",),
        ack=ok(),
        secret=pem_of("Midtrans"),
        setup="Dashboard, Settings, SNAP BI: notification URL. Its path is signed: give public_url where a"
        " proxy changes it.",
        facts={
            "scheme": "midtrans-client 1.4.3 (npm), midtrans-php",
            "headers": "from memory",
            "tolerance": "none in the packages; a day here",
            "addresses": "30: docs.midtrans.com/docs/ip-address",
        },
    ),
    Entry(
        "rapyd",
        "Rapyd",
        "https://docs.rapyd.net/en/webhook-authentication.html",
        Scheme(
            SignatureAt(headers=("signature",), encoding="base64-of-hex"),
            ("url", "header:salt", "timestamp", "option:access_key", "secret", "body"),
            timestamp=TimestampAt(headers=("timestamp",)),
        ),
        options={"access_key": Option("the account's access key", required=True)},
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        window_hours=24,
        secret="the account's secret key",
        takes_api_keys=True,
        setup="Client Portal, Developers, Webhooks: Doorbell's URL; the same text as public_url.",
        facts={
            "scheme": "rapyd-py 1.1.0 (community); base64 of hex also in rapyd-sdk 1.0.12",
            "tolerance": "none in the packages; 300 s both ways here",
            "dedupe": "from memory",
        },
    ),
    Entry(
        "nowpayments",
        "NOWPayments",
        "https://documenter.getpostman.com/view/7907941/2s93JusNJt",
        Scheme(SignatureAt(headers=("x-nowpayments-sig",)), algorithm="hmac-sha512", body_forms="sorted"),
        dedupe=("body:payment_id", "body:payment_status"),
        event_type=("body:payment_status",),
        ack=ok(),
        secret="the IPN secret key",
        setup="Store settings, Payment settings, Instant payment notifications: Doorbell's URL and IPN key.",
        facts={
            "scheme": "nowpayments-py 1.0.5 (community) and public receivers: the JSON with sorted keys",
        },
    ),
)

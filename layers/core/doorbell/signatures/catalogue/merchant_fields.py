"""Payments whose proof covers some fields of a body, a form or a query, and not the whole of it."""

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.shapes import ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

ASK = "What is not signed anybody could change who has seen a request: ask the provider's API before you act."


def iyzico(*fields: str) -> Scheme:
    """An HMAC whose message begins with its own key."""
    return Scheme(
        SignatureAt(headers=("x-iyz-signature-v3",)), ("secret", *(f"body:{field}" for field in fields))
    )


def nuvei(algorithm: str) -> Scheme:
    """The checksum of a payment's notice; a hash whose secret comes first."""
    fields = ("totalAmount", "currency", "responseTimeStamp", "PPP_TransactionID", "Status", "productId")
    return Scheme(
        SignatureAt(body="advanceResponseChecksum"),
        ("secret", *(f"body:{field}" for field in fields)),
        algorithm,
    )


ENTRIES = (
    Entry(
        "mercadopago",
        "Mercado Pago",
        "https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks",
        Scheme(
            SignatureAt(headers=("x-signature",), packing="pairs", key="v1", separator=", "),
            (
                "maybe:id:{query:data.id};",
                "maybe:request-id:{header:x-request-id};",
                "text:ts:",
                "timestamp",
                "text:;",
            ),
            timestamp=TimestampAt(pair="ts", unit="s_or_ms"),
        ),
        dedupe=("signed",),
        event_type=("body:action",),
        or_type=(("body:type",), ("query:type",)),
        binds_body=False,
        ack=ok(22),
        window_hours=96,
        secret="the secret signature of the webhook's configuration",
        setup=f"Your integrations, Webhooks: Doorbell's URL; copy the secret signature. {ASK} QR code notices"
        " are not signed at all, and refused.",
        foreign={"APP_USR-": "an access token", "TEST-": "an access token"},
        facts={
            "scheme": "mercadopago 3.6.1 (npm) and 3.6.0 (PyPI)",
            "tolerance": "on request in both packages, 300 s both ways here; seconds or milliseconds",
            "id": "as received: the documentation writes it in lower case, the packages do not",
            "event_type": "from memory",
        },
    ),
    Entry(
        "phonepe",
        "PhonePe",
        "https://developer.phonepe.com/payment-gateway/website-integration/standard-checkout/api-integration/webhook",
        Scheme(SignatureAt(headers=("authorization",)), ("secret",), "sha256"),
        dedupe=("each",),
        event_type=("body:event",),
        binds_body=False,
        ack=ok(),
        secret="`user:password` as set for the webhook",
        setup="Dashboard, Developer settings, Webhook: Doorbell's URL, a user and a password. PhonePe sends"
        f" the hash of both, the same for ever: it proves the sender, not what is sent. {ASK}",
        facts={
            "scheme": "pg-sdk-node 2.0.2, phonepe-pg-sdk-python 3.0.1",
            "event_type": "from memory",
        },
    ),
    Entry(
        "iyzico",
        "iyzico (API payments)",
        "https://docs.iyzico.com/en/advanced/webhook",
        iyzico("iyziEventType", "paymentId", "paymentConversationId", "status"),
        dedupe=("signed",),
        event_type=("body:iyziEventType",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        secret="the merchant's secret key",
        setup=f"Settings, Merchant settings: notification URL. {ASK}",
        takes_api_keys=True,
        facts={"scheme": "iyzico/iyzipay-php samples, with their answers"},
    ),
    Entry(
        "iyzico.form",
        "iyzico (hosted checkout form)",
        "https://docs.iyzico.com/en/advanced/webhook",
        iyzico("iyziEventType", "iyziPaymentId", "token", "paymentConversationId", "status"),
        dedupe=("signed",),
        event_type=("body:iyziEventType",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        secret="the merchant's secret key",
        setup=f"Settings, Merchant settings: notification URL, for checkout form events. {ASK}",
        takes_api_keys=True,
        facts={"scheme": "iyzico/iyzipay-php samples, with their answers"},
    ),
    Entry(
        "opennode",
        "OpenNode",
        "https://developers.opennode.com/docs/charges-webhooks",
        Scheme(SignatureAt(body="hashed_order"), ("body:id",)),
        dedupe=("body:id", "body:status"),
        event_type=("body:status",),
        binds_body=False,
        ack=ok(),
        window_hours=24,
        secret="the API key that makes the charges",
        setup="Give Doorbell's URL as `callback_url` of a charge. Only its id is signed, not its status."
        f" {ASK}",
        takes_api_keys=True,
        facts={"scheme": "opennode 1.5.0 (npm)"},
    ),
    Entry(
        "nuvei",
        "Nuvei (SafeCharge) payment notices",
        "https://docs.nuvei.com/documentation/integration/webhooks/payment-dmns/",
        nuvei("sha256"),
        dedupe=("signed",),
        event_type=("body:Status",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        secret="the merchant secret key",
        setup="Control Panel, Settings, My Integration Settings: DMN URL, hash algorithm SHA-256. MD5:"
        " nuvei.md5. Notices of subscriptions (`responsechecksum`) are refused: their hash is over values"
        f" without names or borders. {ASK}",
        facts={
            "scheme": "SafeChargeInternational/nuvei_checkout_woocommerce; nuvei 1.0.2 (PyPI, community)",
            "subscriptions": "the hash of all values in their order (Nuvei/nuvei-plugin-woocommerce):"
            " amount=1&x=00 has that of amount=100",
        },
    ),
    Entry(
        "nuvei.md5",
        "Nuvei (SafeCharge) payment notices, MD5",
        "https://docs.nuvei.com/documentation/integration/webhooks/payment-dmns/",
        nuvei("md5"),
        dedupe=("signed",),
        event_type=("body:Status",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        secret="the merchant secret key",
        setup=f"Only where the merchant's setting cannot be SHA-256: MD5 is broken. {ASK}",
        facts={"scheme": "SafeChargeInternational/nuvei_checkout_woocommerce"},
    ),
)

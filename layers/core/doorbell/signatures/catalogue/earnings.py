"""Payments and incomes: Paymob, PayPro Global, Token.io and Smile."""

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.merchant_fields import ASK
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt

THIRD = "third-party"
PAYMOB = (
    "amount_cents", "created_at", "currency", "error_occured", "has_parent_transaction", "id",
    "integration_id", "is_3d_secure", "is_auth", "is_capture", "is_refunded", "is_standalone_payment",
    "is_voided", "order.id", "owner", "pending", "source_data.pan", "source_data.sub_type",
    "source_data.type", "success",
)  # fmt: skip
PAYPRO = ("ORDER_ID", "ORDER_STATUS", "ORDER_TOTAL_AMOUNT", "CUSTOMER_EMAIL")

ENTRIES = (
    Entry(
        "paymob",
        "Paymob transactions",
        "https://developers.paymob.com/paymob-docs/developers/webhook-callbacks-and-hmac/hmac/hmac-transaction-callback",
        Scheme(SignatureAt(query="hmac"), tuple(f"body:obj.{name}" for name in PAYMOB), "hmac-sha512"),
        dedupe=("signed",),
        event_type=("body:type",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        secret="the HMAC secret",
        setup="Dashboard, Developers, Payment integrations: Doorbell's URL as transaction processed callback."
        f" Callbacks of saved cards, which sign other fields, are refused. {ASK}",
        foreign={"egy_sk_": "an API key", "are_sk_": "an API key", "sau_sk_": "an API key"},
        facts={"scheme": "provider's documentation, with its sample", "retry": "from memory: none is said"},
    ),
    Entry(
        "paypro-global",
        "PayPro Global",
        "https://developers.payproglobal.com/docs/integrate-with-paypro-global/webhook-ipn/",
        Scheme(
            SignatureAt(body="SIGNATURE", encoding="hex-any"),
            (*(f"body:{name}" for name in PAYPRO), "secret", "body:TEST_MODE", "body:IPN_TYPE_NAME"),
            "sha256",
        ),
        dedupe=("signed",),
        event_type=("body:IPN_TYPE_NAME",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        window_hours=24,
        secret="the validation key, not the secret key",
        setup="Store settings, Product setup: Doorbell's URL as IPN URL; copy the validation key from General"
        " settings, Integration. Its page has the four addresses that it calls from: give them as"
        f" allowed_cidrs. {ASK}",
        proof=THIRD,
        facts={
            "scheme": "several public receivers that agree",
            "retry": "3, 30 min apart (provider's documentation)",
        },
    ),
    Entry(
        "tokenio",
        "Token.io",
        "https://docs.token.io/products/tpp/integration-considerations/webhooks",
        Scheme(
            SignatureAt(headers=("token-signature",), encoding="base64url"),
            algorithm="ed25519",
            key="ed25519",
        ),
        event_type=("header:token-event",),
        ack=ok(),
        secret="the public key, as base64url",
        setup="Dashboard, Settings, Member information: copy the public key. Set Doorbell's URL with PUT"
        " /webhook/config.",
        proof=THIRD,
        facts={"scheme": "hookdeck/webhook-skills", "dedupe": "no id is signed apart: the hash of the body"},
    ),
    Entry(
        "smile",
        "Smile API (employment and income)",
        "https://docs.getsmileapi.com/reference/webhooks",
        body_hmac("smile-signature", algorithm="hmac-sha512"),
        dedupe=("body:id",),
        event_type=("body:type",),
        ack=ok(),
        window_hours=24,
        secret="the webhook's own secret, of 1 to 64 characters",
        setup="Developer portal, Webhooks: Doorbell's URL and a secret. Its page has the one address that it"
        " calls from.",
        proof=THIRD,
        facts={
            "scheme": "hookdeck/webhook-skills",
            "dedupe": "the same source",
            "event_type": "the same source",
            "retry": "2 (the same source); over how long is from memory",
        },
    ),
)

"""Payments whose rule is a module of its own."""

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.merchant_fields import ASK
from doorbell.signatures.catalogue.shapes import ok

ENTRIES = (
    Entry(
        "paytm",
        "Paytm",
        "https://business.paytm.com/docs/callback-and-webhook",
        special="paytm",
        dedupe=("special:paytm.signed",),
        binds_body=False,
        taken_once=True,
        event_type=("body:STATUS",),
        ack=ok(),
        secret="the merchant key (16, 24 or 32 characters)",
        setup="Dashboard, Developer settings, API keys: Merchant Key; Payment notification URL: Doorbell's.",
        facts={
            "scheme": "paytmchecksum 1.5.1 (npm) and 1.7.0 (PyPI): the values are signed, the fields' names"
            " are not",
            "dedupe": "the signed values",
        },
    ),
    Entry(
        "przelewy24",
        "Przelewy24",
        "https://developers.przelewy24.pl/index.php?en",
        special="przelewy24",
        dedupe=("special:przelewy24.signed",),
        event_type=("text:notification",),
        binds_body=False,
        taken_once=True,
        ack=ok(),
        secret="the CRC key",
        setup=f"Give Doorbell's URL as `urlStatus`; My data, API configuration: CRC key. {ASK}",
        proof="third-party",
        facts={"scheme": "mnastalski/przelewy24-php and its test's answer (community)"},
    ),
    Entry(
        "paddle.classic",
        "Paddle Classic",
        "https://developer.paddle.com/classic/webhook-reference/verifying-webhooks",
        special="paddle_classic",
        dedupe=("body:alert_id",),
        event_type=("body:alert_name",),
        ack=ok(),
        window_hours=96,
        secret="the account's public key (PEM)",
        setup="Developer Tools, Public Key; Alerts / Webhooks: Doorbell's URL.",
        foreign={"pdl_": "a key of Paddle Billing"},
        proof="third-party",
        facts={"scheme": "verify-paddle-webhook 1.1.0 (npm, community)", "retry": "from memory"},
    ),
)

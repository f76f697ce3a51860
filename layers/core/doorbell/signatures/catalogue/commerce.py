"""Shops."""

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.generic import standard
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt

ENTRIES = (
    Entry(
        "shopify",
        "Shopify",
        "https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook",
        body_hmac("x-shopify-hmac-sha256", "shopify-hmac-sha256", encoding="base64"),
        dedupe=("header:x-shopify-webhook-id|shopify-webhook-id",),
        event_type=("header:x-shopify-topic|shopify-topic",),
        ack=ok(5),
        window_hours=48,
        secret="the app's client secret",
        setup="Subscribe by API or in the app's configuration with Doorbell's URL.",
        facts={
            "scheme": "Shopify/shopify-app-js; shopify.dev/docs/apps/build/webhooks/subscribe/https",
            "event_type": "shopify.dev/docs/apps/build/events/verify-deliveries",
            "ack": "5 s (secondary)",
            "dedupe": "of Events: shopify.dev/docs/apps/build/events/verify-deliveries; of webhooks kept"
            " over retries (secondary), while X-Shopify-Event-Id is one for several subscriptions"
            " (shopify.dev/apps/build/webhooks/ignore-duplicates)",
            "retry": "8 in 4 h (shopify.dev/changelog, 2024-09-10)",
        },
    ),
    Entry(
        "woocommerce",
        "WooCommerce",
        "https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks",
        body_hmac("x-wc-webhook-signature", encoding="base64", key="html"),
        dedupe=("header:x-wc-webhook-delivery-id", "header:x-wc-webhook-topic", "hash"),
        event_type=("header:x-wc-webhook-topic",),
        unsigned=("woocommerce_ping",),
        ack=ok(60),
        window_hours=24,
        sends_again=False,
        secret="the webhook's secret",
        setup="Settings, Advanced, Webhooks: Delivery URL and Secret. Five failures in a row disable it.",
        facts={
            "scheme, event_type, handshake, ack": "woocommerce/woocommerce, class-wc-webhook.php",
            "dedupe": "its id is not unique in a second: with the hash (the same page)",
            "retry": "none: more than five failures in a row disable the webhook (the same page)",
        },
    ),
    Entry(
        "bigcommerce",
        "BigCommerce",
        "https://developer.bigcommerce.com/docs/integrations/webhooks/events",
        standard("webhook", key="text"),
        dedupe=("header:webhook-id",),
        event_type=("body:scope",),
        ack=ok(10),
        window_hours=72,
        secret="the API account's client secret, as text",
        setup="Create the webhook by API with Doorbell's URL as destination.",
        facts={
            "scheme, dedupe, event_type, retry": "bigcommerce/docs, https-webhook-overview.mdx: 11 in 48 h",
            "tolerance": "none documented",
            "ack": "from memory",
        },
    ),
    Entry(
        "square",
        "Square",
        "https://developer.squareup.com/docs/webhooks/step3validate",
        Scheme(
            SignatureAt(headers=("x-square-hmacsha256-signature",), encoding="base64"),
            message=("url", "body"),
        ),
        dedupe=("body:event_id",),
        event_type=("body:type",),
        only_json=True,
        ack=AckRule(limit_seconds=10),
        window_hours=72,
        secret="the subscription's signature key",
        setup="Developer Console, Webhooks: notification URL; give the same text as public_url.",
        facts={
            "scheme, event_type": "square/square-nodejs-sdk, tests",
            "dedupe": "developer.squareup.com/docs/webhooks/step4manage: event_id tells a repetition",
            "ack": "10 s (an older form of the same page)",
            "retry": "24 h (developer.squareup.com/docs/webhooks/troubleshooting; older 72 h); three weeks"
            " of failures disable it (developer.squareup.com/docs/webhooks/step4manage)",
        },
    ),
    Entry(
        "zapier.signed",
        "Zapier white-label connections",
        "https://docs.zapier.com/white-label/connection-webhooks/verify-signatures",
        standard("webhook"),
        dedupe=("header:webhook-id",),
        event_type=("body:type",),
        secret="`whsec_` and the base64 of the key",
        setup="Register Doorbell's URL as connection webhook.",
        facts={
            "scheme, dedupe, event_type, tolerance": "Standard Webhooks"
            " (docs.zapier.com/white-label/connection-webhooks/verify-signatures)",
        },
    ),
)

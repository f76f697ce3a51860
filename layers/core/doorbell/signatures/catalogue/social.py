"""Social networks and chats."""

from doorbell.signatures.catalogue.entry import NO_CONTENT, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.scheme import Scheme, SignatureAt, TimestampAt

HOUR = 3600

ENTRIES = (
    Entry(
        "meta",
        "Meta: Facebook, Instagram, WhatsApp",
        "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
        body_hmac("x-hub-signature-256", prefix="sha256="),
        event_type=("body:object", "body:entry.[].changes.[].field"),
        unsigned=("meta_subscribe",),
        ack=ok(5),
        window_hours=168,
        secret="the app secret; and a verify token (verify_token_ref) of your own",
        setup="App Dashboard, Webhooks: Callback URL and Verify token.",
        facts={"scheme": "secondary source", "handshake": "WhatsApp-Nodejs-SDK", "retry": "from memory"},
    ),
    Entry(
        "x",
        "X",
        "https://docs.x.com/x-api/webhooks/quickstart",
        body_hmac("x-twitter-webhooks-signature", prefix="sha256=", encoding="base64"),
        event_type=("first-key:for_user_id,user_has_blocked",),
        unsigned=("x_crc",),
        only_json=True,
        ack=ok(3),
        window_hours=24,
        secret="the app's consumer secret",
        setup="Register the webhook by API with Doorbell's URL (no port); X repeats its check hourly.",
        facts={"scheme": "twitterdev/autohook", "handshake": "provider's documentation"},
    ),
    Entry(
        "twitch",
        "Twitch EventSub",
        "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
        Scheme(
            SignatureAt(headers=("twitch-eventsub-message-signature",), prefix="sha256="),
            message=("header:twitch-eventsub-message-id", "timestamp", "body"),
            timestamp=TimestampAt(
                headers=("twitch-eventsub-message-timestamp",), unit="rfc3339", tolerance=600
            ),
        ),
        dedupe=("header:twitch-eventsub-message-id",),
        event_type=("header:twitch-eventsub-subscription-type",),
        signed=("twitch_verification",),
        ack=NO_CONTENT,
        window_hours=24,
        secret="your secret of 10 to 100 characters, given when subscribing",
        setup="Create an EventSub subscription with Doorbell's URL as callback, and your secret.",
        facts={"scheme": "twitch-cli", "tolerance": "from memory"},
    ),
    Entry(
        "discord",
        "Discord webhook events",
        "https://docs.discord.com/developers/events/webhook-events",
        Scheme(
            SignatureAt(headers=("x-signature-ed25519",)),
            message=("timestamp", "body"),
            algorithm="ed25519",
            key="hex",
            timestamp=TimestampAt(headers=("x-signature-timestamp",), tolerance=HOUR),
        ),
        event_type=("body:event.type",),
        signed=("discord_ping",),
        ack=NO_CONTENT,
        window_hours=24,
        secret="the application's public key, hex",
        setup="Webhooks: Endpoint URL. Interactions need an answer at once, so they do not suit a queue.",
        facts={"scheme": "discord-interactions tests", "tolerance": "none documented"},
    ),
    Entry(
        "telegram",
        "Telegram bots",
        "https://core.telegram.org/bots/api#setwebhook",
        special="token",
        parameters={"header": "x-telegram-bot-api-secret-token"},
        dedupe=("body:update_id",),
        event_type=("first-key:update_id",),
        ack=ok(),
        secret="the `secret_token` given to setWebhook",
        setup="setWebhook with url and secret_token. The answer is empty: JSON would be a method call.",
        facts={"scheme": "provider's documentation"},
    ),
    Entry(
        "line",
        "LINE",
        "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        body_hmac("x-line-signature", encoding="base64"),
        dedupe=("list:events.[].webhookEventId",),
        event_type=("body:events.[].type",),
        ack=ok(2),
        secret="the channel secret",
        setup="LINE Developers Console, Messaging API: Webhook URL.",
        facts={"scheme": "provider's SDK tests"},
    ),
)

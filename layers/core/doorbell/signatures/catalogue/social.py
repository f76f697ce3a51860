"""Social networks and chats."""

from doorbell.signatures.catalogue.entry import NO_CONTENT, AckRule, Each, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

HOUR = 3600

ENTRIES = (
    Entry(
        "meta",
        "Meta: Facebook, Instagram, WhatsApp",
        "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
        body_hmac("x-hub-signature-256", prefix="sha256="),
        event_type=("body:object", "body:entry.[].changes.[].field"),
        each=Each("entry.[]"),
        unsigned=("meta_subscribe",),
        ack=ok(5),
        window_hours=168,
        secret="the app secret; and a verify token (verify_token_ref) of your own",
        setup="App Dashboard, Webhooks: Callback URL and Verify token.",
        facts={
            "scheme": "developers.facebook.com/docs/graph-api/webhooks/getting-started, as others quote it"
            " (secondary)",
            "event_type, ack": "from memory",
            "handshake": "WhatsApp/WhatsApp-Nodejs-SDK",
            "retry": "WhatsApp's 7 days (docs.360dialog.com, secondary); the others' from memory",
        },
    ),
    Entry(
        "x",
        "X",
        "https://docs.x.com/x-api/webhooks/quickstart",
        body_hmac(
            "x-twitter-webhooks-signature-oauth2",
            "x-twitter-webhooks-signature",
            prefix="sha256=",
            encoding="base64",
        ),
        event_type=("first-key:for_user_id,user_has_blocked",),
        unsigned=("x_crc",),
        only_json=True,
        ack=ok(10),
        window_hours=24,
        secret="the app's OAuth 2.0 client secret first; of older apps the OAuth 1.0 consumer secret",
        setup="Register the webhook by API with Doorbell's URL (no port); X repeats its check.",
        facts={
            "scheme": "docs.x.com/x-api/webhooks/introduction (2026): the OAuth2 header, and the older one",
            "event_type": "from memory",
            "handshake, ack": "docs.x.com/x-api/webhooks/introduction; by the client secret where the app"
            " has one",
            "retry": "3 in 5 min (developer.x.com, enterprise account activity)",
        },
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
        event_type=("special:twitch.type",),
        signed=("twitch_verification",),
        only_json=True,
        ack=NO_CONTENT,
        window_hours=24,
        secret="your secret of 10 to 100 characters, given when subscribing",
        setup="Create an EventSub subscription with Doorbell's URL as callback, and your secret.",
        facts={
            "scheme, event_type, handshake": "twitchdev/twitch-cli;"
            " dev.twitch.tv/docs/eventsub/handling-webhook-events",
            "dedupe": "the same when sent again: dev.twitch.tv/docs/eventsub",
            "tolerance, retry": "from memory",
        },
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
        only_json=True,
        ack=AckRule(204, "", "text/plain", 3),
        window_hours=24,
        secret="the application's public key, hex",
        setup="Webhooks: Endpoint URL. Interactions need an answer at once, so they do not suit a queue.",
        facts={
            "scheme": "discord/discord-interactions-js 4.4, run",
            "tolerance": "none documented",
            "event_type, handshake, ack": "discord/discord-api-docs, webhook events",
            "retry": "for 10 min (the same page)",
        },
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
        facts={
            "scheme, dedupe, event_type": "core.telegram.org/bots/api",
            "retry": "until it gives up (core.telegram.org/bots/api/methods/setwebhook); kept for 24 h",
        },
    ),
    Entry(
        "line",
        "LINE",
        "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        body_hmac("x-line-signature", encoding="base64"),
        dedupe=("list:events.[].webhookEventId",),
        event_type=("body:events.[].type",),
        each=Each("events.[]", key=("webhookEventId",), empty="ping"),
        ack=ok(2),
        secret="the channel secret",
        sends_again=False,
        setup="LINE Developers Console, Messaging API: Webhook URL.",
        facts={
            "scheme": "line/line-bot-sdk-python, tests",
            "dedupe, event_type": "webhookEventId is one event's, and isRedelivery tells a repetition:"
            " line.github.io/line-bot-sdk-nodejs, webhook",
            "ack": "from memory",
            "retry": "off unless switched on (from memory)",
        },
    ),
)

"""Messages, chats and the tools around them: proofs in forms that few have."""

from doorbell.signatures.catalogue.entry import Entry, Option
from doorbell.signatures.catalogue.shapes import ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt

CORPORATE = {
    "corp_id": Option("the corporation's or app's id, which the handshake must name"),
}


def sorted_sha1(field: str, query: str = "msg_signature") -> Scheme:
    """SHA-1 of token, time, nonce and the encrypted text, put in order."""
    return Scheme(
        SignatureAt(query=query),
        ("secret", "query:timestamp", "query:nonce", f"body:{field}"),
        "sha1",
        sorts=True,
    )


ENTRIES = (
    Entry(
        "sinch.application",
        "Sinch Voice and Verification",
        "https://developers.sinch.com/docs/voice/api-reference/authentication/callback-signed-request",
        special="sinch",
        options={"key": Option("the application's key, where only that one may ring")},
        event_type=("body:event",),
        ack=ok(10),
        secret="the application's secret (base64)",
        setup="Dashboard, Apps: callback URL. Method and path are signed: give public_url where a proxy"
        " changes the path.",
        facts={"scheme": "@sinch/sdk-client 1.5.0, sinch 2.3.0; no window in either"},
    ),
    Entry(
        "pusher",
        "Pusher Channels",
        "https://pusher.com/docs/channels/server_api/webhooks/",
        Scheme(
            SignatureAt(headers=("x-pusher-signature",)),
            timestamp=TimestampAt(body="time_ms", unit="ms"),
        ),
        event_type=("body:events.[].name",),
        ack=ok(4),
        window_hours=24,
        secret="the app's secret, of the key that X-Pusher-Key names",
        setup="App settings, Webhooks: Doorbell's URL.",
        facts={
            "scheme": "pusher 3.3.4 (PyPI, 300 s both ways), 5.3.4 (npm, no window)",
            "ack, retry": "4 s; for 5 min (docs.bird.com/pusher/channels, webhook timeouts and retries)",
        },
    ),
    Entry(
        "wecom",
        "WeCom (WeChat Work)",
        "https://developer.work.weixin.qq.com/document/path/90930",
        sorted_sha1("Encrypt"),
        options=CORPORATE,
        dedupe=("query:timestamp", "query:nonce"),
        event_type=("text:encrypted",),
        binds_body=False,
        taken_once=True,
        unsigned=("wecom_echo",),
        ack=ok(5),
        secret="the app's callback token, and as a second one the EncodingAESKey, for the handshake alone",
        setup="App, Receive messages: Doorbell's URL, Token, EncodingAESKey. The event stays encrypted: who"
        " receives it decrypts it. Only the Encrypt element is signed.",
        facts={"scheme": "@wecom/crypto 1.0.1, wechatpy 1.8.18, and the sample of WeCom's guide"},
    ),
    Entry(
        "dingtalk.events",
        "DingTalk event callbacks",
        "https://open.dingtalk.com/document/orgapp/configure-event-subcription",
        sorted_sha1("encrypt"),
        dedupe=("query:timestamp", "query:nonce"),
        event_type=("text:encrypted",),
        binds_body=False,
        taken_once=True,
        signed=("dingtalk_check",),
        answers="dingtalk",
        ack=ok(5),
        secret="the subscription's token, and as a second one its AES key, for the answers",
        setup="Event subscription, HTTP push: Doorbell's URL, token and AES key. Give the source both:"
        " DingTalk saves a URL, and takes an event for received, only after an encrypted answer. Without the"
        " AES key it takes every answer for a failure and sends again. The event stays encrypted: receivers"
        " decrypt it. Only `encrypt` is signed.",
        facts={
            "scheme": "open-dingtalk/DingTalk-Callback-Crypto",
            "ack": "dingtalk-encrypt 1.2.3 (npm), and the sample of DingTalk's guide",
        },
    ),
    Entry(
        "feishu.cards",
        "Feishu, Lark: cards (old)",
        "https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/handle-card-callbacks",
        Scheme(
            SignatureAt(headers=("x-lark-signature",)),
            ("header:x-lark-request-timestamp", "header:x-lark-request-nonce", "secret", "body"),
            "sha1",
        ),
        ack=ok(3),
        secret="the app's verification token",
        setup="The app's card request URL. Newer apps: `feishu`.",
        facts={"scheme": "lark-oapi 1.7.5, @larksuiteoapi/node-sdk 1.74.0; no window in either"},
    ),
    Entry(
        "klaviyo",
        "Klaviyo",
        "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
        Scheme(
            SignatureAt(headers=("klaviyo-signature",)),
            ("body", "timestamp"),
            timestamp=TimestampAt(headers=("klaviyo-timestamp",), unit="date", tolerance=86_400),
        ),
        event_type=("body:data.[].topic",),
        ack=ok(),
        window_hours=48,
        secret="the webhook's secret key",
        setup="Integrations, Webhooks: Doorbell's URL and a secret key.",
        foreign={"pk_": "a private API key"},
        proof="third-party",
        facts={
            "scheme": "nickdnk/Klaviyo (PHP) and two more; a date in HTTP's form or ISO 8601",
            "tolerance": "none known; one test's clock is five hours off: a day here",
        },
    ),
    Entry(
        "mailchannels",
        "MailChannels",
        "https://docs.mailchannels.net/email-api/delivery-events",
        special="http_signature",
        parameters={"algorithm": "ed25519", "ahead": "30"},
        event_type=("body:[].event",),
        ack=ok(),
        window_hours=24,
        secret="the public key that the API gives for the request's keyid (PEM, hex or base64)",
        setup="POST /tx/v1/webhook?endpoint=… with Doorbell's URL; GET /tx/v1/webhook/public-key?id=… for the"
        " key.",
        facts={"scheme": "mailchannels 1.5.1 (PyPI: 300 s back, 30 s ahead), mailchannels-sdk 0.7.11 (npm)"},
    ),
    Entry(
        "alexa",
        "Alexa skills",
        "https://developer.amazon.com/en-US/docs/alexa/custom-skills/host-a-custom-skill-as-a-web-service.html",
        special="alexa",
        needs_secret=False,
        dedupe=("body:request.requestId",),
        event_type=("body:request.type",),
        ack=ok(8, "{}", "application/json"),
        window_hours=24,
        secret="none",
        setup="Endpoint: HTTPS, Doorbell's URL. Fit for the events that need no spoken answer: Doorbell gives"
        " none.",
        facts={"scheme": "ask-sdk-express-adapter 2.14.0: 150 s, both ways here; an hour for skill events"},
    ),
)

"""Tools that teams work with."""

from doorbell.signatures.catalogue.entry import AckRule, Each, Entry, Option
from doorbell.signatures.catalogue.shapes import body_hmac, ok
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt, TimestampAt


def version_zero(signature: str, timestamp: str, *, prefix: str = "", unit: str = "s") -> Scheme:
    """HMAC-SHA256 of `v0:time:body`: Slack's form, which others took over."""
    return Scheme(
        SignatureAt(headers=(signature,), prefix=prefix),
        message=("text:v0:", "timestamp", "text::", "body"),
        timestamp=TimestampAt(headers=(timestamp,), unit=unit),
    )


ENTRIES = (
    Entry(
        "slack",
        "Slack",
        "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
        version_zero("x-slack-signature", "x-slack-request-timestamp", prefix="v0="),
        dedupe=("body:event_id",),
        event_type=("body:event.type",),
        or_type=(("body:type",), ("body:payload.type",), ("form:command",)),
        signed=("slack_url_verification",),
        ack=ok(3),
        window_hours=24,
        secret="the app's signing secret",
        setup="Event Subscriptions, Request URL. Users see the answer to commands, so it is empty.",
        facts={
            "scheme": "docs.slack.dev/authentication/verifying-requests-from-slack",
            "tolerance": "slackapi/python-slack-sdk, tests",
            "event_type, handshake, ack": "slackapi/bolt-js",
            "dedupe": "from memory",
            "retry": "3 in 5 min (secondary)",
        },
    ),
    Entry(
        "zoom",
        "Zoom",
        "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
        version_zero("x-zm-signature", "x-zm-request-timestamp", prefix="v0=", unit="s_or_ms"),
        event_type=("body:event",),
        signed=("zoom_url_validation",),
        ack=ok(3),
        window_hours=24,
        secret="the app's secret token",
        setup="Feature, Event Subscriptions: Event notification endpoint URL; validate it there.",
        facts={
            "scheme, event_type": "zoom/webhook-sample; @zoom/rivet 0.4",
            "tolerance": "none documented",
            "handshake, ack": "developers.zoom.us/docs/api/webhooks",
            "retry": "after 5, 20 and 60 min (developers.zoom.us/blog/webhook-delays)",
        },
    ),
    Entry(
        "trello",
        "Trello",
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
        Scheme(
            SignatureAt(headers=("x-trello-webhook",), encoding="base64"),
            message=("body", "url"),
            algorithm="hmac-sha1",
        ),
        dedupe=("body:action.id",),
        event_type=("body:action.type",),
        unsigned=("head_probe",),
        only_json=True,
        ack=ok(),
        window_hours=24,
        secret="the app's OAuth1 secret",
        setup="Create the webhook with Doorbell's URL as callbackURL; give the same text as public_url.",
        facts={
            "scheme, dedupe, event_type, handshake": "its guide"
            " (developer.atlassian.com/cloud/trello/guides/rest-api/webhooks)",
            "retry": "3 in 4 min (from memory)",
        },
    ),
    Entry(
        "jira",
        "Jira",
        "https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks",
        body_hmac("x-hub-signature", prefix="sha256="),
        dedupe=("hash",),
        dedupe_before=("header:x-atlassian-webhook-identifier",),
        event_type=("body:webhookEvent",),
        ack=AckRule(limit_seconds=20),
        window_hours=24,
        sends_again=False,
        secret="the webhook's secret",
        setup="System, WebHooks: URL and Secret.",
        facts={
            "scheme": "developer.atlassian.com/cloud/jira/platform/webhooks",
            "event_type": "from memory",
            "ack": "20 s, and 5 s to connect"
            " (hookdeck.com/webhooks/platforms/guide-to-jira-webhooks-features-and-best-practices,"
            " secondary)",
            "dedupe": "X-Atlassian-Webhook-Identifier is kept over retries"
            " (mrrefactoring.github.io/jira.js), but nothing signs it",
            "retry": "after 408, 409, 425, 429 and 5xx (community.developer.atlassian.com, 30554); 5, 5 to"
            " 15 min apart (from memory)",
            "addresses": "ip-ranges.atlassian.com, product jira, egress: many, and they change",
        },
    ),
    Entry(
        "linear",
        "Linear",
        "https://linear.app/developers/webhooks#securing-webhooks",
        special="linear",
        dedupe=("hash",),
        dedupe_before=("header:linear-delivery",),
        event_type=("body:type", "body:action"),
        ack=ok(5),
        window_hours=24,
        secret="the webhook's signing secret",
        setup="Settings, API, Webhooks: URL; copy the signing secret.",
        facts={
            "scheme, tolerance, event_type": "linear/linear, packages/sdk/src/webhooks",
            "ack, retry": "developers.linear.app/docs/graphql/webhooks: 5 s; again after 1 min, 1 h and 6 h",
            "addresses": "linear.app/.well-known/appspecific/app.linear.ips.json"
            " (linear.app/changelog, 2026-09-03)",
        },
    ),
    Entry(
        "asana",
        "Asana",
        "https://developers.asana.com/docs/webhooks-guide",
        special="asana",
        options={"awaits_handshake": Option("`true` while the source waits for its secret", default="false")},
        needs_secret=False,
        event_type=("body:events.[].action",),
        each=Each("events.[]"),
        unsigned=("asana_secret",),
        signed=("asana_heartbeat",),
        ack=ok(10),
        window_hours=48,
        secret="none to paste: Asana sends it in the handshake",
        setup="Set awaits_handshake, then create the webhook with Doorbell's URL as target.",
        facts={
            "handshake": "developers.asana.com/reference/createwebhook (2026-05-27)",
            "scheme": "secondary source",
            "event_type": "each event's action: rubydoc.info/gems/asana/Asana/Resources/Webhook",
            "ack, retry": "developers.asana.com/docs/webhooks-guide: 10 s; 24 h",
        },
    ),
)

"""Clouds and identity providers."""

from doorbell.signatures.catalogue.entry import AckRule, Each, Entry, Option
from doorbell.signatures.catalogue.shapes import ok, packed

AUTHORIZATION = {"header": Option("the header that carries the secret", default="authorization")}

ENTRIES = (
    Entry(
        "okta",
        "Okta event hooks",
        "https://developer.okta.com/docs/concepts/event-hooks/",
        special="token",
        options=AUTHORIZATION,
        dedupe=("body:eventId",),
        event_type=("body:data.events.[].eventType",),
        each=Each("data.events.[]", key=("uuid",)),
        unsigned=("okta_verification",),
        ack=ok(3),
        window_hours=24,
        sends_again=False,
        secret="the authentication secret: the whole header value",
        setup="Workflow, Event Hooks: URL, authentication field `Authorization` and secret; verify.",
        facts={
            "scheme, event_type, handshake, ack, retry": "at most once more, never after 4xx"
            " (developer.okta.com/docs/concepts/event-hooks)",
            "dedupe": "an event's uuid (the same page); that a retry keeps eventId is from memory",
        },
    ),
    Entry(
        "auth0",
        "Auth0 streams",
        "https://auth0.com/docs/customize/log-streams/custom-log-streams",
        special="token",
        options=AUTHORIZATION,
        dedupe=("body:id",),
        event_type=("body:type",),
        or_type=(("body:[].data.type",), ("body:data.type",)),
        each=Each("[]", key=("log_id",)),
        ack=ok(),
        window_hours=24,
        secret="the authorization token: the whole header value",
        setup="Monitoring, Streams: Payload URL and Authorization Token.",
        facts={
            "scheme, event_type": "auth0.com/docs/customize/log-streams/custom-log-streams",
            "dedupe": "auth0.com/docs/customize/events/events-best-practices: an event's id may come again",
            "retry": "from memory",
            "addresses": "cdn.auth0.com/ip-ranges.json, by region",
        },
    ),
    Entry(
        "workos",
        "WorkOS",
        "https://workos.com/docs/events/data-syncing/webhooks",
        packed("workos-signature", time="t", signature="v1", separator=", ", unit="ms", tolerance=180),
        dedupe=("body:id",),
        event_type=("body:event",),
        ack=ok(),
        window_hours=96,
        secret="the webhook's secret",
        setup="Dashboard, Webhooks: Endpoint URL; copy the signing secret.",
        facts={
            "scheme, tolerance": "workos/workos-python, tests",
            "dedupe, event_type": "from memory",
            "retry": "3 days (workos.com/docs/webhooks, best practices)",
        },
    ),
    Entry(
        "sns",
        "AWS SNS",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
        special="sns",
        options={"topic_arn": Option("the topics that may ring, between blanks; `*` is any", required=True)},
        needs_secret=False,
        binds_body=False,
        dedupe=("body:MessageId",),
        event_type=("body:Subject",),
        signed=("sns_confirmation",),
        ack=ok(15),
        secret="none",
        setup="Subscribe Doorbell's URL (HTTPS) to the topic; Doorbell confirms. No raw message delivery.",
        sends_again=False,
        facts={
            "scheme, handshake, dedupe, event_type": "of the message"
            " (docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html)",
            "tolerance": "none documented",
            "ack": "from memory",
            "retry": "3, 20 s apart, or as the policy says, at most an hour; after faults of the server"
            " only (docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries)",
        },
    ),
    Entry(
        "microsoft-graph",
        "Microsoft Graph change notifications",
        "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
        special="graph",
        options={"app_id": Option("check `validationTokens` of rich notifications for this application")},
        dedupe=("each",),
        event_type=("body:value.[].changeType",),
        or_type=(("text:lifecycle", "body:value.[].lifecycleEvent"),),
        each=Each("value.[]", key=("id",)),
        unsigned=("graph_validation",),
        token_at="value.[].clientState",
        ack=AckRule(202, "", "text/plain", 3),
        window_hours=24,
        secret="the subscription's clientState",
        setup="Create the subscription with Doorbell's URL as notificationUrl, and a random clientState.",
        facts={
            "scheme, event_type, handshake, ack, retry": "3 s; up to 4 h"
            " (learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks, 2023)",
        },
    ),
)

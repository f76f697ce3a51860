"""Where code lives."""

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.generic import standard
from doorbell.signatures.catalogue.shapes import body_hmac

GITHUB_DOCS = "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"
GITLAB_DOCS = "https://docs.gitlab.com/user/project/integrations/webhooks/"

ENTRIES = (
    Entry(
        "github",
        "GitHub",
        GITHUB_DOCS,
        body_hmac("x-hub-signature-256", prefix="sha256="),
        dedupe=("header:x-github-delivery",),
        event_type=("header:x-github-event",),
        signed=("github_ping",),
        ack=AckRule(limit_seconds=10),
        window_hours=96,
        sends_again=False,
        secret="the webhook's secret",
        setup="Settings, Webhooks, Add webhook: Payload URL, content type application/json, Secret.",
        facts={
            "scheme": "provider's documentation; octokit and go-github tests",
            "dedupe": "docs.github.com, best practices for using webhooks: a redelivery keeps the id",
            "ack": "the same page; Enterprise Server waits 30 s",
            "retry": "none of its own; by hand for 3 days (secondary source)",
        },
    ),
    Entry(
        "github.sha1",
        "GitHub (legacy SHA-1 header)",
        GITHUB_DOCS,
        body_hmac("x-hub-signature", prefix="sha1=", algorithm="hmac-sha1"),
        dedupe=("header:x-github-delivery",),
        event_type=("header:x-github-event",),
        signed=("github_ping",),
        ack=AckRule(limit_seconds=10),
        window_hours=96,
        sends_again=False,
        secret="the webhook's secret",
        setup="Only for servers too old to send `X-Hub-Signature-256`.",
        facts={"scheme": "go-github tests"},
    ),
    Entry(
        "gitlab",
        "GitLab (secret token)",
        GITLAB_DOCS,
        special="token",
        parameters={"header": "x-gitlab-token"},
        dedupe=("header:idempotency-key",),
        event_type=("special:gitlab.type",),
        ack=AckRule(limit_seconds=10),
        secret="the webhook's secret token",
        setup="Settings, Webhooks: URL and Secret token.",
        facts={
            "scheme": "provider's documentation",
            "dedupe": "GitLab 17.4 and later; before that the body's hash is used",
        },
    ),
    Entry(
        "gitlab.signed",
        "GitLab (signing token)",
        GITLAB_DOCS,
        standard("webhook"),
        dedupe=("header:webhook-id",),
        event_type=("special:gitlab.type",),
        ack=AckRule(limit_seconds=10),
        secret="the signing token, `whsec_…`",
        setup="Settings, Webhooks: URL and Signing token.",
        facts={"scheme": "GitLab merge requests 230944 and 231325"},
    ),
    Entry(
        "bitbucket",
        "Bitbucket (Cloud and Data Center)",
        "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks",
        body_hmac("x-hub-signature", prefix="sha256="),
        dedupe=("header:x-request-uuid",),
        event_type=("header:x-event-key",),
        ack=AckRule(limit_seconds=10),
        secret="the webhook's secret",
        setup="Repository settings, Webhooks: URL and Secret. Data Center: set dedupe to X-Request-Id.",
        facts={"scheme": "provider's documentation", "retry": "two more tries (svix.com, secondary)"},
    ),
)

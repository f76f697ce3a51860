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
            "scheme": "docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries; octokit"
            " and go-github tests",
            "dedupe, event_type, ack": "a redelivery keeps the id; Enterprise Server waits 30 s"
            " (docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks)",
            "retry": "none of its own"
            " (docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries); by hand for"
            " 3 days (secondary source)",
            "handshake": "a ping when the webhook is made: docs.github.com/en/webhooks, about webhooks",
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
        facts={
            "scheme": "google/go-github, tests",
            "dedupe, event_type, ack, retry, handshake": "the same pages as of `github`",
        },
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
        setup="Settings, Webhooks: URL and Secret token. GitLab 19 advises a signing token: `gitlab.signed`.",
        facts={
            "scheme": "docs.gitlab.com/user/project/integrations/webhooks",
            "dedupe": "gitlab.com/gitlab-org/gitlab, merge request 160952: kept when sent again, since"
            " 17.4; before that the body's hash is used",
            "event_type, ack": "from memory",
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
        facts={
            "scheme, dedupe, tolerance": "gitlab.com/gitlab-org/gitlab, merge requests 230944 and 231325:"
            " Standard Webhooks, and webhook-id is the Idempotency-Key",
            "event_type, ack": "from memory",
        },
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
        facts={
            "scheme": "support.atlassian.com/bitbucket-cloud/docs/manage-webhooks",
            "dedupe, event_type": "from memory; of Data Center:"
            " confluence.atlassian.com/bitbucketserver/event-payload-938025882.html",
            "ack, retry": "support.atlassian.com/bitbucket-cloud/docs/troubleshoot-webhooks: 10 s; twice"
            " more, after 5xx alone",
            "addresses": "ip-ranges.atlassian.com, product bitbucket, egress: many, and they change",
        },
    ),
)

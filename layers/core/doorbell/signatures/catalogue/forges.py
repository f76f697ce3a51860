"""Where code lives, and what watches it."""

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.shapes import body_hmac, ok, packed, versioned
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt


def _forge(name: str, title: str, docs: str, brand: str) -> Entry:
    """Gogs and what came of it."""
    return Entry(
        name,
        title,
        docs,
        Scheme(SignatureAt(headers=(f"x-{brand}-signature",)), body_forms="payload"),
        dedupe=(f"header:x-{brand}-delivery",),
        event_type=(f"header:x-{brand}-event",),
        ack=AckRule(limit_seconds=5),
        secret="the webhook's secret",
        setup="Settings, Webhooks: Doorbell's URL as target, POST, either content type (of a form the JSON in"
        " it is signed), and a secret. Without a secret the headers come empty and every request is refused.",
        facts={"scheme": "provider's public source (sender)", "retry": "none by itself (from memory)"},
    )


ENTRIES = (
    _forge("gitea", "Gitea", "https://docs.gitea.com/usage/webhooks", "gitea"),
    _forge("forgejo", "Forgejo", "https://forgejo.org/docs/latest/user/webhooks/", "forgejo"),
    _forge("gogs", "Gogs", "https://gogs.io/docs/features/webhook", "gogs"),
    Entry(
        "sentry",
        "Sentry",
        "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
        body_hmac("sentry-hook-signature"),
        event_type=("header:sentry-hook-resource", "body:action"),
        ack=ok(1),
        secret="the integration's client secret",
        setup="Settings, Custom integrations: an internal integration with Doorbell's URL; copy its client"
        " secret.",
        foreign={"sntrys_": "an auth token", "sntryu_": "an auth token"},
        facts={
            "scheme": "provider's public source (sender)",
            "dedupe": "the hash: Request-ID is not signed",
            "event_type": "from memory",
        },
    ),
    Entry(
        "snyk",
        "Snyk",
        "https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis/validating-payloads",
        body_hmac("x-hub-signature", prefix="sha256="),
        event_type=("header:x-snyk-event",),
        ack=ok(),
        secret="the secret given when creating the webhook",
        setup="API: POST /v1/org/{id}/webhooks with Doorbell's URL and a secret.",
        facts={
            "scheme": "provider's documentation",
            "dedupe": "the hash: X-Snyk-Transport-ID is not signed",
        },
    ),
    Entry(
        "npm-hooks",
        "npm hooks",
        "https://docs.npmjs.com/cli/commands/npm-hook",
        body_hmac("x-npm-signature", prefix="sha256="),
        event_type=("body:event",),
        ack=ok(),
        secret="the secret given when adding the hook",
        setup="npm hook add PACKAGE Doorbell's-URL SECRET.",
        facts={"scheme": "npm-hook-receiver 1.0, run"},
    ),
    Entry(
        "sonarqube",
        "SonarQube and SonarCloud",
        "https://docs.sonarsource.com/sonarqube-server/project-administration/webhooks",
        body_hmac("x-sonar-webhook-hmac-sha256"),
        event_type=("text:analysis", "body:status"),
        ack=AckRule(limit_seconds=10),
        secret="the webhook's secret",
        setup="Administration, Configuration, Webhooks: Doorbell's URL and a secret.",
        proof="third-party",
        foreign={"squ_": "a user token", "sqp_": "a project token", "sqa_": "an analysis token"},
        facts={"scheme": "eight public receivers", "dedupe": "the hash", "ack": "from memory"},
    ),
    Entry(
        "pagerduty",
        "PagerDuty (V3)",
        "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
        versioned("x-pagerduty-signature"),
        dedupe=("body:event.id",),
        event_type=("body:event.event_type",),
        ack=AckRule(limit_seconds=5),
        window_hours=48,
        secret="the secret shown once, when the subscription is made",
        setup="Integrations, Generic Webhooks (v3): Doorbell's URL; copy the signing secret.",
        facts={
            "scheme": "go-pagerduty with its known answer",
            "ack": "from memory",
            "retry": "from memory",
            "addresses": "28: developer.pagerduty.com/ip-safelists/webhooks-us-service-region, and -eu-",
        },
    ),
    Entry(
        "rootly",
        "Rootly",
        "https://docs.rootly.com/integrations/webhooks",
        packed("x-rootly-signature", time="t", signature="v1", between="", separator=", "),
        dedupe=("body:event.id",),
        event_type=("body:event.type",),
        secret="the webhook's secret",
        setup="Configuration, Webhooks: Doorbell's URL; copy the secret.",
        facts={
            "scheme": "provider's documentation",
            "tolerance": "ours, 300 s both ways: the documentation names none",
            "dedupe": "from memory",
            "event_type": "from memory",
        },
    ),
    Entry(
        "launchdarkly",
        "LaunchDarkly",
        "https://launchdarkly.com/docs/integrations/webhooks",
        body_hmac("x-ld-signature"),
        dedupe=("body:_id",),
        event_type=("body:kind",),
        ack=ok(),
        secret="the webhook's secret",
        setup="Integrations, Webhooks: Doorbell's URL, Sign this webhook; copy the secret.",
        proof="third-party",
        foreign={"api-": "an API access token", "sdk-": "an SDK key"},
        facts={
            "scheme": "one public receiver and its tests",
            "dedupe": "from memory",
            "retry": "once (from memory)",
            "addresses": "app.launchdarkly.com/api/v2/public-ip-list, outboundAddresses",
        },
    ),
)

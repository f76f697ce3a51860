"""Providers that send through Svix: its headers, its keys, its retries."""

from collections.abc import Mapping

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.generic import standard

RETRY = "Svix's: 8 attempts in 28 hours (docs.svix.com/retries)"
INGEST = "Svix's own list of sources that sign as Svix does (svix 1.91, ingest sources)"


def _user(
    name: str,
    title: str,
    docs: str,
    setup: str,
    *,
    kind: tuple[str, ...] = ("body:type",),
    known: str,
    kind_known: str = "from memory",
    foreign: Mapping[str, str] | None = None,
) -> Entry:
    return Entry(
        name,
        title,
        docs,
        standard("svix"),
        dedupe=("header:svix-id|webhook-id",),
        event_type=kind,
        ack=AckRule(limit_seconds=15),
        window_hours=96,
        secret="`whsec_` and the base64 of the key",
        setup=setup,
        foreign=foreign or {},
        facts={
            "scheme": known,
            "tolerance": "300 s both ways, as Svix's library",
            "retry": RETRY,
            "event_type": kind_known,
        },
    )


PORTAL = "Webhooks: add an endpoint with Doorbell's URL; copy its signing secret"

ENTRIES = (
    _user(
        "clerk",
        "Clerk",
        "https://clerk.com/docs/guides/development/webhooks/overview",
        f"Dashboard, Configure, {PORTAL}.",
        known="@clerk/backend 3.25 and Svix's library, run",
        kind_known="provider's library",
    ),
    _user(
        "resend",
        "Resend",
        "https://resend.com/docs/webhooks/verify-webhooks-requests",
        f"Dashboard, {PORTAL}.",
        known="resend SDKs, run",
        kind_known="provider's library",
        foreign={"re_": "an API key"},
    ),
    _user(
        "seam",
        "Seam",
        "https://docs.seam.co/latest/developer-tools/webhooks",
        f"Console, Developer, {PORTAL}.",
        kind=("body:event_type",),
        known="@seamapi/webhook 1.2, run",
        foreign={"seam_": "an API key"},
    ),
    _user(
        "stytch",
        "Stytch",
        "https://stytch.com/docs/workspace-management/webhooks/overview",
        f"Dashboard, {PORTAL}.",
        kind=("body:object_type", "body:action"),
        known=INGEST,
    ),
    _user(
        "propelauth",
        "PropelAuth",
        "https://docs.propelauth.com/reference/webhooks/overview",
        f"Dashboard, Integrations, {PORTAL}.",
        kind=("body:event_type",),
        known="from memory: Svix; its library run",
    ),
    _user(
        "recall",
        "Recall.ai",
        "https://docs.recall.ai/docs/authenticating-requests-from-recallai",
        f"Dashboard, {PORTAL}.",
        kind=("body:event",),
        known="from memory: Svix; its library run",
    ),
    _user(
        "incident",
        "incident.io",
        "https://docs.incident.io/admin/webhooks",
        f"Settings, {PORTAL}.",
        kind=("body:event_type",),
        known=f"{INGEST}; webhook-* names too",
    ),
    _user(
        "brex",
        "Brex",
        "https://developer.brex.com/openapi/webhooks_api/",
        "POST /v1/webhooks with Doorbell's URL; the key is that of GET /v1/webhooks/secrets.",
        kind=("body:event_type",),
        known=INGEST,
        foreign={"bxt_": "a user token"},
    ),
    _user(
        "beehiiv",
        "beehiiv",
        "https://developers.beehiiv.com/webhooks",
        f"Settings, {PORTAL}.",
        kind=("body:event_type",),
        known=INGEST,
    ),
    _user(
        "guesty",
        "Guesty",
        "https://open-api-docs.guesty.com/docs/webhooks",
        "POST /v1/webhooks with Doorbell's URL; the secret is that of GET /v1/webhooks-v2/secret.",
        kind=("body:event",),
        known=INGEST,
    ),
    _user(
        "nash",
        "Nash",
        "https://docs.usenash.com/docs/webhooks",
        f"Portal, Settings, {PORTAL}.",
        known=INGEST,
    ),
    _user(
        "pleo",
        "Pleo",
        "https://developers.pleo.io/docs/webhooks",
        "Subscribe Doorbell's URL with the webhooks API; store the signing secret that it answers with.",
        known=INGEST,
    ),
    _user(
        "safebase",
        "SafeBase",
        "https://docs.safebase.io/",
        f"Settings, Integrations, {PORTAL}.",
        known=INGEST,
    ),
    _user(
        "sardine",
        "Sardine",
        "https://docs.sardine.ai/",
        f"Dashboard, Settings, {PORTAL}.",
        known=INGEST,
    ),
)

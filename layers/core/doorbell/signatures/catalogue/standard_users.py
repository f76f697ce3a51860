"""Providers that sign as Standard Webhooks says, under its own header names."""

from collections.abc import Mapping
from dataclasses import replace

from doorbell.signatures.catalogue.entry import AckRule, Entry
from doorbell.signatures.catalogue.generic import standard
from doorbell.signatures.catalogue.shapes import CREEM_LEGACY, ok, packed
from doorbell.signatures.schemes.scheme import Scheme

AS_TEXT = "the signing secret, whole and as text, `whsec_` included where it has it"
ACK = AckRule()


def _user(
    name: str,
    title: str,
    docs: str,
    setup: str,
    *,
    facts: Mapping[str, str],
    kind: tuple[str, ...] = ("body:type",),
    or_kind: tuple[tuple[str, ...], ...] = (),
    key: str = "whsec",
    ack: AckRule = ACK,
    foreign: Mapping[str, str] | None = None,
    older: Scheme | None = None,
) -> Entry:
    """`older`: the form of requests without Standard Webhooks' headers. It signs no id in a header, so the
    body's is the key."""
    scheme = standard("webhook", key=key)
    return Entry(
        name,
        title,
        docs,
        scheme if older is None else replace(scheme, otherwise=older),
        dedupe=("header:webhook-id",) if older is None else ("body:id",),
        event_type=kind,
        or_type=or_kind,
        ack=ack,
        window_hours=96,
        secret="`whsec_` and the base64 of the key" if key == "whsec" else AS_TEXT,
        setup=setup,
        foreign=foreign or {},
        facts=facts,
    )


BOTH_WAYS = "300 s both ways, as its package"

ENTRIES = (
    _user(
        "portone",
        "PortOne (V2)",
        "https://developers.portone.io/opi/ko/integration/webhook/readme-v2",
        "Admin console, payment integration, webhooks of V2: Doorbell's URL; copy the webhook secret, with or"
        " without whsec_.",
        facts={"scheme": "@portone/server-sdk 0.21, run", "tolerance": BOTH_WAYS, "setup": "from memory"},
    ),
    _user(
        "lithic",
        "Lithic",
        "https://docs.lithic.com/docs/events-api",
        "Create an event subscription with Doorbell's URL (dashboard, or POST /v1/event_subscriptions); store"
        " its secret.",
        kind=("body:event_type",),
        facts={"scheme": "lithic SDKs, run", "tolerance": BOTH_WAYS, "event_type": "from memory"},
    ),
    _user(
        "dodopayments",
        "Dodo Payments",
        "https://docs.dodopayments.com/developer-resources/webhooks",
        "Dashboard, Developer, Webhooks: add Doorbell's URL; copy the signing secret.",
        facts={"scheme": "dodopayments SDKs, run", "tolerance": BOTH_WAYS, "event_type": "from memory"},
    ),
    _user(
        "increase",
        "Increase",
        "https://increase.com/documentation/webhooks",
        "Dashboard, Developers, Webhooks: an event subscription with Doorbell's URL and a shared secret;"
        " store that text.",
        kind=("body:category",),
        key="text",
        facts={
            "scheme": "increase SDKs, run: the secret is the key as text",
            "tolerance": BOTH_WAYS,
            "event_type": "from memory",
        },
    ),
    _user(
        "creem",
        "Creem",
        "https://docs.creem.io/code/webhooks",
        "Dashboard, Developers, Webhooks: Doorbell's URL; copy the secret. Both of Creem's forms are taken:"
        " webhook-signature, and where it is not there creem-signature.",
        older=CREEM_LEGACY,
        or_kind=(("body:eventType",),),
        facts={"scheme": "creem 1.13 (npm), run", "tolerance": BOTH_WAYS},
    ),
    _user(
        "replicate",
        "Replicate",
        "https://replicate.com/docs/topics/webhooks/verify-webhook",
        "Name Doorbell's URL as `webhook` of each prediction; the secret is that of GET"
        " /v1/webhooks/default/secret.",
        kind=("body:status",),
        facts={
            "scheme": "replicate SDKs, run",
            "tolerance": "ours, 300 s both ways: its packages judge no time",
        },
        foreign={"r8_": "an API token"},
    ),
    _user(
        "render",
        "Render",
        "https://render.com/docs/webhooks",
        "Workspace, Integrations, Webhooks: Doorbell's URL; copy the signing secret.",
        facts={
            "scheme": "provider's documentation, Standard Webhooks' library run",
            "event_type": "from memory",
        },
        foreign={"rnd_": "an API key"},
    ),
    _user(
        "liveblocks",
        "Liveblocks",
        "https://liveblocks.io/docs/platform/webhooks",
        "Dashboard, project, Webhooks: create an endpoint with Doorbell's URL; copy the signing secret.",
        facts={"scheme": "@liveblocks/node 3.24, run", "tolerance": BOTH_WAYS},
    ),
    _user(
        "surge",
        "Surge",
        "https://docs.surge.app/documentation/webhooks/overview",
        "Dashboard, Developers, Webhooks: Doorbell's URL; copy the signing secret.",
        facts={
            "scheme": "@surgeapi/node 0.30, run; provider's documentation",
            "tolerance": BOTH_WAYS,
            "setup": "from memory",
        },
    ),
    _user(
        "formbricks",
        "Formbricks",
        "https://formbricks.com/docs/xm-and-surveys/core-features/integrations/webhooks",
        "Workspace, Integrations, Webhooks: Doorbell's URL and the triggers; copy the secret.",
        kind=("body:event",),
        facts={"scheme": "provider's public source (sender)", "event_type": "from memory"},
    ),
    _user(
        "imagekit",
        "ImageKit",
        "https://imagekit.io/docs/webhooks",
        "Dashboard, Developer options, Webhooks: Doorbell's URL; copy the secret. Both of ImageKit's forms"
        " are taken: webhook-signature, and where it is not there x-ik-signature.",
        key="text",
        older=packed("x-ik-signature", time="t", signature="v1", unit="ms"),
        facts={
            "scheme": "@imagekit/nodejs 7.11 and imagekitio 5.11, run",
            "tolerance": BOTH_WAYS,
            "event_type": "from memory",
        },
        foreign={"private_": "an API key", "public_": "a public API key"},
    ),
    _user(
        "supabase",
        "Supabase auth hooks",
        "https://supabase.com/docs/guides/auth/auth-hooks",
        "Authentication, Hooks: an HTTPS hook that needs no answer (send SMS, send email) with Doorbell's"
        " URL; copy the secret, `v1,` or not.",
        kind=("text:auth_hook",),
        ack=ok(5, "{}", "application/json"),
        facts={"scheme": "provider's documentation", "event_type": "the body names none"},
        foreign={"sbp_": "an access token", "sb_secret_": "an API key", "sb_publishable_": "an API key"},
    ),
)

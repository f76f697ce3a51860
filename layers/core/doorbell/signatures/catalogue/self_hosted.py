"""Open-source products that people run themselves: their own senders were read."""

from collections.abc import Mapping

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.generic_tokens import HEADER
from doorbell.signatures.catalogue.shapes import body_hmac, ok, packed
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt

SOURCE = "provider's public source (sender)"


def _unsigned(name: str, title: str, docs: str, setup: str, kind: tuple[str, ...]) -> Entry:
    """Custom headers of its user's choice, and nothing else."""
    return Entry(
        name,
        title,
        docs,
        special="token",
        options=HEADER,
        dedupe=("each",),
        event_type=kind,
        setup=setup,
        secret="a random text of yours, which the sender puts into a header",
        facts={"scheme": f"{SOURCE}: no signature exists"},
    )


def _signing(
    name: str, title: str, docs: str, scheme: Scheme, *, kind: tuple[str, ...], setup: str, **more: object
) -> Entry:
    facts: Mapping[str, str] = {"scheme": SOURCE, "dedupe": "the hash of the body"}
    values: dict[str, object] = {"facts": facts, "secret": "the webhook's secret", "ack": ok(), **more}
    return Entry(name, title, docs, scheme, event_type=kind, setup=setup, **values)  # type: ignore[arg-type]


ENTRIES = (
    _signing(
        "discourse",
        "Discourse",
        "https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events/49045",
        body_hmac("x-discourse-event-signature", prefix="sha256="),
        kind=("header:x-discourse-event",),
        setup="Admin, Advanced, Webhooks: Doorbell's URL, application/json, a secret of 12 characters or"
        " more.",
    ),
    _signing(
        "outline",
        "Outline",
        "https://docs.getoutline.com/s/guide/doc/webhooks-sSRcHOkQbQ",
        packed("outline-signature", time="t", signature="s", unit="ms"),
        kind=("body:event",),
        setup="Settings, Webhooks: Doorbell's URL; copy the signing secret, `ol_whs_…`.",
        dedupe=("body:id",),
        secret="the signing secret, `ol_whs_…`",
        foreign={"ol_api_": "an API key"},
        facts={
            "scheme": SOURCE,
            "tolerance": "ours, 300 s both ways: the sender names none",
            "dedupe": "from memory",
        },
    ),
    _signing(
        "appwrite",
        "Appwrite",
        "https://appwrite.io/docs/advanced/platform/webhooks#verification",
        Scheme(
            SignatureAt(headers=("x-appwrite-webhook-signature",), encoding="base64"),
            ("url", "body"),
            "hmac-sha1",
            url_forms="decoded",
        ),
        kind=("header:x-appwrite-webhook-events",),
        setup="Project, Settings, Webhooks: Doorbell's URL; copy the signature key; give the same URL as"
        " public_url.",
        secret="the webhook's signature key",
        needs_public_url=True,
    ),
    _signing(
        "plane",
        "Plane",
        "https://developers.plane.so/dev-tools/intro-webhooks",
        body_hmac("x-plane-signature"),
        kind=("body:event", "body:action"),
        setup="Workspace settings, Webhooks: Doorbell's URL; the secret is downloaded when it is made.",
        facts={
            "scheme": SOURCE,
            "dedupe": "the hash: X-Plane-Delivery is not signed",
            "event_type": "from memory",
        },
    ),
    _signing(
        "taiga",
        "Taiga",
        "https://docs.taiga.io/webhooks.html",
        body_hmac("x-taiga-webhook-signature", algorithm="hmac-sha1"),
        kind=("body:type", "body:action"),
        setup="Project, Admin, Integrations, Webhooks: Doorbell's URL and a secret key.",
    ),
    _signing(
        "mautic",
        "Mautic",
        "https://docs.mautic.org/en/latest/configuration/webhooks.html",
        body_hmac("webhook-signature", encoding="base64"),
        kind=("first-key:timestamp",),
        setup="Settings, Webhooks: Doorbell's URL and a secret. In spite of the header's name it is not"
        " Standard Webhooks.",
    ),
    _signing(
        "saleor",
        "Saleor (with a secret key)",
        "https://docs.saleor.io/developer/extending/webhooks/payload-signature",
        body_hmac("saleor-signature"),
        kind=("header:saleor-event",),
        setup="Extensions, app, webhook: Doorbell's URL and a secret key. Without one Saleor signs with its"
        " own key: provider saleor.jws.",
        secret="the webhook's secret key (deprecated by Saleor)",
    ),
    _signing(
        "lago",
        "Lago (HMAC)",
        "https://getlago.com/docs/guide/webhooks#hmac-signature",
        body_hmac("x-lago-signature", encoding="base64"),
        kind=("body:webhook_type",),
        setup="Developers, Webhooks: Doorbell's URL, signature HMAC; the key is the organisation's HMAC key.",
        secret="the organisation's HMAC key",
        facts={
            "scheme": SOURCE,
            "dedupe": "the hash: X-Lago-Unique-Key is not signed",
            "event_type": "from memory",
        },
    ),
    _signing(
        "datasaur",
        "Datasaur",
        "https://docs.datasaur.ai/integrations/webhooks",
        body_hmac("x-datasaur-signature"),
        kind=("body:event",),
        setup="Workspace settings, Webhooks: Doorbell's URL and a secret.",
        facts={"scheme": "provider's documentation with its known answer", "event_type": "from memory"},
    ),
    Entry(
        "documenso",
        "Documenso",
        "https://docs.documenso.com/developers/webhooks",
        special="token",
        parameters={"header": "x-documenso-secret"},
        event_type=("body:event",),
        ack=ok(),
        secret="the webhook's secret",
        setup="Team settings, Webhooks: Doorbell's URL and a secret. It travels as it is: nothing is signed.",
        facts={"scheme": f"{SOURCE}: no signature exists"},
    ),
    _unsigned(
        "strapi",
        "Strapi",
        "https://docs.strapi.io/cms/backend-customization/webhooks",
        "Settings, Webhooks: Doorbell's URL and a header with the secret, or in config/server"
        " `webhooks.defaultHeaders`.",
        ("body:event",),
    ),
    _unsigned(
        "the-things-stack",
        "The Things Stack",
        "https://www.thethingsindustries.com/docs/integrations/webhooks/",
        "Application, Webhooks, Custom webhook: Doorbell's URL, JSON, and an additional header with the"
        " secret. The downlink API key that it may send is passed on to subscribers unless switched off.",
        ("first-key:end_device_ids,correlation_ids,received_at,simulated",),
    ),
)

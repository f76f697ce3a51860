"""A new secret beside the old one, and later the old one away: of a subscription and of a source."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.domain.presets import signing_of
from doorbell.store.configuration.config_tables import Stored
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.plan import Change
from doorbell_cli.configuration import DEFAULT_TENANT, SOURCE, SUBSCRIPTION, Kind, problem_with_secret
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.views.limits import SENT, secrets_of, secrets_of_source
from doorbell_cli.ops.in_force import in_force_by
from doorbell_cli.ops.rotation import UNSEEN, kept_beside, references_of, why_none_is_made
from doorbell_cli.secret_text import generate, shown_reference


def ask(desk: Desk, request: Request) -> Response:
    """One call: what is in force, and the one step that can be done now."""
    kind, key = which(request)
    stored = desk.item(kind, *key)
    desk.refuse_broken(kind, stored.values)
    shown = secrets_of_source(stored.values) if kind is SOURCE else secrets_of(stored.values)
    signing = "" if kind is SOURCE else signing_of(stored.values)
    return desk.pages.page(
        "rotate.html",
        desk.clock(),
        tenant=_tenant(stored),
        name=key[-1],
        at=link_of(kind, key),
        secrets=shown,
        command=desk.command(f"{kind.name}s rotate-secret", "/".join(key), *["--finish"] * shown.rotating),
        given=kind is SOURCE,
        needless="" if kind is SOURCE else why_none_is_made(stored.values),
        one_signature=signing in SENT,
    )


def rotate(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """`to`: begin or finish. A subscription's new secret is made here and shown once; a source's is its
    provider's, and is given. Refuses (409) a second rotation while one is under way."""
    kind, key = which(request)
    stored = desk.item(kind, *key)
    present = references_of(stored.values) or []
    if fields.get("to") == "finish":
        return _finish(desk, kind, key, stored, present)
    if fields.get("to") != "begin":
        raise Refusal(422, "bad_form", "to: begin or finish")
    return _begin(desk, kind, key, stored, present, fields.get("secret", "").strip())


def which(request: Request) -> tuple[Kind, tuple[str, ...]]:
    """What an address below /sources or /subscriptions is about."""
    name, tenant = request.path_params["name"], request.path_params.get("tenant")
    return (SOURCE, (name,)) if tenant is None else (SUBSCRIPTION, (tenant, name))


def _begin(
    desk: Desk, kind: Kind, key: tuple[str, ...], stored: Stored, present: Sequence[str], given: str
) -> Response:
    if len(present) > 1:
        raise Refusal(409, "rotating", f"It has {len(present)} secrets already. Finish that rotation first.")
    desk.refuse_broken(kind, {**stored.values, "secrets": [UNSEEN, *present]})
    if kind is SUBSCRIPTION and (why := why_none_is_made(stored.values)):
        raise Refusal(409, "not_made", why)
    secret, text, title = (given, "", "") if kind is SOURCE else generate(signing_of(stored.values))
    if not secret:
        raise Refusal(422, "no_secret", "secret: paste the one that the provider signs with from now on")
    if problem := problem_with_secret(kind, stored.values, secret):
        raise Refusal(422, "bad_secret", f"secret: {problem}")
    desk.note(_tenant(stored), "begin a rotation", kind.label(stored.values))
    reference = kept_beside(desk.target, kind, stored.values, present, secret)
    _write(desk, kind, stored, [reference, *present])
    return desk.pages.page(
        "rotating.html",
        desk.clock(),
        tenant=_tenant(stored),
        name=key[-1],
        at=link_of(kind, key),
        reference=shown_reference(reference),
        by=in_force_by(kind, desk.clock()),
        title=title,
        text=text,
    )


def _finish(desk: Desk, kind: Kind, key: tuple[str, ...], stored: Stored, present: Sequence[str]) -> Response:
    if len(present) < 2:
        raise Refusal(409, "not_rotating", "It has one secret. No rotation is under way.")
    desk.refuse_broken(kind, {**stored.values, "secrets": present[:1]})
    kept, *gone = (shown_reference(reference) for reference in present)
    detail = f"kept {kept}; no longer used: {', '.join(gone)}"
    desk.note(_tenant(stored), "finish a rotation", kind.label(stored.values), detail)
    _write(desk, kind, stored, present[:1])
    return RedirectResponse(link_of(kind, key), 303)


def _write(desk: Desk, kind: Kind, stored: Stored, references: Sequence[str]) -> None:
    values = {**stored.values, "secrets": list(references)}
    carry_out(desk.target, Change("update", kind, values, stored))


def _tenant(stored: Stored) -> str:
    return str(stored.values.get("tenant_id", DEFAULT_TENANT))

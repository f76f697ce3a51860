"""A new source: choose the provider, say what it needs, paste its secret, and wait for the first ring."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell_cli.configuration import SOURCE
from doorbell_cli.console.desk import Desk, link_of, tenant_of
from doorbell_cli.console.pages.creating import created, problems_of, spelled_before
from doorbell_cli.console.views.new_source import Choice, choice, fields_of, missing
from doorbell_cli.ops.spelled import Spelled
from doorbell_cli.providers.index import found, rows

MOST = 40
"""Providers that a search shows."""


def ask(desk: Desk, request: Request) -> Response:
    """No call: the catalogue is here."""
    asked, tenant = request.query_params, tenant_of(request)
    wanted = asked.get("q", "").strip()
    hits = found(wanted, rows()) if wanted else []
    return desk.pages.page(
        "choose_provider.html",
        desk.clock(),
        tenant=tenant,
        wanted=wanted,
        hits=hits[:MOST],
        more=max(0, len(hits) - MOST),
        all=len(rows()),
    )


def form(desk: Desk, request: Request) -> Response:
    """No call. With `check` in the address: what is wrong with it, or how else it is written."""
    asked, tenant = request.query_params, tenant_of(request)
    chosen, entry = _chosen(request)
    problems: Sequence[tuple[str, str]] = ()
    same: Spelled | None = None
    if "check" in asked:
        problems, same = _checked(desk, entry, chosen, asked, tenant)
    names = ("source_id", *(field.name for field in chosen.fields))
    given = {name: asked.get(name, "").replace("\r\n", "\n") for name in names}
    return desk.pages.page(
        "new_source.html",
        desk.clock(),
        tenant=tenant,
        chosen=chosen,
        given=given,
        problems=problems,
        same=same,
    )


def _checked(
    desk: Desk, entry: Entry, chosen: Choice, asked: Mapping[str, str], tenant: str
) -> tuple[Sequence[tuple[str, str]], Spelled | None]:
    """What is wrong with it; how else it is written where nothing is."""
    empty = missing(chosen, asked)
    try:
        values = _values(entry, chosen, asked, tenant)
    except Refusal as refusal:
        field, _, problem = refusal.detail.partition(": ")
        return [*empty, (field, problem)], None
    problems = [*empty, *problems_of(desk, SOURCE, {**values, **_unseen(chosen)})]
    return problems, None if problems else spelled_before(desk, SOURCE, values, chosen.secrets)


def create(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    chosen, entry = _chosen(request)
    tenant = fields.get("tenant", "")
    values = _values(entry, chosen, fields, tenant)
    typed = [fields.get(f"secret{number}", "") for number in range(chosen.secrets)]
    secrets = [text.replace("\r\n", "\n").strip() for text in typed]
    if empty := missing(chosen, fields):
        raise Refusal(422, "missing", "; ".join(f"{field}: {why}" for field, why in empty))
    if not all(secrets):
        raise Refusal(422, "no_secret", f"secret: {chosen.title} needs {chosen.secret}")
    created(desk, SOURCE, values, secrets, tenant)
    return RedirectResponse(f"{link_of(SOURCE, [values['source_id']])}/first", 303)


def _chosen(request: Request) -> tuple[Choice, Entry]:
    name = request.path_params["provider"]
    entry = find(name)
    if entry is None:
        raise Refusal(404, "unknown_provider", f'There is no provider "{name}".')
    return choice(entry), entry


def _values(entry: Entry, chosen: Choice, given: Mapping[str, str], tenant: str) -> dict[str, Any]:
    key = {"source_id": given.get("source_id", "").strip(), "tenant_id": tenant, "provider": entry.name}
    return {**key, **fields_of(chosen, given)}


def _unseen(chosen: Choice) -> dict[str, Any]:
    return {"secrets": ["ssm:/doorbell/not-stored-yet"] * chosen.secrets} if chosen.secrets else {}

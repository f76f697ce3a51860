"""Sources: the list, one of them, and its refused requests."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import DoorbellError, Refusal, SecretMissing
from doorbell_cli.configuration import DEFAULT_TENANT, SOURCE, secret_store
from doorbell_cli.console.desk import Desk, link_of, tenant_of
from doorbell_cli.console.pages.switching import switched
from doorbell_cli.console.views.limits import secrets_of_source
from doorbell_cli.console.views.source import Listed, awaits, listed, refused_request, source
from doorbell_cli.ops.refusals import refused_requests
from doorbell_cli.ops.rotation import references_of

PAGE = 100
REFUSED = 50


def every(desk: Desk, request: Request) -> Response:
    """A page of a Scan: a source has no key above its own."""
    now, tenant = desk.clock(), tenant_of(request)
    after = request.query_params.get("after")
    stored, following = SOURCE.table(desk.target).page(limit=PAGE, after=(after,) if after else None)
    mine = [one.values for one in stored if one.values.get("tenant_id", DEFAULT_TENANT) == tenant]
    rows = sorted((_row(desk, values) for values in mine), key=lambda row: row.source_id)
    return desk.pages.page(
        "sources.html", now, tenant=tenant, rows=rows, after=following[0] if following else None
    )


def _row(desk: Desk, values: Mapping[str, Any]) -> Listed:
    return listed(*desk.described(SOURCE, values), values)


def one(desk: Desk, request: Request) -> Response:
    """Two AWS calls; one more where a handshake brings the secret."""
    now, name = desk.clock(), request.path_params["name"]
    found = SOURCE.table(desk.target).get(name)
    page = refused_requests(desk.target).page(name, None, REFUSED)
    if found is None and not page.rows:
        raise Refusal(404, "unknown_source", f"There is no source {name}.")
    item, problems = (None, ()) if found is None else desk.described(SOURCE, found.values)
    tenant = DEFAULT_TENANT if found is None else str(found.values.get("tenant_id", DEFAULT_TENANT))
    url = f"{desk.target.api_url}/in/{name}"
    values = {} if found is None else found.values
    more, brought = page.after is not None, has_secret(desk, values)
    view = source(name, url, item, problems, page.rows, more, values, brought)
    secrets = None if found is None or problems else secrets_of_source(values)
    return desk.pages.page("source.html", now, tenant=tenant, source=view, secrets=secrets)


def has_secret(desk: Desk, values: Mapping[str, Any]) -> bool | None:
    """Whether there is the secret that a handshake brings; None: none brings one, or it cannot be read."""
    references = references_of(values)
    if not awaits(values) or not references:
        return None
    try:
        secret_store(desk.target).resolve(references[:1], owner=SOURCE.owner(values))
    except SecretMissing:
        return False
    except DoorbellError:
        return None
    return True


def refused(desk: Desk, request: Request) -> Response:
    """What was wrong with one request: a few calls, and one for each secret of the source."""
    name, refused_id = request.path_params["name"], request.path_params["refused_id"]
    found = refused_requests(desk.target).explain(name, refused_id)
    tenant = found.refused.tenant_id
    return desk.pages.page("refused.html", desk.clock(), tenant=tenant, refused=refused_request(found))


def accept(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """On record in the tenant that the request was meant for, whoever the source is of now."""
    name, refused_id = request.path_params["name"], request.path_params["refused_id"]
    requests = refused_requests(desk.target)
    found = requests.book.one(name, refused_id, desk.clock())
    if found is None:
        raise Refusal(404, "unknown_refused", "There is no such refused request, or it is not kept any more.")
    desk.note(found.tenant_id, "accept", f"refused request {refused_id} of source {name}")
    requests.accept(name, refused_id, desk.by)
    return RedirectResponse(f"{link_of(SOURCE, [name])}/refused/{refused_id}", 303)


def switch(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    return switched(desk, SOURCE, (request.path_params["name"],), fields)

"""Subscriptions: one endpoint, and what can be done to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.domain.log import DAY_SECONDS
from doorbell.store.configuration.config_tables import ConfigTable, Stored
from doorbell_cli.configuration import SUBSCRIPTION, forget_health
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.views.endpoint import endpoint
from doorbell_cli.ops.status_reading import status_reader

LOST_DAYS = 7


@dataclass(slots=True)
class _ReadOnce:
    """The items' table, of which the page shows the item that its standing was made of."""

    table: ConfigTable
    _found: dict[tuple[str, ...], Stored | None] = field(default_factory=dict)

    def get(self, *key: str) -> Stored | None:
        if key not in self._found:
            self._found[key] = self.table.get(*key)
        return self._found[key]

    def all(self, tenant_id: str | None = None) -> Iterator[Stored]:
        return self.table.all(tenant_id)


def one(desk: Desk, request: Request) -> Response:
    """Six AWS calls with 5,000 deliveries on record, eight while its endpoint has a waiting list."""
    now = desk.clock()
    tenant, name = request.path_params["tenant"], request.path_params["name"]
    read = _ReadOnce(SUBSCRIPTION.table(desk.target))
    status = replace(status_reader(desk.target), items=read)
    standing = status.of(tenant, name, now - LOST_DAYS * DAY_SECONDS)
    found = read.get(tenant, name)
    if found is None and not standing.pending.rows and not standing.lost.rows:
        raise Refusal(404, "unknown_subscription", f"There is no subscription {tenant}/{name}.")
    item, problems = (None, ()) if found is None else desk.described(SUBSCRIPTION, found.values)
    view = endpoint(standing, item, problems, now)
    return desk.pages.page("subscription.html", now, tenant=tenant, endpoint=view)


def switch(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """On or off. Off says nothing to what waits: each delivery is cancelled as it comes up."""
    key = (request.path_params["tenant"], request.path_params["name"])
    stored, table = desk.item(SUBSCRIPTION, *key), SUBSCRIPTION.table(desk.target)
    if fields.get("to") not in ("enable", "disable"):
        raise Refusal(422, "bad_form", "to: enable or disable")
    _, problems = desk.described(SUBSCRIPTION, stored.values)
    if fields["to"] == "enable" and problems:
        raise Refusal(409, "broken", f"It is broken: {problems[0][0]}: {problems[0][1]}. Repair it first.")
    desk.note(key[0], fields["to"], SUBSCRIPTION.label(stored.values), fields.get("reason", ""))
    if fields["to"] == "enable":
        table.enable(stored, desk.clock())
        forget_health(desk.target, stored.values, stored.values)
    else:
        table.disable(stored, fields.get("reason") or None, desk.clock())
    return RedirectResponse(link_of(SUBSCRIPTION, key), 303)

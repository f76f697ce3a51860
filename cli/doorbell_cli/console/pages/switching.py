"""On and off, of sources and of subscriptions."""

from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell_cli.configuration import DEFAULT_TENANT, SUBSCRIPTION, Kind, forget_health
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.ops.bringing_forward import switched_off


def switched(desk: Desk, kind: Kind, key: tuple[str, ...], fields: Mapping[str, str]) -> Response:
    """As the form says, on record before it is done. Refuses (409) to enable what could not be used. Off
    brings forward what waits for a subscription: it comes up within two minutes, and is cancelled."""
    to, reason = fields.get("to"), fields.get("reason", "")
    if to not in ("enable", "disable"):
        raise Refusal(422, "bad_form", "to: enable or disable")
    stored, table = desk.item(kind, *key), kind.table(desk.target)
    if to == "enable":
        desk.refuse_broken(kind, stored.values)
    tenant = str(stored.values.get("tenant_id", DEFAULT_TENANT))
    desk.note(tenant, to, kind.label(stored.values), reason)
    if to == "disable":
        table.disable(stored, reason or None, desk.clock())
        switched_off(desk.target, kind, stored.values)
    else:
        table.enable(stored, desk.clock())
        if kind is SUBSCRIPTION:
            forget_health(desk.target, stored.values, stored.values)
    return RedirectResponse(link_of(kind, key), 303)

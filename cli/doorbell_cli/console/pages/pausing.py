"""Pause and resume, of a subscription and of a source: what it does to what waits, in numbers, then the
button."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.usecases.configure import is_paused
from doorbell_cli.configuration import DEFAULT_TENANT, SOURCE, resumed
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.pages.rotating import which
from doorbell_cli.console.pages.standing import standing_and_item
from doorbell_cli.ops import source_standings, switching

DONE = {True: "It is paused already.", False: "It is not paused."}


def ask_pause(desk: Desk, request: Request) -> Response:
    return _ask(desk, request, pause=True)


def ask_resume(desk: Desk, request: Request) -> Response:
    return _ask(desk, request, pause=False)


def pause(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Events match and wait. Refuses (409) what could not be used: nobody would look at what waits."""
    kind, key = which(request)
    stored = desk.item(kind, *key)
    desk.refuse_broken(kind, stored.values)
    desk.note(_tenant(stored.values), "pause", kind.label(stored.values))
    kind.table(desk.target).pause(stored, desk.clock())
    return RedirectResponse(link_of(kind, key), 303)


def resume(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Also of what is not paused: who waits is looked at by the next sweep."""
    kind, key = which(request)
    stored = desk.item(kind, *key)
    desk.note(_tenant(stored.values), "resume", kind.label(stored.values))
    kind.table(desk.target).resume(stored, desk.clock())
    resumed(desk.target, stored.values)
    return RedirectResponse(link_of(kind, key), 303)


def _ask(desk: Desk, request: Request, *, pause: bool) -> Response:
    """Of a subscription the calls of its page; of a source one, and those of
    `source_standings.standing_of`: the last nine of these where some wait already that are to be paused."""
    kind, key = which(request)
    told, values = _of_source(desk, key, pause) if kind is SOURCE else _of_subscription(desk, key, pause)
    if is_paused(values) is pause:
        told = f"{DONE[pause]} {told}"
    do = "pause" if pause else "resume"
    at, tenant = link_of(kind, key), _tenant(values)
    return desk.pages.page("ask.html", desk.clock(), tenant=tenant, name=key[-1], at=at, do=do, told=told)


def _of_source(desk: Desk, key: tuple[str, ...], pause: bool) -> tuple[str, Mapping[str, object]]:
    values = desk.item(SOURCE, *key).values
    standing = source_standings.standing_of(desk.target, values, with_end=pause)
    if pause:
        kept = switching.kept_seconds(desk.target)
        return source_standings.paused(standing, kept, desk.clock()), values
    return source_standings.resumed(standing), values


def _of_subscription(desk: Desk, key: tuple[str, ...], pause: bool) -> tuple[str, Mapping[str, object]]:
    tenant, name = key
    now = desk.clock()
    stand = standing_and_item(desk, tenant, name, now)
    if stand.item is None:
        raise Refusal(404, "unknown_subscription", f"There is no subscription {tenant}/{name}.")
    if pause:
        told = switching.paused(stand.standing, switching.kept_seconds(desk.target), now)
        return told, stand.item.values
    return switching.resumed(stand.standing), stand.item.values


def _tenant(values: Mapping[str, object]) -> str:
    return str(values.get("tenant_id", DEFAULT_TENANT))

"""Pause and resume, of a subscription and of a source: what it does to what waits, in numbers, then the
button."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.store.configuration.config_tables import Stored
from doorbell.usecases.configure import is_paused
from doorbell_cli.configuration import DEFAULT_TENANT, SOURCE, SUBSCRIPTION, resumed
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.pages.rotating import which
from doorbell_cli.console.pages.standing import standing_of
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
    """A call, then its head goes out. Then of a subscription the calls of its page; of a source those of
    `source_standings.standing_of`: the last nine of these where some wait already that are to be paused."""
    kind, key = which(request)
    stored = desk.item(kind, *key)

    def told() -> str:
        words = _of_source if kind is SOURCE else _of_subscription
        text = words(desk, stored, pause)
        return f"{DONE[pause]} {text}" if is_paused(stored.values) is pause else text

    return desk.pages.streamed(
        "ask.html",
        desk.clock(),
        tenant=_tenant(stored.values),
        name=key[-1],
        at=link_of(kind, key),
        do="pause" if pause else "resume",
        told=told,
    )


def _of_source(desk: Desk, stored: Stored, pause: bool) -> str:
    standing = source_standings.standing_of(desk.target, stored.values, with_end=pause)
    if pause:
        return source_standings.paused(standing, switching.kept_seconds(desk.target), desk.clock())
    return source_standings.resumed(standing)


def _of_subscription(desk: Desk, stored: Stored, pause: bool) -> str:
    now, (tenant, name) = desk.clock(), SUBSCRIPTION.key_of(stored.values)
    standing = standing_of(desk, tenant, name, stored, now).standing
    if pause:
        return switching.paused(standing, switching.kept_seconds(desk.target), now)
    return switching.resumed(standing)


def _tenant(values: Mapping[str, object]) -> str:
    return str(values.get("tenant_id", DEFAULT_TENANT))

"""Pause and resume: what it does to what waits, in numbers, and then the button."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.usecases.configure import is_paused
from doorbell_cli.configuration import SUBSCRIPTION, resumed
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.pages.standing import standing_and_item
from doorbell_cli.ops import switching

DONE = {True: "It is paused already.", False: "It is not paused."}


def ask_pause(desk: Desk, request: Request) -> Response:
    return _ask(desk, request, pause=True)


def ask_resume(desk: Desk, request: Request) -> Response:
    return _ask(desk, request, pause=False)


def pause(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Events match and wait. Refuses (409) what could not be used: nobody would look at what waits."""
    key = _key(request)
    stored = desk.item(SUBSCRIPTION, *key)
    desk.refuse_broken(SUBSCRIPTION, stored.values)
    desk.note(key[0], "pause", SUBSCRIPTION.label(stored.values))
    SUBSCRIPTION.table(desk.target).pause(stored, desk.clock())
    return RedirectResponse(link_of(SUBSCRIPTION, key), 303)


def resume(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Also of one that is not paused: who waits is looked at by the next sweep."""
    key = _key(request)
    stored = desk.item(SUBSCRIPTION, *key)
    desk.note(key[0], "resume", SUBSCRIPTION.label(stored.values))
    SUBSCRIPTION.table(desk.target).resume(stored, desk.clock())
    resumed(desk.target, stored.values)
    return RedirectResponse(link_of(SUBSCRIPTION, key), 303)


def _ask(desk: Desk, request: Request, *, pause: bool) -> Response:
    """The calls of a subscription's page."""
    now, key = desk.clock(), _key(request)
    stand = standing_and_item(desk, *key, now)
    standing, found = stand.standing, stand.item
    if found is None:
        raise Refusal(404, "unknown_subscription", f"There is no subscription {'/'.join(key)}.")
    told = switching.paused(standing, switching.kept_seconds(desk.target), now)
    told = told if pause else switching.resumed(standing)
    if is_paused(found.values) is pause:
        told = f"{DONE[pause]} {told}"
    do = "pause" if pause else "resume"
    return desk.pages.page("ask.html", now, tenant=key[0], key=key, do=do, told=told)


def _key(request: Request) -> tuple[str, str]:
    return request.path_params["tenant"], request.path_params["name"]

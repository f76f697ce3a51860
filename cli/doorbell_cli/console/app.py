"""The application: which page answers which address, and what is said where one cannot."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from doorbell.domain.errors import Refusal
from doorbell.store.configuration.config_tables import Conflict
from doorbell_cli.console import live
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.door import DoorKeeper
from doorbell_cli.console.forms import fields_of
from doorbell_cli.console.pages import (
    changing,
    counts,
    event,
    events,
    first_ring,
    history,
    jobs,
    last_ring,
    new_source,
    new_subscription,
    overview,
    pausing,
    replay_jobs,
    replaying,
    rotating,
    sending_again,
    sources,
    subscriptions,
    tenants,
    testing,
    totals,
    types,
)
from doorbell_cli.target import EXPECTED, said

type Page = Callable[[Desk, Request], Response]
type Form = Callable[[Desk, Request, Mapping[str, str]], Response]

PAGES: Mapping[str, Page] = {
    "/": overview.home,
    "/parts/dead-letters": overview.dead_letters,
    "/parts/broken": overview.broken,
    "/parts/totals": totals.totals,
    "/parts/cost": totals.cost,
    "/tenants": tenants.every,
    "/parts/tenant": tenants.counted,
    "/counts/{kind}/{tenant}/{name}": counts.hourly,
    "/audit": overview.audit,
    "/events": events.events,
    "/events/{event_id}": event.one_event,
    "/events/{event_id}/others": event.others,
    "/events/{event_id}/replay": sending_again.ask_all,
    "/subscriptions/{tenant}/{name}": subscriptions.one,
    "/subscriptions/{tenant}/{name}/answers": history.by_answer,
    "/subscriptions/{tenant}/{name}/history": history.ended,
    "/subscriptions/{tenant}/{name}/change": changing.change,
    "/subscriptions/{tenant}/{name}/pause": pausing.ask_pause,
    "/subscriptions/{tenant}/{name}/resume": pausing.ask_resume,
    "/subscriptions/{tenant}/{name}/replay": replaying.ask,
    "/subscriptions/{tenant}/{name}/rotate": rotating.ask,
    "/types": types.every,
    "/types/{tenant}/{name}": types.one,
    "/types/{tenant}/{name}/example": types.example,
    "/new/subscription": new_subscription.form,
    "/parts/url": new_subscription.url_check,
    "/jobs": replay_jobs.every,
    "/jobs/{job_id}": replay_jobs.one,
    "/jobs/{tenant}/{job_id}": jobs.one,
    "/sources": sources.every,
    "/sources/{name}": sources.one,
    "/sources/{name}/first": first_ring.waiting,
    "/sources/{name}/last": last_ring.accepted,
    "/sources/{name}/pause": pausing.ask_pause,
    "/sources/{name}/resume": pausing.ask_resume,
    "/sources/{name}/rotate": rotating.ask,
    "/new/source": new_source.ask,
    "/new/source/{provider}": new_source.form,
    "/sources/{name}/refused/{refused_id}": sources.refused,
}
FORMS: Mapping[str, Form] = {
    "/events/{event_id}/replay": sending_again.one,
    "/events/{event_id}/replay-all": sending_again.every,
    "/subscriptions/{tenant}/{name}/switch": subscriptions.switch,
    "/subscriptions/{tenant}/{name}/change": changing.save,
    "/subscriptions/{tenant}/{name}/pause": pausing.pause,
    "/subscriptions/{tenant}/{name}/resume": pausing.resume,
    "/subscriptions/{tenant}/{name}/replay": replaying.run,
    "/subscriptions/{tenant}/{name}/rotate": rotating.rotate,
    "/subscriptions/{tenant}/{name}/test": testing.send,
    "/jobs/{tenant}/{job_id}/cancel": jobs.cancel,
    "/new/subscription": new_subscription.create,
    "/new/source/{provider}": new_source.create,
    "/sources/{name}/switch": sources.switch,
    "/sources/{name}/pause": pausing.pause,
    "/sources/{name}/resume": pausing.resume,
    "/sources/{name}/rotate": rotating.rotate,
    "/sources/{name}/refused/{refused_id}/accept": sources.accept,
}


def application(desk: Desk) -> ASGIApp:
    shown = [Route(path, _page(desk, page), methods=["GET"]) for path, page in PAGES.items()]
    done = [Route(path, _form(desk, form), methods=["POST"]) for path, form in FORMS.items()]
    routes = [
        *shown,
        *done,
        *live.routes(desk),
        Mount("/static", StaticFiles(packages=[("doorbell_cli.console", "static")])),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _nothing(desk), Exception: _broken},  # type: ignore[dict-item]
    )
    return DoorKeeper(app, desk.door)


def _page(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_guarded, desk, request, lambda: page(desk, request))

    return answer


def _form(desk: Desk, form: Form) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            fields = await fields_of(request, desk.door)
        except Refusal as refusal:
            return _say(desk, request, refusal.status, refusal.detail)
        if desk.read_only:
            return _say(desk, request, 403, "This console was started with --read-only.")
        return await run_in_threadpool(_guarded, desk, request, lambda: form(desk, request, fields))

    return answer


def _guarded(desk: Desk, request: Request, work: Callable[[], Response]) -> Response:
    """What AWS or the configuration says no to becomes a page that says so."""
    try:
        return work()
    except Refusal as refusal:
        return _say(desk, request, refusal.status, refusal.detail)
    except Conflict as error:
        return _say(desk, request, 409, f"{error}. Nothing was written. Load the page again.")
    except EXPECTED as error:
        return _say(desk, request, 502, said(error))


def _say(desk: Desk, request: Request, status: int, text: str) -> Response:
    tenant = tenant_of(request)
    return desk.pages.page("said.html", desk.clock(), status=status, tenant=tenant, text=text, code=status)


def _nothing(desk: Desk) -> Callable[[Request, HTTPException], Response]:
    def answer(request: Request, error: HTTPException) -> Response:
        text = "There is no such page." if error.status_code == 404 else error.detail
        return _say(desk, request, error.status_code, text)

    return answer


def _broken(request: Request, error: Exception) -> Response:
    """A fault of the console's own; its server writes the traceback to the terminal."""
    return PlainTextResponse(f"The console has a fault: {type(error).__name__}\n", 500)

"""Server-sent events: new events of a tenant as they are recorded, a new source's first ring, and that what a
page shows has moved on: an event's deliveries, jobs, how a subscription stands.
https://html.spec.whatwg.org/multipage/server-sent-events.html"""

import json
from collections.abc import AsyncIterator, Callable, Iterable

from anyio import sleep, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from doorbell.usecases.search import Wanted
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.pages import event, first_ring, jobs, replay_jobs, subscriptions
from doorbell_cli.ops.reading import event_log
from doorbell_cli.ops.tail import Tail
from doorbell_cli.target import EXPECTED, said

EVERY_SECONDS = 2.0
"""Events: six Queries each time, 3 read units, 0.5 USD a month for a page that is never closed (us-east-1).
A first ring: two Queries. An event's deliveries: one or two. A job: one read; the list of jobs: four calls. A
subscription: two reads."""
QUIET_LOOKS, SLOW_SECONDS = 30, 10.0
"""After so many looks without news what a page shows is looked at less often."""

type Look = Callable[[], Iterable[object]]
"""What is new since the last look, each as JSON has it."""


def routes(desk: Desk) -> list[Route]:
    def moving(path: str, opened: Callable[[Desk, Request], Look]) -> Route:
        return _route(path, lambda request: opened(desk, request), SLOW_SECONDS)

    return [
        events(desk),
        _route("/live/sources/{name}", lambda request: first_ring.changes(desk, request.path_params["name"])),
        moving("/live/events/{event_id}", event.moves),
        moving("/live/jobs", replay_jobs.moves_of_all),
        moving("/live/jobs/{job_id}", replay_jobs.moves),
        moving("/live/jobs/{tenant}/{job_id}", jobs.moves),
        moving("/live/subscriptions/{tenant}/{name}", subscriptions.moves),
    ]


def events(desk: Desk) -> Route:
    def opened(request: Request) -> Look:
        tail = Tail(event_log(desk.target), tenant_of(request), desk.clock())
        asked = request.query_params
        wanted = Wanted(asked.get("type") or None, asked.get("source") or None)
        return lambda: [
            {"id": row.event_id, "type": row.event_type, "source": row.source_id, "at": row.created_at}
            for row in tail.next(desk.clock())
            if wanted.fits(row)
        ]

    return _route("/live/events", opened)


def _route(path: str, opened: Callable[[Request], Look], slowly: float | None = None) -> Route:
    """`slowly`: between two looks once there was nothing new for a while."""

    async def answer(request: Request) -> Response:
        return StreamingResponse(_rows(request, opened, slowly), media_type="text/event-stream")

    return Route(path, answer, methods=["GET"])


async def _rows(
    request: Request, opened: Callable[[Request], Look], slowly: float | None
) -> AsyncIterator[str]:
    """A row is what the page's script shows; a comment keeps the line open."""
    looks, quiet = list[Look](), 0

    def next_rows() -> list[object]:
        if not looks:
            looks.append(opened(request))
        return list(looks[0]())

    while not await request.is_disconnected():
        try:
            found = await to_thread.run_sync(next_rows)
        except EXPECTED as error:
            yield f"event: trouble\ndata: {json.dumps(said(error))}\n\n"
            found = []
        for one in found:
            yield f"data: {json.dumps(one)}\n\n"
        if not found:
            yield ": still here\n\n"
        quiet = 0 if found else quiet + 1
        await sleep(slowly if slowly is not None and quiet > QUIET_LOOKS else EVERY_SECONDS)

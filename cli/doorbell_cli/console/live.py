"""Server-sent events: new events of a tenant as they are recorded, that a delivery of one event has moved on,
and a new source's first ring.
https://html.spec.whatwg.org/multipage/server-sent-events.html"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from anyio import sleep, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from doorbell.usecases.search import Wanted
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.pages.event import moves
from doorbell_cli.console.pages.first_ring import changes
from doorbell_cli.ops.reading import event_log
from doorbell_cli.ops.tail import Tail
from doorbell_cli.target import EXPECTED, said

EVERY_SECONDS = 2.0
"""Events: six Queries each time, 3 read units, 0.5 USD a month for a page that is never closed (us-east-1).
A first ring, an event's deliveries: two Queries."""

type Look = Callable[[], Iterable[object]]
"""What is new since the last look, each as JSON has it."""
type Answer = Callable[[Request], Awaitable[Response]]


def events(desk: Desk) -> Answer:
    def opened(request: Request) -> Look:
        tail = Tail(event_log(desk.target), tenant_of(request), desk.clock())
        asked = request.query_params
        wanted = Wanted(asked.get("type") or None, asked.get("source") or None)
        return lambda: [
            {"id": row.event_id, "type": row.event_type, "source": row.source_id, "at": row.created_at}
            for row in tail.next(desk.clock())
            if wanted.fits(row)
        ]

    return _answer(opened)


def story(desk: Desk) -> Answer:
    return _answer(
        lambda request: moves(
            desk, request.path_params["event_id"], request.query_params.get("after") or None
        )
    )


def first_ring(desk: Desk) -> Answer:
    return _answer(lambda request: changes(desk, request.path_params["name"]))


def _answer(opened: Callable[[Request], Look]) -> Answer:
    async def answer(request: Request) -> Response:
        return StreamingResponse(_rows(request, opened), media_type="text/event-stream")

    return answer


async def _rows(request: Request, opened: Callable[[Request], Look]) -> AsyncIterator[str]:
    """A row is what the page's script shows; a comment keeps the line open."""
    looks = list[Look]()

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
        await sleep(EVERY_SECONDS)

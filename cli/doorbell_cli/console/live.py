"""Server-sent events: new events of a tenant as they are recorded.
https://html.spec.whatwg.org/multipage/server-sent-events.html"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

from anyio import sleep, to_thread
from botocore.exceptions import BotoCoreError, ClientError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from doorbell.domain.errors import DoorbellError
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.ops.reading import event_log
from doorbell_cli.ops.tail import Tail

EVERY_SECONDS = 2.0
"""Four Queries each time: 2 read units, 0.9 USD a month for a page that is never closed (us-east-1)."""


def live(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return StreamingResponse(_rows(desk, request), media_type="text/event-stream")

    return answer


async def _rows(desk: Desk, request: Request) -> AsyncIterator[str]:
    """A row is what the page's script adds to its table; a comment keeps the line open."""
    tail = Tail(event_log(desk.target), tenant_of(request), desk.clock())
    while not await request.is_disconnected():
        try:
            rows = await to_thread.run_sync(lambda: list(tail.next(desk.clock())))
        except (ClientError, BotoCoreError, DoorbellError) as error:
            yield f"event: trouble\ndata: {json.dumps(str(error))}\n\n"
            rows = []
        for row in rows:
            told = {"id": row.event_id, "type": row.event_type, "source": row.source_id, "at": row.created_at}
            yield f"data: {json.dumps(told)}\n\n"
        if not rows:
            yield ": still here\n\n"
        await sleep(EVERY_SECONDS)

"""What an hour of a followed list does to the console's memory: its looks, one right after another.

    PYTHONPATH=layers/core:cli:. python -m tests.bench.console_live

One browser follows a tenant's events, one a new source's first ring; a look is every two seconds, so an hour
has 1,800 of each. Every tenth look finds a new event. A local AWS in a process of its own answers.
Printed after a warm-up, at each quarter and at the end: what Python has allocated, and the process's memory.
"""

import gc
import json
import sys
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio
from starlette.requests import Request

from doorbell_cli.console import live
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.door import Door
from doorbell_cli.console.starting import desk_of
from tests.bench.console_stand import TENANT, Stand, stand
from tests.integration.ops.deployed import Doorbell

LOOKS = 1_800
"""Of an hour."""
WARM_UP, NEW_EVERY = 100, 10
MOST_GROWTH = 1.1
"""At the end, of what it was after the warm-up."""


def main() -> int:
    with stand() as there, patch.object(live, "EVERY_SECONDS", 0):
        there.fill(100)
        tracemalloc.start()
        rows = anyio.run(_hour, there)
    print(json.dumps(rows, indent=1))
    grown = rows[-1]["python_kib"] / rows[0]["python_kib"]
    print(f"At the end {grown:.3f} of what Python had allocated after the warm-up; at most {MOST_GROWTH}.")
    return int(grown > MOST_GROWTH)


async def _hour(there: Stand) -> list[dict[str, float]]:
    desk, made, found = (
        desk_of(there.target, Door(0), False),
        Doorbell(there.target),
        list[dict[str, float]](),
    )
    async with AsyncExitStack() as opened:
        streams = [
            await _opened(opened, desk, "events", f"tenant={TENANT}"),
            await _opened(opened, desk, "ring", "", name="github"),
        ]
        seen = 0
        for look in range(WARM_UP + LOOKS + 1):
            if look >= WARM_UP and (look - WARM_UP) % (LOOKS // 4) == 0:
                found.append({"looks": look - WARM_UP, "rows_seen": seen, **_memory()})
            if look % NEW_EVERY == 0:
                await anyio.to_thread.run_sync(made.event, 10_000 + look, "s000", "pending", TENANT, -1.0)
            for stream in streams:
                seen += (await anext(stream)).startswith("data:")
    return found


async def _opened(
    stack: AsyncExitStack, desk: Desk, kind: str, query: str, **path: str
) -> AsyncIterator[str]:
    scope = {
        "type": "http",
        "method": "GET",
        "query_string": query.encode(),
        "headers": [],
        "path_params": path,
    }

    async def receive() -> Any:
        await anyio.sleep_forever()

    request = Request({**scope, "path": "/"}, receive)
    answer = await (live.events(desk) if kind == "events" else live.first_ring(desk))(request)
    rows: Any = answer.body_iterator  # type: ignore[attr-defined]
    opened: AsyncIterator[str] = await stack.enter_async_context(aclosing(rows))
    return opened


def _memory() -> dict[str, float]:
    gc.collect()
    python, _ = tracemalloc.get_traced_memory()
    status = Path("/proc/self/status").read_text()
    rss = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return {"python_kib": round(python / 1024), "rss_kib": int(rss.split()[1])}


if __name__ == "__main__":
    sys.exit(main())

"""What an hour of a followed list does to the console's memory: its looks, one right after another.

    PYTHONPATH=layers/core:cli:. python -m tests.bench.console_live

One browser follows a tenant's events, one a new source's first ring; a look is every two seconds, so an hour
has 1,800 of each. Every tenth look finds a new event. Console and botocore are as they run; what AWS would
answer is made in memory. Printed after a warm-up, at each quarter and at the end: what Python has allocated,
and the process's memory.
"""

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from starlette.requests import Request

from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import tenant_day
from doorbell_cli.aws_session import of_local_root
from doorbell_cli.console import live
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.door import Door
from doorbell_cli.console.starting import desk_of
from doorbell_cli.target import Target

TENANT = "acme"
TABLES = ("Sources", "Events", "Refused", "Rollups")
LOOKS = 1_800
"""Of an hour."""
WARM_UP, NEW_EVERY = 100, 10
MOST_GROWTH = 1.1
"""At the end, of what it was after the warm-up."""


def main() -> int:
    aws = Aws()
    with patch.object(live, "EVERY_SECONDS", 0):
        tracemalloc.start()
        rows = anyio.run(_hour, aws)
    print(json.dumps(rows, indent=1))
    grown = rows[-1]["python_kib"] / rows[0]["python_kib"]
    print(f"At the end {grown:.3f} of what Python had allocated after the warm-up; at most {MOST_GROWTH}.")
    return int(grown > MOST_GROWTH)


class _Raw(BytesIO):
    def stream(self, **_: object) -> Any:
        yield self.read()


@dataclass
class Aws:
    """`newest`: the event that the log has last, as its index has it."""

    newest: dict[str, Any] = field(default_factory=dict)

    def target(self) -> Target:
        outputs = {f"{name}TableName": f"{name}Table" for name in TABLES}
        made = Target("doorbell", True, outputs, {}, "http://api", of_local_root(), "http://127.0.0.1:9")
        made.client("dynamodb").meta.events.register("before-send", self._answer)
        return made

    def happens(self, number: int) -> None:
        at, event_id = time.time(), f"evt_{number:032d}"
        log = {"tenant_day": tenant_day(TENANT, at, event_id), "created_at": at, "event_type": "push"}
        self.newest = {**log, "event_id": event_id, "sk": "event", "source_id": "github"}

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        asked, found = json.loads(request.body), dict[str, Any]()
        if "Key" in asked:
            found = {"Item": marshal({"source_id": "github", "provider": "github", "tenant_id": TENANT})}
        else:
            values = [one.get("S") for one in asked["ExpressionAttributeValues"].values()]
            rows = [marshal(self.newest)] if self.newest and self.newest["tenant_day"] in values else []
            found = {"Items": rows, "Count": len(rows), "ScannedCount": len(rows)}
        body = json.dumps(found, default=lambda value: value.decode()).encode()
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(body))


async def _hour(aws: Aws) -> list[dict[str, float]]:
    desk, found = desk_of(aws.target(), Door(0), False), list[dict[str, float]]()
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
                aws.happens(look)
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

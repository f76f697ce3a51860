"""What an hour of followed pages does to the console's memory: its looks, one right after another.

    PYTHONPATH=layers/core:cli:. python -m tests.bench.console_live [--looks 1800]

One browser follows a tenant's events, one a new source's first ring, one an event, one a job of the stack,
one a tool's replay, one the list of jobs, one a subscription; a look is every two seconds, so an hour has
1,800 of each. Before every tenth there is a new event, and each of the others has moved on. Console and
botocore are as they run; what AWS would answer is made in memory. Printed after a warm-up, at each quarter
and at the end: what Python has allocated since the start, the process's memory, and how many AWS calls a look
of all seven was.
"""

import argparse
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import anyio
from starlette.requests import Request
from starlette.routing import Match, Route

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.jobs import Job, JobKey
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import tenant_day
from doorbell.store.events.jobs import JobTable
from doorbell_cli.aws_session import of_local_root
from doorbell_cli.console import live
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.door import Door
from doorbell_cli.console.starting import desk_of
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.target import Target
from tests.bench.console_live_aws import KEYS, Aws
from tests.integration.ops.deployed import Doorbell

TENANT = "acme"
LOOKS = 1_800
"""Of an hour."""
WARM_UP, NEW_EVERY = 100, 10
MOST_GROWTH = 1.1
"""At the end, of what it was after the warm-up."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.console_live", description=__doc__)
    parser.add_argument("--looks", type=int, default=LOOKS)
    looks = parser.parse_args().looks
    with patch.object(live, "EVERY_SECONDS", 0), patch.object(live, "SLOW_SECONDS", 0):
        world = World()
        tracemalloc.start()
        rows = anyio.run(_hour, world, looks)
    print(json.dumps(rows, indent=1))
    grown = rows[-1]["python_kib"] / rows[0]["python_kib"]
    print(f"At the end {grown:.3f} of what Python had allocated after the warm-up; at most {MOST_GROWTH}.")
    return int(grown > MOST_GROWTH)


@dataclass
class World:
    """`paths`: what is followed."""

    aws: Aws = field(default_factory=Aws)

    def __post_init__(self) -> None:
        outputs = {f"{name.removesuffix('Table')}TableName": name for name in KEYS}
        self.target = Target(
            "doorbell", True, outputs, {}, "http://api", of_local_root(), "http://127.0.0.1:9"
        )
        self.target.client("dynamodb").meta.events.register("before-send", self.aws.answer)
        self._made = Doorbell(self.target)
        self._made.put("SourcesTable", {"source_id": "github", "provider": "github", "tenant_id": TENANT})
        self._made.subscribe("billing", TENANT)
        event = self._made.event(1, state="pending", tenant=TENANT)
        for item in self.aws.tables["EventsTable"].values():
            item.pop("tenant_day", None)  # the log has the newest alone
        key, expires_at = DeliveryKey(event, "billing"), int(time.time()) + 86_400
        self._delivery = Delivery(key, TENANT, State.PENDING, time.time(), 0.0, 0.0, expires_at)
        chosen = Selection(TENANT, "billing", 0.0, time.time(), ("exhausted",))
        self._key = job_desk(self.target).replay(chosen, 5.0, "ann").key
        self._replay = ReplayJob("a" * 12, chosen, 5.0, started_at=time.time(), version=2)
        self.happens(0)
        self.paths = [
            f"/live/events?tenant={TENANT}",
            "/live/sources/github",
            f"/live/events/{event}?tenant={TENANT}",
            f"/live/jobs/{TENANT}/{self._key.job_id}",
            f"/live/jobs/{self._replay.job_id}",
            f"/live/jobs?tenant={TENANT}",
            f"/live/subscriptions/{TENANT}/billing",
        ]

    def happens(self, number: int) -> None:
        """A new event, the one that the log has; all else has moved on."""
        at, event_id = time.time(), f"evt_{number:032d}"
        log = {"tenant_day": tenant_day(TENANT, at, event_id), "created_at": at, "event_type": "push"}
        events = self.aws.tables["EventsTable"]
        events["newest"] = marshal({**log, "event_id": event_id, "sk": "event", "source_id": "github"})
        self._made.subscribe("billing", TENANT, updated_at=number)
        self._made.deliver(replace(self._delivery, next_attempt_at=float(number)), "pending")
        assert Replayer(self.target).jobs().save(replace(self._replay, created=number))
        table = JobTable(self.target.client("dynamodb"), self.target.table("Events"), time.time)
        job = _there(table, self._key)
        assert isinstance(job.work, ReplayJob)
        assert table.save(job.moved(replace(job.work, created=number), time.time()))


def _there(table: JobTable, key: JobKey) -> Job:
    found = table.load(key)
    assert found is not None
    return found


async def _hour(world: World, looks: int) -> list[dict[str, float]]:
    desk, found = desk_of(world.target, Door(0), False), list[dict[str, float]]()
    async with AsyncExitStack() as opened:
        streams = [await _opened(opened, desk, path) for path in world.paths]
        seen = calls = 0
        for look in range(WARM_UP + looks + 1):
            if look >= WARM_UP and (look - WARM_UP) % (looks // 4) == 0:
                counted = {"looks": look - WARM_UP, "rows_seen": seen, "calls_a_look": calls / max(look, 1)}
                found.append({**counted, **_memory()})
            if look % NEW_EVERY == 0:
                world.happens(look)
            before = world.aws.calls
            for stream in streams:
                seen += (await anext(stream)).startswith("data:")
            calls += world.aws.calls - before
    return found


async def _opened(stack: AsyncExitStack, desk: Desk, address: str) -> AsyncIterator[str]:
    path, _, query = address.partition("?")
    scope = {"type": "http", "method": "GET", "query_string": query.encode(), "headers": [], "path": path}

    async def receive() -> Any:
        await anyio.sleep_forever()

    route, more = _route(live.routes(desk), scope)
    answer = await route.endpoint(Request({**scope, **more}, receive))
    opened: AsyncIterator[str] = await stack.enter_async_context(aclosing(answer.body_iterator))
    return opened


def _route(routes: list[Route], scope: dict[str, Any]) -> tuple[Route, dict[str, Any]]:
    for route in routes:
        match, more = route.matches(scope)
        if match is Match.FULL:
            return route, dict(more)
    raise LookupError(scope["path"])


def _memory() -> dict[str, float]:
    gc.collect()
    python, _ = tracemalloc.get_traced_memory()
    status = Path("/proc/self/status").read_text()
    rss = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return {"python_kib": round(python / 1024), "rss_kib": int(rss.split()[1])}


if __name__ == "__main__":
    sys.exit(main())

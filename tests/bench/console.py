"""Row 14: what a page of the console costs, beside the tool's `--json` for the same reads, in one process.

A local AWS in a process of its own has 200 subscriptions and 10,000 events, then 100,000. A page is asked
for as a server asks for it; a command is what `doorbell` runs. Processor time is this process's, without the
local AWS's; time by the clock is with it. The least of some rounds, page and command by turns. What a page
reads after it is a page of its own here.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from typer.testing import CliRunner

from doorbell_cli.console.app import application
from doorbell_cli.console.door import Door
from doorbell_cli.console.starting import desk_of
from doorbell_cli.main import app as tool
from tests.bench.console_stand import TENANT, Stand, stand
from tests.bench.deployed import BenchError
from tests.bench.line import Line

FEW, MANY, ROUNDS, PORT = 10_000, 100_000, 7, 8123
OF_COMMAND, GROWTH, MOST_BYTES, MOST_CALLS = 2.0, 1.1, 150_000, 6
OF = f"?tenant={TENANT}"
ONE = f"{TENANT}/s000"
SERVICES = ("dynamodb", "sqs", "s3", "ssm", "sts")

type Command = Sequence[str]


def pages(event_id: str) -> Mapping[str, tuple[str, Sequence[Command]]]:
    """By name: its address, and the commands that read the same; none where the tool has none."""
    of, missed = ("--tenant", TENANT), ("--subscription", "s000", "--since", "7d")
    return {
        "home": (f"/{OF}", [("status", *of)]),
        "dead letters": ("/parts/dead-letters", [("dlq", "list")]),
        "configuration errors": (f"/parts/broken{OF}", []),
        "the last hour, day and week": (f"/parts/totals{OF}", []),
        "the cost": (f"/parts/cost{OF}", []),
        "an event's others": (f"/events/{event_id}/others{OF}", []),
        "an event to all": (f"/events/{event_id}/replay{OF}&to=all", []),
        "events of one type": (f"/events{OF}&type=push", [("events", "list", *of, "--type", "push")]),
        "events in a state": (f"/events{OF}&state=pending", []),
        "events": (f"/events{OF}", [("events", "list", *of, "--since", "7d", "--limit", "50")]),
        "an event": (f"/events/{event_id}{OF}", [("events", "show", event_id)]),
        "a subscription": (f"/subscriptions/{ONE}", [("status", ONE), ("subscriptions", "show", ONE)]),
        "its last day": (f"/counts/subscription/{ONE}", [("stats", ONE, "--by", "hour")]),
        "its replay": (f"/subscriptions/{ONE}/replay?since=7d", [("replay", *of, *missed, "--dry-run")]),
        "sources": (f"/sources{OF}", [("sources", "list", *of)]),
        "a source": ("/sources/github", [("sources", "show", "github"), ("refused", "list", "github")]),
        "tenants": ("/tenants", []),
        "types": (f"/types{OF}", []),
        "replays": (f"/jobs{OF}", []),
        "changes": (f"/audit{OF}", []),
    }


@dataclass
class Measured:
    """The least there was, in seconds."""

    cpu: float = float("inf")
    clock: float = float("inf")

    def take(self, work: Callable[[], Any]) -> None:
        cpu, clock = time.process_time(), time.perf_counter()
        work()
        self.cpu = min(self.cpu, time.process_time() - cpu)
        self.clock = min(self.clock, time.perf_counter() - clock)


@dataclass
class Browser:
    """`calls`: what AWS was asked."""

    stand: Stand
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        target = self.stand.target
        for service in SERVICES:
            events = target.client(service).meta.events
            events.register("before-call", lambda model, **_: self.calls.append(model.name))
        self._door = Door(PORT)
        self._app = application(desk_of(target, self._door, False))
        self._loop, self._cookie = asyncio.new_event_loop(), b""
        _, self._cookie = self._answer(self._door.first_url.partition(str(PORT))[2])

    def page(self, path: str) -> bytes:
        return self._answer(path)[0]

    def _answer(self, path: str) -> tuple[bytes, bytes]:
        return self._loop.run_until_complete(self._ask(path))

    async def _ask(self, path: str) -> tuple[bytes, bytes]:
        plain, _, query = path.partition("?")
        headers = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"cookie", self._cookie)]
        scope = {
            "type": "http", "method": "GET", "path": unquote(plain), "raw_path": plain.encode(),
            "query_string": query.encode(), "headers": headers, "scheme": "http", "http_version": "1.1",
            "server": ("127.0.0.1", PORT), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        sent = list[Any]()

        bodies = iter([b""])

        async def receive() -> dict[str, Any]:
            if next(bodies, None) is None:  # an answer in parts is listened to whether anybody still is there
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        if sent[0]["status"] not in (200, 303):
            raise BenchError(f"{path}: {sent[0]['status']} {sent[-1].get('body')!r}")
        cookie = dict(sent[0]["headers"]).get(b"set-cookie", b"").partition(b";")[0]
        return b"".join(message.get("body", b"") for message in sent[1:]), cookie


def lines() -> Iterator[Line]:
    with stand() as there:
        browser, before = Browser(there), dict[str, Measured]()
        for events in (FEW, MANY):
            there.fill(events)
            for name, (path, commands) in pages(there.event_id).items():
                found, command = _by_turns(browser, path, commands)
                browser.calls.clear()
                size, calls = len(browser.page(path)), len(browser.calls)
                if events == FEW:
                    before[name] = found
                else:
                    yield from _of(name, found, command if commands else None, before[name], size, calls)


def _by_turns(browser: Browser, path: str, commands: Sequence[Command]) -> tuple[Measured, Measured]:
    page, command, runner = Measured(), Measured(), CliRunner()

    def run() -> None:
        for words in commands:
            done = runner.invoke(tool, [*words, "--json"])
            if done.exit_code:
                raise BenchError(f"{words}: {done.output}")

    with patch("doorbell_cli.target.find_target", lambda stack: browser.stand.target):
        for _ in range(ROUNDS):
            page.take(lambda: browser.page(path))
            command.take(run)
    return page, command


def _of(
    name: str, page: Measured, command: Measured | None, few: Measured, size: int, calls: int
) -> Iterator[Line]:
    figures = {
        "page_cpu_ms": page.cpu * 1e3,
        "page_clock_ms": page.clock * 1e3,
        "bytes": size,
        "calls": calls,
    }
    what = f"console, {name}"
    if command is not None:
        both = {"command_cpu_ms": command.cpu * 1e3, "command_clock_ms": command.clock * 1e3}
        same = "the same reads by --json"
        ratio = page.cpu / command.cpu
        yield Line(row="14", what=f"{what}: CPU", against=same, ratio=ratio, goal=OF_COMMAND, figures=both)
        clock = page.clock / command.clock
        yield Line(row="14", what=f"{what}: with the local AWS", against=same, ratio=clock, goal=OF_COMMAND)
    grown = page.cpu / few.cpu
    against = f"itself with {FEW:,} events"
    yield Line(row="14", what=f"{what}: CPU", against=against, ratio=grown, goal=GROWTH, figures=figures)
    yield Line(row="14", what=f"{what}: calls", against="six", ratio=calls / MOST_CALLS, goal=1)
    yield Line(row="14", what=f"{what}: bytes", against="150 KB", ratio=size / MOST_BYTES, goal=1)

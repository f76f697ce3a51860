"""Row 14: what a page of the console costs, beside the tool's `--json` for the same reads, in one process.

Alone, with fewer of everything, and of some pages: `python -m tests.bench.console --few 1000 --many 10000
--rounds 3 --page "an event"`.

A local AWS in a process of its own has 200 subscriptions and 10,000 events, then 100,000. A page is asked
for as a server asks for it; a command is what `doorbell` runs. Processor time is this process's, without the
local AWS's; time by the clock is with it. The least of some rounds, page and command by turns. What a page
reads after it is a page of its own here. Function calls, Python's and C's, of one time are counted too: they
do not depend on what else the machine does.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from typer.testing import CliRunner

from doorbell_cli.main import app as tool
from tests.bench.console_browser import Browser
from tests.bench.console_pages import Command, pages
from tests.bench.console_stand import stand
from tests.bench.deployed import BenchError
from tests.bench.line import Line

FEW, MANY, ROUNDS = 10_000, 100_000, 7
OF_COMMAND, GROWTH, MOST_BYTES, MOST_CALLS = 2.0, 1.1, 150_000, 6


@dataclass
class Measured:
    """The least there was, in seconds; how many functions were called."""

    cpu: float = float("inf")
    clock: float = float("inf")
    functions: int = 0

    def take(self, work: Callable[[], Any]) -> None:
        cpu, clock = time.process_time(), time.perf_counter()
        work()
        self.cpu = min(self.cpu, time.process_time() - cpu)
        self.clock = min(self.clock, time.perf_counter() - clock)

    def count(self, work: Callable[[], Any]) -> None:
        """In every thread."""
        self.functions = 0

        def seen(frame: Any, event: str, argument: Any) -> None:
            self.functions += event in ("call", "c_call")

        threading.setprofile_all_threads(seen)
        try:
            work()
        finally:
            threading.setprofile_all_threads(None)


@dataclass(frozen=True)
class Measuring:
    """`only`: these pages; none: all."""

    few: int = FEW
    many: int = MANY
    rounds: int = ROUNDS
    only: Sequence[str] = ()

    def lines(self) -> Iterator[Line]:
        with stand() as there:
            browser, before = Browser(there), dict[str, Measured]()
            for events in (self.few, self.many):
                there.fill(events)
                for name, (_, path, commands) in pages(there).items():
                    if self.only and name not in self.only:
                        continue
                    found, command = self._by_turns(browser, path, commands)
                    browser.calls.clear()
                    size = len(browser.page(path))
                    calls = {"calls": len(browser.calls), "before_first_byte": browser.before_first_byte}
                    if events == self.few:
                        before[name] = found
                    else:
                        beside = command if commands else None
                        yield from self._of(name, found, beside, before[name], size, calls)

    def _by_turns(
        self, browser: Browser, path: str, commands: Sequence[Command]
    ) -> tuple[Measured, Measured]:
        page, command, runner = Measured(), Measured(), CliRunner()

        def run() -> None:
            for words in commands:
                done = runner.invoke(tool, [*words, "--json"])
                if done.exit_code:
                    raise BenchError(f"{words}: {done.output}")

        with patch("doorbell_cli.target.find_target", lambda stack: browser.stand.target):
            for _ in range(self.rounds):
                page.take(lambda: browser.page(path))
                command.take(run)
        page.count(lambda: browser.page(path))
        return page, command

    def _of(
        self,
        name: str,
        page: Measured,
        command: Measured | None,
        few: Measured,
        size: int,
        calls: Mapping[str, int],
    ) -> Iterator[Line]:
        figures = {
            "page_cpu_ms": page.cpu * 1e3,
            "page_clock_ms": page.clock * 1e3,
            "bytes": size,
            **calls,
        }
        what, row = f"console, {name}", "14"
        if command is not None:
            both = {"command_cpu_ms": command.cpu * 1e3, "command_clock_ms": command.clock * 1e3}
            same = "the same reads by --json"
            ratio = page.cpu / command.cpu
            yield Line(row=row, what=f"{what}: CPU", against=same, ratio=ratio, goal=OF_COMMAND, figures=both)
            clock = page.clock / command.clock
            yield Line(
                row=row, what=f"{what}: with the local AWS", against=same, ratio=clock, goal=OF_COMMAND
            )
        against = f"itself with {self.few:,} events"
        grown = page.cpu / few.cpu
        yield Line(row=row, what=f"{what}: CPU", against=against, ratio=grown, goal=GROWTH, figures=figures)
        called = {"functions": page.functions}
        grown = page.functions / few.functions
        yield Line(
            row=row, what=f"{what}: function calls", against=against, ratio=grown, goal=GROWTH, figures=called
        )
        asked = calls["before_first_byte"] / MOST_CALLS
        yield Line(row=row, what=f"{what}: calls before its first byte", against="six", ratio=asked, goal=1)
        yield Line(row=row, what=f"{what}: bytes", against="150 KB", ratio=size / MOST_BYTES, goal=1)


def lines() -> Iterator[Line]:
    return Measuring().lines()


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.console", description=__doc__)
    for name, usual in (("few", FEW), ("many", MANY), ("rounds", ROUNDS)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--page", action="append", default=[], help="only this one; may be repeated")
    asked = parser.parse_args()
    for line in Measuring(asked.few, asked.many, asked.rounds, asked.page).lines():
        figures = ", ".join(f"{name} {value:,.1f}" for name, value in line.figures.items())
        met = {None: "", True: "met", False: "NOT MET"}[line.met]
        print(f"{line.what}, against {line.against}: {line.ratio:.2f} {met} ({figures})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

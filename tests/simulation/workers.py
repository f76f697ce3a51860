"""Workers: the records of a Lambda invocation, each a coroutine that stops at every side effect.

The code under test is plain synchronous code. A greenlet lets the simulation hold it inside a call, wake
it in any order, or never: the one place that knows greenlets.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from greenlet import getcurrent, greenlet


class Killed(BaseException):
    """The process is gone. Not an `Exception`, so that no handler of the code under test sees it."""


@dataclass(eq=False)
class Invocation:
    """One run of a Lambda. `overdue`: its time-out is not enforced (the sandbox was frozen, then thawed).
    `repeats` counts the calls that were done twice; `in_line` are workers for which there is no thread yet,
    `begin` begins one."""

    name: str
    deadline: float
    on_end: Callable[[Invocation], None]
    started: float = 0.0
    alive: bool = True
    overdue: bool = False
    repeats: int = 0
    workers: list[Worker] = field(default_factory=list)
    running: int = 0
    in_line: list[Worker] = field(default_factory=list)
    begin: Callable[[Worker], None] = lambda _: None


class Worker(greenlet):
    """One record. `problem` is what it raised; `faults` counts what was done to it; `chain` the calls of its
    function that led to it, itself included: 0 for one that is not called by its own messages; what befalls
    it befalls those whose deliveries it `carries`."""

    def __init__(
        self, invocation: Invocation, work: Callable[[], Any], subject: Any = None, chain: int = 0
    ) -> None:
        super().__init__(self._go)
        self.invocation, self.work, self.subject = invocation, work, subject
        self.result: Any = None
        self.problem: Exception | None = None
        self.leases: set[str] = set()
        self.faults, self.chain = 0, chain
        self.clock_read_at = self.frozen_at = self.health_read_at = -1.0
        self.last_send: Any = None
        self.carries: tuple[Worker, ...] = ()
        invocation.workers.append(self)
        invocation.running += 1

    def _go(self) -> None:
        try:
            self.result = self.work()
        except Killed:
            return
        except Exception as error:
            self.problem = error
        self.invocation.running -= 1
        if self.invocation.in_line:
            self.invocation.begin(self.invocation.in_line.pop(0))
        if self.invocation.alive and self.invocation.running == 0:
            self.invocation.on_end(self.invocation)

    def pause(self) -> None:
        """Back to the event loop, until somebody switches here."""
        hub = self.parent
        assert hub is not None
        hub.switch()

    def end(self) -> None:
        """Unwind what is left of it."""
        if not self.dead:
            with suppress(Killed):  # it comes out here where the worker had not begun
                self.throw(Killed)


def current() -> Worker | None:
    worker = getcurrent()
    return worker if isinstance(worker, Worker) else None

"""What threads of one invocation do to one another: they wait for all at the end of a round, and for their
turn. Greenlets cannot wait on the locks of threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from doorbell.runtime.batches import Handle, Record
from doorbell.runtime.fanning_out import Batch
from tests.simulation.workers import Worker, current
from tests.simulation.world import World


class Meeting:
    """`count` workers come to it; when the last has, `then` is done, once, and all go on, or raise what it
    raised."""

    def __init__(self, world: World, count: int, then: Callable[[], None]) -> None:
        self._world, self._missing, self._then = world, count, then
        self._waiting: list[Worker] = []
        self._problem: Exception | None = None

    def come(self) -> None:
        self._missing -= 1
        if self._missing:
            worker = current()
            assert worker is not None
            self._waiting.append(worker)
            self._world.sleep(worker)
        else:
            self._end()
        if self._problem is not None:
            raise self._problem

    def _end(self) -> None:
        try:
            self._then()
        except Exception as error:
            self._problem = error
        for worker in self._waiting:
            self._world.wake_soon(worker)


class Turn:
    """A lock that is given to those who wait for it in the order in which they came."""

    def __init__(self, world: World) -> None:
        self._world, self._is_taken = world, False
        self._waiting: list[Worker] = []

    @contextmanager
    def taken(self) -> Iterator[None]:
        worker = current()
        while self._is_taken and worker is not None:
            self._waiting.append(worker)
            self._world.sleep(worker)
        self._is_taken = True
        try:
            yield
        finally:
            self._is_taken = False
            if self._waiting:
                self._world.wake_soon(self._waiting.pop(0))


def in_rounds(world: World, records: list[Record], batches: list[Batch]) -> list[Callable[[], Any]]:
    """`runtime.batches.in_rounds`, as work for one worker each. `batches`: one for each record, whose writes
    are gathered alone; they have an outbox in common."""
    meetings = [Meeting(world, len(records), batches[0].outbox.close) for _ in range(4)]

    def work(one: Batch, record: Record) -> None:
        problem: Exception | None = None
        is_done = False
        rounds: tuple[Handle, ...] = (one.quickly, one.once_read, one.in_short_turns, one.in_long_turns)
        for handle, meeting in zip(rounds, meetings, strict=True):
            if not is_done and problem is None:
                try:
                    is_done = handle(record)
                except Exception as error:
                    problem = error
            meeting.come()
        if problem is not None:
            raise problem

    return [partial(work, *pair) for pair in zip(batches, records, strict=True)]

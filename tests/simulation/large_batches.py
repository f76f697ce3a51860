"""Histories in which an invocation takes up to a hundred deliveries, which share what they read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from doorbell.domain.health import Health
from doorbell.domain.records import StoredEvent
from doorbell.store.events.read_ahead import ReadAhead
from tests.simulation.faults import Fault
from tests.simulation.story import Ring, Story, Target
from tests.simulation.workers import Worker, current
from tests.simulation.world import World

BATCH = 100


def large_of(seed: int) -> Story:
    """A hundred events in a second or two, for a subscriber that is well and one that is not; in every other
    history nothing else is wrong."""
    rng = Random(f"large {seed}")
    bad = rng.choice(("hang", "slow", "late", "drop", "error", "busy", "any"))
    within, events = rng.choice((0.5, 2.0)), rng.choice((60, 110))
    rates = (0.0, 0.001, 0.003) if seed % 2 else (0.0,)
    return Story(
        seed=seed,
        rings=tuple(Ring(rng.uniform(0, within), f"e{n}") for n in range(events)),
        targets=(
            Target("s0", schedule=(0.0, 5.0, 300.0), behaviour=((0.0, bad), (400.0, "ok"))),
            Target("s1", behaviour=((0.0, "ok"),)),
        ),
        rates={fault: rng.choice(rates) for fault in Fault},
        calm_at=1000.0,
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.005, 0.05)),
        batch=BATCH,
    )


@dataclass(eq=False)
class WorkersLock:
    """A lock among workers: who waits for it lets the others go on."""

    world: World
    _holder: Worker | None = None
    _waiting: list[Worker] = field(default_factory=list)

    def __enter__(self) -> None:
        worker = current()
        while worker is not None and self._holder is not None:
            self._waiting.append(worker)
            self.world.sleep(worker)
        self._holder = worker

    def __exit__(self, *_: Any) -> None:
        waiting, self._waiting, self._holder = self._waiting, [], None
        for worker in waiting:
            self.world.wake_soon(worker)


@dataclass(eq=False)
class BatchAhead:
    """What a batch has read ahead. Whoever uses it knows what the one knew who read it, and no more."""

    world: World
    ahead: ReadAhead
    _read_at: float | None = None

    def get(self, event_id: str, now: float) -> StoredEvent | None:
        return self._noted(lambda: self.ahead.get(event_id, now))

    def source_id(self, event_id: str) -> str | None:
        return self._noted(lambda: self.ahead.source_id(event_id))

    def health(self, endpoint_id: str) -> Health:
        return self._noted(lambda: self.ahead.health(endpoint_id))

    def _noted[T](self, read: Callable[[], T]) -> T:
        worker = current()
        before = worker.health_read_at if worker is not None else 0.0
        found = read()
        if worker is not None:
            if self._read_at is None:
                self._read_at = worker.health_read_at
            elif worker.health_read_at == before:
                worker.health_read_at = max(before, self._read_at)
        return found

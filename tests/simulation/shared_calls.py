"""Deliveries of an invocation that go to one target in one call: who they are of, and how they wait for each
other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from doorbell.domain.company import Company
from doorbell.domain.outbound import OutboundRequest, Outcome
from tests.simulation.faults import Fault
from tests.simulation.story import Ring, Story, Target
from tests.simulation.workers import Worker, current
from tests.simulation.world import World

BATCH = 12
"""Above ten an invocation waits for more: so they come together."""
TOGETHER = ("sqs", "sns", "events", "kinesis", "firehose")

type Parcel = tuple[Worker, OutboundRequest]
type TransmitAll = Callable[[Sequence[Parcel]], Sequence[Outcome] | None]
"""None: the call was refused for what one of them is, and took nothing."""


def shared_of(seed: int) -> Story:
    """Events that come in the same moment, for one or two targets that take many in a call."""
    rng = Random(f"shared {seed}")
    rates = (0.0, 0.01, 0.03) if seed % 3 else (0.0,)
    return Story(
        seed=seed,
        rings=tuple(Ring(rng.uniform(0, 0.5), f"e{n}") for n in range(rng.choice((5, 8, 12)))),
        targets=tuple(_target(rng, f"s{n}") for n in range(rng.choice((1, 2)))),
        rates={fault: rng.choice(rates) for fault in Fault},
        calm_at=1000.0,
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.0, 0.01)),
        batch=BATCH,
    )


def _target(rng: Random, name: str) -> Target:
    """Now and then nothing is wrong with it; else its entries fail one by one, or all of a call."""
    bad = rng.choice(("ok", "any", "any", "busy-briefly", "late", "drop", "refuses", "error", "gone"))
    behaviour = ((0.0, bad), (20.0, "any"), (400.0, "ok"))
    return Target(name, schedule=(0.0, 5.0, 30.0, 300.0), behaviour=behaviour, kind=rng.choice(TOGETHER))


@dataclass
class Shared:
    """Of one invocation. `on_the_way` are those who are being sent, in the order in which they came."""

    company: Company
    on_the_way: list[Parcel] = field(default_factory=list)

    def wait_with(self, request: OutboundRequest) -> None:
        worker = current()
        assert worker is not None
        self.on_the_way.append((worker, request))

    def forget(self, request: OutboundRequest) -> None:
        self.on_the_way = [(worker, one) for worker, one in self.on_the_way if one is not request]

    def parcel(self, url: str, body: bytes) -> Parcel:
        """Whose entry it is."""
        found = next(one for one in self.on_the_way if (one[1].url, one[1].body) == (url, body))
        self.on_the_way.remove(found)
        return found


@dataclass(eq=False)
class WorkersSignal:
    """An event among workers: who waits for it lets the others go on."""

    world: World
    _is_set: bool = False
    _waiting: list[Callable[[], None]] = field(default_factory=list)

    def set(self) -> None:
        self._is_set = True
        for wake in self._waiting:
            self.world.at(self.world.now, wake)
        self._waiting = []

    def wait(self, timeout: float | None = None) -> None:
        worker = current()
        if worker is None or self._is_set:
            return
        wake = self.world.once(worker)
        self._waiting.append(wake)
        if timeout is not None:
            self.world.at(self.world.now + timeout, wake)
        self.world.sleep(worker)

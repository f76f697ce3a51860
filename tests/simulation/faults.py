"""What can go wrong at a side effect, and who decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Protocol


class Fault(StrEnum):
    """`REFUSED`: an error, no effect. `LOST_ANSWER`: an error, and the effect took place. `REPEATED`: the
    AWS client had no answer and did it again. `LATE`: an error now, and the effect takes place later."""

    KILL_BEFORE = "killed before"
    KILL_AFTER = "killed after"
    REFUSED = "refused"
    LOST_ANSWER = "answer lost"
    REPEATED = "done twice"
    LATE = "takes effect late"
    FREEZE_BEFORE = "frozen before"
    FREEZE_AFTER = "frozen after"


AWS_FAULTS = tuple(Fault)
PROCESS_FAULTS = (Fault.KILL_BEFORE, Fault.KILL_AFTER, Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER)
"""What can happen to a worker at a side effect that is not an AWS call."""


class Faults(Protocol):
    def choose(self, index: int, allowed: tuple[Fault, ...]) -> Fault | None:
        """What befalls side effect number `index` of this history."""

    def freeze(self) -> float:
        """For how many seconds: some about as long as a lease, some as the visibility of a message."""


@dataclass
class RandomFaults:
    """Each fault with its own rate; a history has rates of its own, many of them 0."""

    rng: Random
    rates: Mapping[Fault, float]

    def __post_init__(self) -> None:
        self._rates = [(fault, rate) for fault, rate in self.rates.items() if rate]

    def choose(self, index: int, allowed: tuple[Fault, ...]) -> Fault | None:
        dice = self.rng.random()
        for fault, rate in self._rates:
            if dice < rate:
                return fault if fault in allowed else None
            dice -= rate
        return None

    def freeze(self) -> float:
        return self.rng.choice((1.0, 5.0, 20.0, 31.0, 50.0, 340.0, 365.0, 400.0, 1000.0))


@dataclass
class ScriptedFaults:
    """These faults at these side effects, and no others."""

    script: Mapping[int, Fault]
    seconds: float = 400.0

    def choose(self, index: int, allowed: tuple[Fault, ...]) -> Fault | None:
        fault = self.script.get(index)
        return fault if fault in allowed else None

    def freeze(self) -> float:
        return self.seconds

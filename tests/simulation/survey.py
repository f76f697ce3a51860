"""Many histories, and what they came to."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.simulation.simulation import Simulation
from tests.simulation.story import Story, story_of


@dataclass
class Survey:
    """`broken` maps a seed to what went wrong with it. `faults` counts each kind where it struck."""

    histories: int = 0
    effects: int = 0
    duplicates: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    shapes: set[int] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Survey") -> None:
        self.histories += other.histories
        self.effects += other.effects
        self.duplicates += other.duplicates
        self.ends += other.ends
        self.faults += other.faults
        self.shapes |= other.shapes
        self.broken |= other.broken

    def report(self) -> str:
        faults = "\n".join(f"  {count:>9}  {name}" for name, count in self.faults.most_common())
        ends = ", ".join(f"{count} {state}" for state, count in sorted(self.ends.items()))
        broken = "\n".join(f"  seed {seed}: {what}" for seed, what in sorted(self.broken.items()))
        return (
            f"{self.histories} histories: {self.effects} side effects, "
            f"{len(self.shapes)} distinct states\n"
            f"deliveries: {ends}\n"
            f"sends made twice: {self.duplicates}, each after a fault between the send and its record\n"
            f"faults: {sum(self.faults.values())}\n{faults}\n"
            + (f"BROKEN: {len(self.broken)}\n{broken}" if self.broken else "every history came out whole")
        )


def survey(seeds: Iterable[int], story: Callable[[int], Story] = story_of) -> Survey:
    """Run the `story` of each seed; a history that breaks is kept with its reason."""
    total = Survey()
    for seed in seeds:
        total.histories += 1
        try:
            history = Simulation(story(seed)).run()
        except Exception as error:
            total.broken[seed] = f"{type(error).__name__}: {error}"
            continue
        total.effects += len(history.sites)
        total.duplicates += history.duplicates
        total.ends += Counter({state.value: count for state, count in history.states.items()})
        total.faults += Counter({fault.value: count for fault, count in history.hit.items()})
        total.shapes |= history.shapes
    return total

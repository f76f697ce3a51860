"""Every side effect of a story, found by telling it once; then a fault at each, and at each pair."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.simulation.faults import Fault, ScriptedFaults
from tests.simulation.simulation import History, Simulation
from tests.simulation.story import Change, Ring, Story, Target

KILLS = (Fault.KILL_BEFORE, Fault.KILL_AFTER)
type Script = Mapping[int, Fault]


def _story(
    *targets: Target, rings: tuple[Ring, ...] = (Ring(0.0, "e0"),), changes: tuple[Change, ...] = ()
) -> Story:
    return Story(1, rings, targets, changes, calm_at=4000.0, new_environment=0.0)


RETRIED = Target("s0", schedule=(0.0, 5.0), behaviour=((0.0, "error"), (3.0, "ok")))
HELD = Target("s0", max_age_hours=0.01, behaviour=((0.0, "names-busy"),))
STORIES: dict[str, Story] = {
    "delivered at once": _story(Target("s0")),
    "delivered at the second attempt": _story(RETRIED),
    "delivered by the sweeper after an hour": _story(
        Target("s0", schedule=(0.0, 2000.0), behaviour=((0.0, "error"), (3.0, "ok")))
    ),
    "given up": _story(Target("s0", schedule=(0.0, 5.0), behaviour=((0.0, "unreachable"),))),
    "held for want of a look-up": _story(
        Target("s0", behaviour=((0.0, "names-busy"), (5.0, "ok")), max_in_flight=1)
    ),
    "held for want of a look-up until it is given up": _story(HELD),
    "taken, with a body that never ends": _story(Target("s0", behaviour=((0.0, "drip"),))),
    "gone": _story(Target("s0", behaviour=((0.0, "gone"),))),
    "parked, probed, drained": _story(
        Target("s0", schedule=(0.0, 5.0, 5.0, 5.0), behaviour=((0.0, "busy"), (50.0, "ok"))),
        rings=(Ring(0.0, "e0"), Ring(1.0, "e1")),
    ),
    "parked, filed, probed in vain, released, closed": _story(
        Target("s0", schedule=(0.0, 600.0), behaviour=((0.0, "busy"), (50.0, "ok"))),
        rings=(Ring(0.0, "e0"), Ring(1.0, "e1"), Ring(2.0, "e2")),
    ),
    "parked, filed, released": _story(
        Target("s0", schedule=(0.0, 5.0), behaviour=((0.0, "busy"), (20.0, "ok"))), rings=(Ring(0.0, "e0"),)
    ),
    "limited": _story(
        Target("s0", rate_limit=0.5, max_in_flight=1), rings=(Ring(0.0, "e0"), Ring(0.1, "e1"))
    ),
    "published by a service of the team's own": _story(Target("s0"), rings=(Ring(0.0, "e0", own=True),)),
    "three subscribers on two pages, a large body": _story(
        RETRIED, Target("s1"), Target("s2"), rings=(Ring(0.0, "e0", size=20_000),)
    ),
    "three events in one body": _story(Target("s0"), rings=(Ring(0.0, "e0", parts=3),)),
    "rung twice, replayed": _story(
        Target("s0"), rings=(Ring(0.0, "e0"), Ring(0.01, "e0", size=40)),
        changes=(Change(30.0, "replay", "s0"),),
    ),
}  # fmt: skip


@dataclass
class Exhausted:
    """`sites` are the side effects of the undisturbed story; `runs` with faults; `broken` by their script."""

    sites: list[str]
    runs: int = 0
    duplicates: int = 0
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def effects(self) -> int:
        return len(self.sites)

    @property
    def told_apart(self) -> int:
        """Side effects without the reads that follow an equal one."""
        return len(list(_told_apart(self.sites)))


def exhaust(story: Story, faults: Sequence[Fault], *, pairs: bool) -> Exhausted:
    """A fault of `faults` at every side effect; with `pairs`, at those that are told apart, and another at
    every one of these that follows it, those included that only the first brings about."""
    found = Exhausted(_run(story, {}).sites)
    every = range(1, found.effects + 1)
    for script in _singles(_told_apart(found.sites) if pairs else every, faults):
        history = _tried(found, story, script)
        if pairs and history is not None:
            (first,) = script
            later = (index for index in _told_apart(history.sites) if index > first)
            for second in _singles(later, faults):
                _tried(found, story, {**script, **second})
    return found


def _told_apart(sites: Sequence[str]) -> Iterator[int]:
    """A shelf is read in parts, one after the other: who dies at the second of equal reads leaves the
    same behind as who dies at the first. Pairs of all of them would be several times as many runs."""
    for index, site in enumerate(sites, 1):
        if index == 1 or site != sites[index - 2] or not site.startswith("Query"):
            yield index


def _singles(sites: Iterable[int], faults: Sequence[Fault]) -> Iterator[Script]:
    for index in sites:
        for fault in faults:
            yield {index: fault}


def _tried(found: Exhausted, story: Story, script: Script) -> History | None:
    found.runs += 1
    try:
        history = _run(story, script)
    except Exception as error:
        found.broken[str({index: fault.value for index, fault in script.items()})] = str(error)
        return None
    found.duplicates += history.duplicates
    return history


def _run(story: Story, script: Script) -> History:
    return Simulation(story, ScriptedFaults(script)).run()

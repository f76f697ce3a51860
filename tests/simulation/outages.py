"""Histories of endpoints that are down for a while, with those who wait for them."""

from random import Random

from tests.simulation.faults import Fault
from tests.simulation.story import Change, Ring, Story, Target

_DOWN = ("busy", "busy", "busy-briefly", "hang", "unreachable")
_SCHEDULES = ((0.0, 1.0, 5.0, 30.0, 120.0), (0.0, 5.0, 300.0, 2000.0), (0.0, 5.0))


def outage_of(seed: int) -> Story:
    """A few events for one endpoint or two that are down for a while, or again and again; people who change
    the subscription meanwhile; an index that lags by minutes, or is not there yet; every fault."""
    rng = Random(f"outage {seed}")
    calm_at = rng.choice((1500.0, 4000.0, 12_000.0))
    targets = tuple(_target(rng, f"s{n}", calm_at) for n in range(rng.choice((1, 1, 2))))
    ends = [at for target in targets for at, _ in target.behaviour]
    rings = [Ring(rng.uniform(0, 200), f"e{n}") for n in range(rng.choice((2, 4, 8)))]
    rings += [
        Ring(rng.choice(ends) + rng.uniform(-5, 60), f"e{n + 10}") for n in range(rng.choice((0, 2, 4)))
    ]

    def sometimes(*values: float) -> float:
        return rng.choice((0.0, *values))

    return Story(
        seed=seed,
        rings=tuple(rings),
        targets=targets,
        changes=tuple(_changes(rng, targets, calm_at)),
        rates={fault: sometimes(0.0, 0.01, 0.04) for fault in Fault},
        calm_at=calm_at,
        skew=sometimes(0.3, 2.0),
        read_lag=sometimes(0.5, 2.0),
        index_lag=sometimes(3.0, 90.0, 400.0),
        duplicate_message=sometimes(0.2),
        lose_message=sometimes(0.0, 0.2),
        slow_message=sometimes(0.2),
        partial_batch=sometimes(0.2),
        skip_tick=sometimes(0.0, 0.3),
        double_tick=sometimes(0.3),
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.005, 0.05, 0.5)),
        grace=rng.choice((900.0, 30.0)),
        no_index_until=sometimes(0.0, 0.0, 300.0),
    )


def _target(rng: Random, name: str, calm_at: float) -> Target:
    at, behaviour = rng.choice((0.0, 0.0, rng.uniform(0, 200))), [(0.0, "ok")]
    for _ in range(rng.choice((1, 1, 2, 5))):
        behaviour.append((at, rng.choice(_DOWN)))
        at += rng.choice((20.0, 45.0, 200.0, 2000.0))
        behaviour.append((at, "ok"))
        at += rng.choice((1.0, 20.0, 300.0))
    kept = [(when, what) for when, what in behaviour if when < calm_at]
    return Target(
        name,
        schedule=rng.choice(_SCHEDULES),
        max_age_hours=rng.choice((0.5, 2.0, 8.0)),
        behaviour=(*kept, (calm_at, "ok")),
        rate_limit=rng.choice((None, None, None, 0.5)),
        max_in_flight=rng.choice((None, None, None, 1)),
    )


def _changes(rng: Random, targets: tuple[Target, ...], calm_at: float) -> list[Change]:
    changes = []
    for _ in range(rng.choice((0, 0, 1, 2))):
        name, at = rng.choice(targets).name, rng.uniform(0, calm_at)
        what = rng.choice(("disable", "delete", "break", "move", "reset"))
        changes.append(Change(at, what, name))
        if what not in ("move", "reset") and rng.random() < 0.7:
            changes.append(Change(at + rng.choice((0.1, 20.0, 500.0)), "enable", name))
    if rng.random() < 0.3:
        changes.append(Change(rng.uniform(0, 100), "park", rng.choice(targets).name))
    if rng.random() < 0.2:
        changes.append(Change(rng.uniform(0, calm_at), "replay", rng.choice(targets).name, rng.randrange(3)))
    return changes

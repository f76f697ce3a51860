"""Histories in which a subscription is switched off while deliveries wait for it."""

from dataclasses import replace
from random import Random

from tests.simulation.pauses import with_faults
from tests.simulation.story import Change, Ring, Story, Target


def off_of(seed: int) -> Story:
    """An endpoint or two that fail, so that some wait for their own time and some on a list; then one is
    switched off by a tool, twice perhaps, and in every third history switched on again. Every second history
    meets no fault."""
    rng = Random(f"off {seed}")
    off = rng.choice((3.0, 30.0, 200.0, 900.0))
    targets = tuple(_target(rng, f"s{n}") for n in range(rng.choice((1, 1, 2))))
    times = [rng.uniform(0, off + 5) for _ in range(rng.choice((3, 6, 12)))]
    changes = [Change(off, "off", "s0")]
    if rng.random() < 0.3:
        changes.append(Change(off + rng.choice((0.1, 20.0)), "off", "s0"))
    if seed % 3 == 0:
        changes.append(Change(off + rng.choice((0.5, 20.0, 45.0, 600.0)), "enable", "s0"))
    story = Story(
        seed=seed,
        rings=tuple(Ring(at, f"e{n}") for n, at in enumerate(times)),
        targets=targets,
        changes=tuple(changes),
        calm_at=off + 1500.0,
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.005, 0.05, 0.5)),
        grace=rng.choice((900.0, 30.0)),
    )
    return story if seed % 2 == 0 else with_faults(rng, replace(story, calm_at=off + 3000.0))


def _target(rng: Random, name: str) -> Target:
    down = rng.choice(("error", "error", "busy"))
    return Target(
        name,
        schedule=rng.choice(((0.0, 5.0, 3600.0, 7200.0), (0.0, 300.0, 18_000.0), (0.0, 1.0, 5.0, 2000.0))),
        max_age_hours=24.0,
        behaviour=((0.0, down),),
        max_in_flight=rng.choice((None, None, 1)),
    )

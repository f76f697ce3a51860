"""Histories of subscriptions and sources that people pause and resume, with events that come meanwhile."""

from dataclasses import replace
from random import Random

from tests.simulation.faults import Fault
from tests.simulation.gateway import HUB
from tests.simulation.story import Change, Ring, Story, Target

_DOWN = ("busy", "hang", "unreachable", "error")
_LONG = 100 * 3600.0
"""Longer than until a delivery that waits is looked at by its own clock, and again."""


def pause_of(seed: int) -> Story:
    """A subscription or two that are paused once or again; before, in and after it events come, the endpoint
    fails, and people change other things. Every second history meets no fault."""
    rng = Random(f"pause {seed}")
    begin = rng.choice((0.0, 50.0, rng.uniform(0, 300)))
    seconds = _LONG if seed % 25 == 0 else rng.choice((20.0, 300.0, 2000.0, 8000.0))
    end = begin + seconds
    targets = tuple(_target(rng, f"s{n}", begin, end) for n in range(rng.choice((1, 1, 2))))
    times = [rng.uniform(0, begin + min(seconds, 900.0) + 60) for _ in range(rng.choice((3, 6, 12)))]
    story = Story(
        seed=seed,
        rings=tuple(Ring(at, f"e{n}") for n, at in enumerate(times)),
        targets=targets,
        changes=tuple(_changes(rng, targets, begin, end)),
        calm_at=end + rng.choice((600.0, 3000.0)),
        new_environment=rng.choice((0.1, 0.9)),
        latency=rng.choice((0.005, 0.05, 0.5)),
        grace=rng.choice((900.0, 30.0)),
    )
    return story if seed % 2 == 0 else with_faults(rng, story)


def source_pause_of(seed: int) -> Story:
    """The same, of a source; in some a subscription is paused as well, or the source deleted in its pause."""
    rng, story = Random(f"source's pause {seed}"), pause_of(seed)
    of_subscriptions = [change for change in story.changes if change.what == "pause"]
    begin = min(change.at for change in of_subscriptions)
    end = max(change.at for change in story.changes if change.what in ("resume", "enable"))
    both = story.changes if rng.random() < 0.4 else ()
    at = begin + rng.choice((0.0, 0.0, 5.0, (end - begin) * rng.random()))
    over = rng.choice((end, end, (at + end) / 2, end + 100.0))
    how = rng.choice(("resume-source", "resume-source", "delete-source"))
    changes = [Change(at, "pause-source", HUB), Change(over, how, HUB), *both]
    if how == "resume-source" and rng.random() < 0.3:
        again = over + rng.choice((1.0, 30.0, 400.0))
        changes.append(Change(again, "pause-source", HUB))
        changes.append(Change(again + rng.choice((15.0, 500.0)), how, HUB))
    return replace(story, changes=tuple(changes))


def parked_in_pause(well_at: float, busy: str = "busy") -> Story:
    """An endpoint that is parked for minutes when its source is paused, and when that is resumed at 800; what
    comes in the pause is all that could ask it. Nothing else is wrong."""
    target = Target("s0", (0.0, *[5.0] * 20), behaviour=((0.0, busy), (well_at, "ok")))
    rings = tuple(Ring(at, f"e{number}") for number, at in enumerate((0.0, 1.0, 650.0, 660.0)))
    changes = (Change(600.0, "pause-source", HUB), Change(800.0, "resume-source", HUB))
    return Story(1, rings, (target,), changes, calm_at=4000.0)


def asked_for_longer() -> Story:
    """The same by a pause of the subscription, which asked for longer than the pause lasts."""
    story = parked_in_pause(well_at=700.0, busy="busy-for-long")
    return replace(story, changes=(Change(600.0, "pause", "s0"), Change(800.0, "resume", "s0")))


def with_faults(rng: Random, story: Story) -> Story:
    def sometimes(*values: float) -> float:
        return rng.choice((0.0, *values))

    return replace(
        story,
        rates={fault: sometimes(0.0, 0.01, 0.04) for fault in Fault},
        skew=sometimes(0.3, 2.0),
        read_lag=sometimes(0.5, 2.0),
        index_lag=sometimes(3.0, 90.0, 400.0),
        duplicate_message=sometimes(0.2),
        lose_message=sometimes(0.0, 0.2),
        slow_message=sometimes(0.2),
        partial_batch=sometimes(0.2),
        skip_tick=sometimes(0.0, 0.3),
        no_index_until=sometimes(0.0, 0.0, 300.0),
    )


def _target(rng: Random, name: str, begin: float, end: float) -> Target:
    behaviour = [(0.0, "ok")]
    if rng.random() < 0.4:
        behaviour.append((rng.uniform(0, begin), rng.choice(_DOWN)))
        behaviour.append((rng.uniform(begin, end + 200), "ok"))
    return Target(
        name,
        schedule=rng.choice(((0.0, 5.0, 300.0), (0.0, 1.0, 5.0, 30.0, 120.0, 600.0))),
        max_age_hours=rng.choice((0.5, 2.0, 8.0)),
        behaviour=tuple(behaviour),
        rate_limit=rng.choice((None, None, 0.5)),
        max_in_flight=rng.choice((None, None, None, 1)),
    )


def _changes(rng: Random, targets: tuple[Target, ...], begin: float, end: float) -> list[Change]:
    changes = []
    for target in targets[: rng.choice((1, 2))]:
        back = rng.choice(("resume", "resume", "enable"))
        changes += [Change(begin, "pause", target.name), Change(end, back, target.name)]
        if rng.random() < 0.3:
            again = end + rng.choice((1.0, 30.0, 400.0))
            changes.append(Change(again, "pause", target.name))
            changes.append(Change(again + rng.choice((15.0, 500.0)), back, target.name))
    if rng.random() < 0.2:
        what = rng.choice(("disable", "delete", "break"))
        at, name = rng.uniform(begin, end), rng.choice(targets).name
        changes += [Change(at, what, name), Change(at + 20.0, "enable", name)]
    return changes

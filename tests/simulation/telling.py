"""Histories in which Doorbell tells of incidents: endpoints that are down for a while, or again and again,
under faults of every kind but freezes: a sweeper that is frozen between its look and its ring rings of the
past, which nobody could notice."""

from dataclasses import replace

from tests.simulation.faults import Fault
from tests.simulation.outages import outage_of
from tests.simulation.story import Change, Ring, Story, Target

NOT_HERE = (Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER, Fault.LATE)


def telling_of(seed: int) -> Story:
    """Of an even seed nothing of Doorbell fails, only its subscribers do."""
    story = outage_of(seed)
    rates = {fault: rate for fault, rate in story.rates.items() if fault not in NOT_HERE}
    told = replace(story, rates=rates, tells=True)
    if seed % 2:
        return replace(told, rates={**rates, Fault.KILL_AFTER: 0.04, Fault.REFUSED: 0.04})
    return replace(
        told, rates={}, changes=(), skew=0.0, read_lag=0.0, index_lag=0.001, duplicate_message=0.0,
        lose_message=0.0, slow_message=0.0, partial_batch=0.0, skip_tick=0.0, double_tick=0.0,
        no_index_until=0.0,
    )  # fmt: skip


def relapse_of(seed: int) -> Story:
    """An endpoint that is down for some twenty seconds, and from five minutes on again and again: so that a
    trouble begins, is told, and is over between two looks. Sweepers die."""
    behaviour = [(0.0, "busy-briefly"), (25.0, "ok")]
    for begin in range(300, 780, 60):
        behaviour += [(begin + seed % 60, "busy-briefly"), (begin + seed % 60 + 25.0, "ok")]
    return Story(
        seed=seed,
        rings=tuple(Ring(n * 15.0, f"e{n}") for n in range(55)),
        targets=(Target("s0", behaviour=tuple(behaviour)),),
        rates={Fault.KILL_AFTER: 0.06},
        calm_at=900.0,
        tells=True,
    )


def left_parked(what: str) -> Story:
    """An endpoint is parked, nobody waits for it any more, and its subscription is moved, disabled or
    deleted: nobody asks that endpoint again."""
    return Story(
        seed=1,
        rings=(Ring(0.0, "e0"), Ring(2020.0, "e1")),
        targets=(Target("s0", schedule=(0.0,), behaviour=((0.0, "busy"), (1900.0, "ok"))),),
        changes=(Change(2000.0, what, "s0"),),
        calm_at=2100.0,
        tells=True,
    )

"""Histories in which Doorbell tells of incidents: endpoints that are down for a while, or again and again,
under faults of every kind but freezes: a sweeper that is frozen between its look and its ring rings of the
past, which nobody could notice."""

from dataclasses import replace

from tests.simulation.faults import Fault
from tests.simulation.outages import outage_of
from tests.simulation.story import Story

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

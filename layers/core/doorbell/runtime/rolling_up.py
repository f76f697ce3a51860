"""The composition of what counts, and writes what it has counted. Writing is loaded when first needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from doorbell.runtime.wiring import hasty_client, log, metrics, settings
from doorbell.usecases.tally import Tally

if TYPE_CHECKING:
    from doorbell.usecases.count_refused import CountRefused
    from doorbell.usecases.write_rollups import Each, WriteRollups

SECONDS_PER_DAY = 86_400


def is_on() -> bool:
    return bool(settings().rollups_table and settings().rollup_days)


@cache
def tally() -> Tally:
    """One for an environment: it has one batch at a time."""
    return Tally(is_on=is_on())


@cache
def key_number() -> int:
    """One for an environment, by chance: which of a holder's keys it adds to. A quiet stack has few
    environments, and so few items."""
    from random import randrange

    from doorbell.domain.rollups import SPREAD

    return randrange(SPREAD)


@cache
def write_rollups(each: Each = map, number: int = 0, writes: Any = None) -> WriteRollups:
    """Refusals are seldom written, and on the first key: whoever reads those of many sources asks that.
    `writes`: what stands in for the client."""
    from doorbell.store.rollups.rollup_table import RollupTable
    from doorbell.usecases.write_rollups import WriteRollups

    keeps = float(settings().rollup_days * SECONDS_PER_DAY)
    store = RollupTable(writes or hasty_client("dynamodb"), settings().rollups_table, keeps, number)
    return WriteRollups(tally(), store, metrics(), log(), each)


def write_batch() -> None:
    """What the batch has counted. Raises nothing."""
    if is_on():
        from doorbell.runtime.batches import side_by_side
        from doorbell.runtime.together import writes

        write_rollups(side_by_side, key_number(), writes())()


@cache
def count_refused() -> CountRefused:
    from doorbell.usecases.count_refused import CountRefused

    return CountRefused(tally(), write_rollups())

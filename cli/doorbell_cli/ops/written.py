"""What a delivered event costs of DynamoDB's writing, and how much of it is history and counts."""

from dataclasses import dataclass, replace

from doorbell_cli.ops.counted import Counted, Load

FULL_BATCH = 10
"""What Lambda hands to an invocation at most, as the template has it."""


@dataclass(frozen=True, slots=True)
class Written:
    """Write units of an event that is delivered to one subscriber at first try: `bare` for the guarantees,
    `history` for its row, `counts` of its source and its subscription where `batch` share a batch, and
    `counts_in_tens` where ten of one source and one subscription do."""

    bare: float
    history: float
    counts: float
    batch: float
    counts_in_tens: float

    @property
    def all(self) -> float:
        return self.bare + self.history + self.counts

    def text(self) -> str:
        parts = [f"{self.bare:g}"]
        if self.history:
            parts.append(f"{self.history:g} for its row in the history")
        if self.counts:
            where = f"where {self.batch:g} share a batch ({self.counts_in_tens:g} where {FULL_BATCH} do)"
            parts.append(f"{self.counts:g} for counts {where}")
        return f"A delivered event: {self.all:g} write units: {', '.join(parts)}."


def written(load: Load) -> Written:
    """By the load's body and parameters."""
    alone = replace(load, events=1, fanout=1, retries=0.0, outages=0.0)
    bare = _units(replace(alone, history="undelivered", rollups=False))
    filed = _units(replace(alone, rollups=False))
    whole = Counted(alone)
    counts = whole.all_writes() - filed
    in_tens = counts * whole.assumed["batch"] / FULL_BATCH
    return Written(bare, filed - bare, counts, whole.assumed["batch"], in_tens)


def _units(load: Load) -> float:
    return Counted(load).all_writes()

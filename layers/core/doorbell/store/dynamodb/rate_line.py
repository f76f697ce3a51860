"""By which rate an endpoint's slots are counted: `tat_rate`, since `tat_since`, beside its `tat`.

People change the rate, and nobody tells the dispatcher. Who takes a slot and finds that they were counted
with another rate counts them anew, once: environments remember a subscription for a while, and those that
still know the old rate would count back. Costs a read and a write more for each change, and for an endpoint's
first slot two refused writes besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.rate import Rate, recounted

AGREED_SECONDS = 15.0
"""Until all environments know a new rate: they cache for ten seconds, and may read what is a little old."""

type Update = tuple[str, str, dict[str, Any]]
"""Expression, condition, values."""


@dataclass(frozen=True, slots=True)
class RateLine:
    """The line as whoever takes a slot at `now` counts it."""

    rate: Rate
    now: float

    def guarded(self, condition: str) -> str:
        """And it is counted so. Within `AGREED_SECONDS` after a change all go on as it is."""
        return f"({condition}) AND (tat_rate = :rate OR tat_since > :recent)"

    @property
    def values(self) -> dict[str, Any]:
        return {":rate": self.rate.per_second, ":recent": self.now - AGREED_SECONDS}

    def counted_anew(self, there: Mapping[str, Any]) -> Update | None:
        """Of the item as it is there; None: it is counted so. What the release before counted stays."""
        before, since, tat = there.get("tat_rate"), there.get("tat_since", self.now), there.get("tat")
        if before is not None and (before == self.rate.per_second or since > self.now - AGREED_SECONDS):
            return None
        update, values = "SET tat_rate = :rate, tat_since = :now", dict[str, Any]()
        seen = [f"attribute_not_exists({name})" for name in ("tat_rate", "tat") if name not in there]
        if before is not None:
            seen.append("tat_rate = :before")
            values[":before"] = before
        if tat is not None:
            seen.append("tat = :seen")
            values[":seen"] = tat
        if before is not None and tat is not None:
            update += ", tat = :tat"
            values[":tat"] = recounted(tat, self.rate, self.now)
        values |= {":rate": self.rate.per_second, ":now": self.now}
        return update, " AND ".join(seen), values

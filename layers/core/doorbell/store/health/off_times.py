"""When a subscription was off, and when it was paused: `off_times` and `pause_times` of its endpoint's item,
pairs of since and until in epoch seconds.

Written when it is switched on again or resumed, by the CLI, the console and the admin API: one write unit,
and one more when more than `KEPT` are there. Who does it by hand leaves no trace. Read for people who look
(`reads`).
"""

from dataclasses import dataclass
from typing import Any

from doorbell.store.health import newest_kept

KEPT = 10
"""The item stays below 1 KiB, a write unit."""
OFF, PAUSED = "off_times", "pause_times"


@dataclass(frozen=True, slots=True)
class OffTimes:
    client: Any
    table: str
    attribute: str = OFF

    def add(self, endpoint_id: str, since: float, until: float) -> None:
        """A call that is repeated adds it twice: whoever counts by it takes their union."""
        newest_kept.add(self.client, self.table, endpoint_id, self.attribute, [since, until], most=KEPT)

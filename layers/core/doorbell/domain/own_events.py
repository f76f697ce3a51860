"""Doorbell's own events, which ring like any others: their source, tenant and names.

Subscribe to them in the tenant `doorbell`. Nothing that concerns an endpoint of that tenant makes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SOURCE: Final = "doorbell"
TENANT: Final = "doorbell"
PROVIDER: Final = "doorbell"

PARKED: Final = "endpoint.parked"
RECOVERED: Final = "endpoint.recovered"
DISABLED: Final = "subscription.disabled"
EXHAUSTED: Final = "delivery.exhausted"
REFUSALS: Final = "source.refusals"
CONFIG_ERROR: Final = "config.error"
DEAD_LETTERS: Final = "queue.dead_letters"
DRAINED: Final = "queue.drained"
LATE: Final = "deliveries.late"
ON_TIME: Final = "deliveries.on_time"
REPLAYED: Final = "replay.done"

KINDS: Final = (
    PARKED, RECOVERED, DISABLED, EXHAUSTED, REFUSALS, CONFIG_ERROR, DEAD_LETTERS, DRAINED, LATE, ON_TIME,
    REPLAYED,
)  # fmt: skip
ENDS: Final = frozenset({RECOVERED, DRAINED, ON_TIME})
"""What closes what another opened."""

OPEN: Final = "open"
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """`about` names what it concerns, `key` the trouble, which its end bears too. `count`: how often, since
    `since`, RFC 3339. `facts` are the numbers of the text, for programs."""

    kind: str
    about: str
    key: str
    title: str
    text: str
    severity: str
    since: str
    count: int = 1
    facts: Mapping[str, Any]

    def body(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "text": self.text,
            "severity": self.severity,
            "state": CLOSED if self.kind in ENDS else OPEN,
            "key": self.key,
            "about": self.about,
            "since": self.since,
            "count": self.count,
            **self.facts,
        }


def is_own(endpoint_id: str) -> bool:
    """Whether an endpoint, `<tenant>/<subscription>`, is of the tenant that hears of the others."""
    return endpoint_id.partition("/")[0] == TENANT

"""When an endpoint was parked, recovered and was disabled, in the Endpoints table: `!notice/changes/` and
its id, a key that no endpoint has.

Attributes: `changes`, a list of [when, kind, why], the newest `KEPT`; `expires_at`. About half a KiB.

Costs: one write unit for each change, and one more where there are more than `KEPT`: two for an outage,
however long it lasts and however many wait for its end. What goes well costs nothing. It is read with the
endpoint's health, in the same call (`reads`), half a read unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.conditions import Changed
from doorbell.store.health import newest_kept

PREFIX = "!notice/changes/"
KEPT = 12
"""Below 1 KiB with that, a write unit."""
KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class ChangeTable:
    client: Any
    table: str

    def add(self, endpoint_id: str, change: Changed) -> None:
        """A call that is repeated adds it twice: whoever reads sees the first."""
        newest_kept.add(
            self.client,
            self.table,
            changes_key(endpoint_id),
            "changes",
            [change.at, change.kind, change.why],
            most=KEPT,
            expires_at=int(change.at + KEPT_SECONDS),
        )


def changes_key(endpoint_id: str) -> str:
    """In the place of an endpoint's id."""
    return f"{PREFIX}{endpoint_id}"


def changes_from(values: Mapping[str, Any]) -> tuple[Changed, ...]:
    """Earliest first: two workers may write the other way round."""
    found = [Changed(at, kind, why) for at, kind, why in values.get("changes", ())]
    return tuple(sorted(found, key=lambda one: one.at))

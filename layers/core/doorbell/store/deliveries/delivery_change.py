"""What a step changes of a claimed delivery: attributes set, removed, appended to."""

from typing import Any

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.domain.history import history_shelf
from doorbell.domain.shelves import shelf_at
from doorbell.store.deliveries.delivery_items import attempt_values


class Change:
    """What it costs: a write of the item, two of the due index where `due_at` moves (one where it ends), one
    of the index `shelf` where it is filed or leaves, two where it is filed for another time. With `history`
    one more of that index where it ends: 0.63 USD for a million deliveries.

    `values` are what is set, by attribute; `removed` are attributes that are there and go; `appended` is
    what the list `attempts` grows by."""

    def __init__(self, claimed: Delivery, attempt: Attempt | None, after: Delivery, *, history: bool) -> None:
        assert claimed.lease is not None
        self.values: dict[str, Any] = {
            "state": after.state.value,
            "next_attempt_at": after.next_attempt_at,
            "settled_by": claimed.lease.lease_id,
        }
        self.removed: list[str] = ["lease_id", "lease_until"]
        self.appended: list[dict[str, Any]] = []
        self._optional("slot_at", claimed.slot_at, after.slot_at)
        self._optional("slot_rate", claimed.slot_rate, after.slot_rate)
        self._optional("turn_at", claimed.turn_at, after.turn_at)
        self._optional("due_at", claimed.due_at, after.due_at)
        ends = after.state.terminal and history
        shelf = history_shelf(after) if ends else after.shelf
        self._optional("shelf", claimed.shelf, shelf)
        self._optional("shelf_at", claimed.shelf, shelf and (after.ended_at if ends else shelf_at(after)))
        self._optional("look_at", claimed.look_at, after.look_at)
        self._optional("paused_at", claimed.paused_at, after.paused_at)
        self._optional("resumed_at", claimed.resumed_at, after.resumed_at)
        if after.due_at is None:
            self.removed.append("due_shard")
        if after.state is State.DELIVERED:
            self.values["delivered_at"] = after.ended_at
        elif after.state.terminal:
            self.values |= {"ended_at": after.ended_at, "reason": after.reason}
        last = attempt or next(reversed(after.attempts), None)
        if ends and last is not None:
            told = {"status": last.status, "error": last.error}
            self.values |= {name: value for name, value in told.items() if value is not None}
        if attempt is not None:
            self.values["attempts_made"] = claimed.attempts_made + 1
            self.appended = [attempt_values(attempt)]

    def _optional(self, name: str, before: Any, value: Any) -> None:
        if value is not None:
            self.values[name] = value
        elif before is not None:
            self.removed.append(name)

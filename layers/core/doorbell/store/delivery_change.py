"""What a step changes of a claimed delivery: attributes set, removed, appended to."""

from typing import Any

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.store.delivery_items import attempt_values


class Change:
    """`values` are what is set, by attribute; `removed` are attributes that are there and go; `appended` is
    what the list `attempts` grows by."""

    def __init__(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> None:
        assert claimed.lease is not None
        self.values: dict[str, Any] = {
            "state": after.state.value,
            "next_attempt_at": after.next_attempt_at,
            "settled_by": claimed.lease.lease_id,
        }
        self.removed: list[str] = ["lease_id", "lease_until"]
        self.appended: list[dict[str, Any]] = []
        self._optional("slot_at", claimed.slot_at, after.slot_at)
        self._optional("due_at", claimed.due_at, after.due_at)
        if after.due_at is None:
            self.removed.append("due_shard")
        if after.state is State.DELIVERED:
            self.values["delivered_at"] = after.ended_at
        elif after.state.terminal:
            self.values |= {"ended_at": after.ended_at, "reason": after.reason}
        if attempt is not None:
            self.values["attempts_made"] = claimed.attempts_made + 1
            self.appended = [attempt_values(attempt)]

    def _optional(self, name: str, before: Any, value: Any) -> None:
        if value is not None:
            self.values[name] = value
        elif before is not None:
            self.removed.append(name)

"""The update expression that makes a claimed delivery into what it is after a step."""

from typing import Any

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.store.delivery_items import attempt_values


class Change:
    """`expression` and its `values`; `#state` and `:lease` are named by whoever writes it."""

    def __init__(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> None:
        self.values: dict[str, Any] = {}
        self._set: list[str] = []
        self._remove: list[str] = ["lease_id", "lease_until"]
        self._put("#state", "state", after.state.value)
        self._put("next_attempt_at", "next", after.next_attempt_at)
        self._set.append("settled_by = :lease")
        self._optional("slot_at", after.slot_at)
        self._optional("due_at", after.due_at)
        if after.due_at is None:
            self._remove.append("due_shard")
        if after.state is State.DELIVERED:
            self._put("delivered_at", "ended", after.ended_at)
        elif after.state.terminal:
            self._put("ended_at", "ended", after.ended_at)
            self._put("reason", "reason", after.reason)
        if attempt is not None:
            self._put("attempts_made", "made", claimed.attempts_made + 1)
            self._set.append("attempts = list_append(attempts, :attempt)")
            self.values[":attempt"] = [attempt_values(attempt)]

    @property
    def expression(self) -> str:
        return f"SET {', '.join(self._set)} REMOVE {', '.join(self._remove)}"

    def _put(self, name: str, placeholder: str, value: Any) -> None:
        self._set.append(f"{name} = :{placeholder}")
        self.values[f":{placeholder}"] = value

    def _optional(self, name: str, value: Any) -> None:
        if value is None:
            self._remove.append(name)
        else:
            self._put(name, name, value)

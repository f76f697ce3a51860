"""Deliveries in the Events table: create, claim, record, postpone. One conditional write each.

    fan-out        dispatcher                                   sweeper
    create ──────▶ claim(lease) ─ send ─ record(attempt) ─▶ …   postpone(due_at)
    not there yet  pending · its turn · its time · no lease     due_at as seen
                                 record: the claim's lease and none other

Every write may be repeated by the AWS client after it took effect; each then recognises itself.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.domain.claims import Lost, Won
from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.store.delivery_items import attempt_values, delivery_from, delivery_key, delivery_values
from doorbell.store.put_new import put_new
from doorbell.store.tables import marshal, unmarshal

SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class DeliveryTable:
    """`client` is a DynamoDB client, `table` the Events table's name, `shards` those of the due index."""

    client: Any
    table: str
    shards: int
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))

    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        if len(deliveries) == 1:
            return [self._create(deliveries[0])]
        return list(self.pool.map(self._create, deliveries))

    def _create(self, delivery: Delivery) -> Delivery | None:
        there = put_new(self.client, self.table, delivery_values(delivery, self.shards))
        return None if there is None else delivery_from(there)

    def claim(self, key: DeliveryKey, attempt: int, lease: Lease, now: float) -> Won | Lost:
        pending = "#state = :pending"
        its_turn = "attempts_made = :made"
        its_time = "next_attempt_at <= :soon"
        no_live_lease = "(attribute_not_exists(lease_until) OR lease_until < :now)"
        condition = " AND ".join([pending, its_turn, its_time, no_live_lease])
        values = {
            ":pending": State.PENDING.value,
            ":made": attempt - 1,
            ":soon": now + STEP_SLACK_SECONDS,
            ":now": now,
            ":lease": lease.lease_id,
            ":until": lease.until,
        }
        update = "SET lease_id = :lease, lease_until = :until"
        there = self._update(key, update, condition, values, {"#state": "state"})
        if there.changed:
            return Won(delivery_from(there.item))
        delivery = delivery_from(there.item) if there.item else None
        if delivery is not None and delivery.lease is not None and delivery.lease.lease_id == lease.lease_id:
            return Won(delivery)
        return Lost(delivery)

    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        assert claimed.lease is not None
        still_ours = "lease_id = :lease"
        pending = "#state = :pending"
        change = _Change(claimed, attempt, after)
        values = {**change.values, ":lease": claimed.lease.lease_id, ":pending": State.PENDING.value}
        there = self._update(
            claimed.key, change.expression, f"{still_ours} AND {pending}", values, {"#state": "state"}
        )
        return there.changed or there.item.get("settled_by") == claimed.lease.lease_id

    def postpone(self, key: DeliveryKey, seen_due_at: float, due_at: float) -> bool:
        as_seen = "due_at = :seen"
        there = self._update(key, "SET due_at = :due", as_seen, {":seen": seen_due_at, ":due": due_at}, {})
        return there.changed

    def _update(
        self, key: DeliveryKey, update: str, condition: str, values: dict[str, Any], names: dict[str, str]
    ) -> "_There":
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": marshal(delivery_key(key)),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": marshal(values),
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if names:
            call["ExpressionAttributeNames"] = names
        with translated("dynamodb", "UpdateItem"):
            try:
                answer = self.client.update_item(**call)
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
                return _There(False, unmarshal(item_of(error)))
        return _There(True, unmarshal(answer["Attributes"]))


@dataclass(frozen=True, slots=True)
class _There:
    """The item after the write, or what stood against it ({} = nothing was there)."""

    changed: bool
    item: dict[str, Any]


class _Change:
    """The update expression that makes `claimed` into `after`."""

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

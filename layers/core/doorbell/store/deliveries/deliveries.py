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
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.domain.claims import Due, Lost, Won
from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.store.deliveries.delivery_change import Change
from doorbell.store.deliveries.delivery_items import delivery_from, delivery_key, delivery_values
from doorbell.store.deliveries.postponements import postpone
from doorbell.store.dynamodb.inserts import insert
from doorbell.store.dynamodb.put_new import put_new
from doorbell.store.dynamodb.statements import CONDITION_FAILED, STATEMENTS
from doorbell.store.dynamodb.tables import marshal, unmarshal

SIDE_BY_SIDE = 8
_NAMES = {"#state": "state"}
"""A reserved word. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html"""


@dataclass(frozen=True, slots=True)
class DeliveryTable:
    """`client` is a DynamoDB client, `table` the Events table's name, `shards` those of the due index. Up to
    `few` items are put each by itself, side by side: no batch is faster. `calls`: what stands in for the
    client in calls of many postponements. `history`: who ends is filed there."""

    client: Any
    table: str
    shards: int
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))
    few: int = SIDE_BY_SIDE
    calls: Any = None
    history: bool = True

    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        if len(deliveries) == 1:
            return [self._create(deliveries[0])]
        if len(deliveries) <= self.few:
            return list(self.pool.map(self._create, deliveries))
        batches = batched(deliveries, STATEMENTS, strict=False)
        return [there for batch in self.pool.map(self._create_all, batches) for there in batch]

    def _create_all(self, deliveries: Sequence[Delivery]) -> list[Delivery | None]:
        """What the batch did not put is put by itself, and so tells what is there instead."""
        values = [delivery_values(delivery, self.shards) for delivery in deliveries]
        failures = insert(self.client, self.table, values)
        return [
            None if why is None else self._create(new) for new, why in zip(deliveries, failures, strict=True)
        ]

    def _create(self, delivery: Delivery) -> Delivery | None:
        values = delivery_values(delivery, self.shards)
        there = put_new(self.client, self.table, values, delivery.created_at)
        return None if there is None else delivery_from(there)

    def claim(
        self, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost:
        pending = "#state = :pending"
        its_turn = "attempts_made = :made"
        its_time = "next_attempt_at <= :soon"
        no_live_lease = "(attribute_not_exists(lease_until) OR lease_until < :now)"
        on_no_shelf = "attribute_not_exists(shelf)"
        parts = [pending, its_turn, its_time, no_live_lease]
        condition = " AND ".join(parts if release else [*parts, on_no_shelf])
        values = {
            ":pending": State.PENDING.value,
            ":made": attempt - 1,
            ":soon": now + STEP_SLACK_SECONDS,
            ":now": now,
            ":lease": lease.lease_id,
            ":until": lease.until,
        }
        update = "SET lease_id = :lease, lease_until = :until"
        there = self._update(key, update, condition, values, _NAMES)
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
        change = Change(claimed, attempt, after, history=self.history)
        names = {f"#{name}": name for name in change.values}
        sets = [f"#{name} = :{name}" for name in change.values]
        values = {f":{name}": value for name, value in change.values.items()}
        if change.appended:
            sets.append("attempts = list_append(attempts, :appended)")
            values[":appended"] = change.appended
        update = f"SET {', '.join(sets)} REMOVE {', '.join(change.removed)}"
        values |= {":lease": claimed.lease.lease_id, ":pending": State.PENDING.value}
        there = self._update(claimed.key, update, f"{still_ours} AND {pending}", values, names)
        return there.changed or there.item.get("settled_by") == claimed.lease.lease_id

    def postpone(self, key: DeliveryKey, seen_due_at: float, due_at: float) -> bool:
        """Three write units."""
        as_seen, not_promised = "due_at = :seen", "attribute_not_exists(look_at)"
        values = {":seen": seen_due_at, ":due": due_at}
        there = self._update(key, "SET due_at = :due", f"{as_seen} AND {not_promised}", values, {})
        return there.changed or ("look_at" in there.item and self._promised(key, seen_due_at))

    def _promised(self, key: DeliveryKey, seen_due_at: float) -> bool:
        """One that waits on a shelf goes to the look that it was promised: three units, and one before them
        that finds out."""
        as_seen, promised = "due_at = :seen", "attribute_exists(look_at)"
        move, values = "SET due_at = look_at REMOVE look_at", {":seen": seen_due_at}
        return self._update(key, move, f"{as_seen} AND {promised}", values, {}).changed

    def postpone_all(self, moves: Sequence[tuple[Due, float]]) -> Sequence[bool]:
        if len(moves) == 1:
            ((row, due_at),) = moves
            return [self.postpone(row.key, row.due_at, due_at)]
        return [
            done
            for batch in batched(moves, STATEMENTS, strict=False)
            for done in map(self._postponed, batch, postpone(self.calls or self.client, self.table, batch))
        ]

    def _postponed(self, move: tuple[Due, float], failure: str | None) -> bool:
        """What the batch did; a write that it was refused for another reason is made by itself."""
        row, due_at = move
        if failure == CONDITION_FAILED:
            return self._promised(row.key, row.due_at)
        return failure is None or self.postpone(row.key, row.due_at, due_at)

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

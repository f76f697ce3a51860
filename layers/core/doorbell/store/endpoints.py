"""The Endpoints table: an endpoint's health, its rate slot, its places in flight.

Key `subscription_id`, holding `<tenant_id>/<subscription_id>`. Attributes:
`failures, failing_since, parked_until, parks, probe_until, url_hash, version` (health), `tat` (rate limit),
`drain_at` (metered drain), `turn_at` (who waits for a place), `in_flight` (map lease id → until). Below
1 KiB: one write unit.
A healthy endpoint without limits has no item and is never written.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.deliveries import Lease
from doorbell.domain.health import Health
from doorbell.domain.rate import Rate, slot_time
from doorbell.store.tables import Item, marshal, unmarshal

HEALTH_FIELDS = ("failing_since", "parked_until", "probe_until", "url_hash")
WAITING_FIELDS = ("tat", "drain_at", "turn_at")
ENTER_TRIES = 2
"""Once more where somebody was faster, or where it was our own write whose answer was lost."""


@dataclass(frozen=True, slots=True)
class EndpointTable:
    client: Any
    table: str

    def health(self, endpoint_id: str) -> Health:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(
                TableName=self.table, Key=endpoint_key(endpoint_id), ConsistentRead=False
            )
        return health_from(answer.get("Item", {}))

    def write_health(self, endpoint_id: str, health: Health) -> bool:
        given = {name: getattr(health, name) or None for name in HEALTH_FIELDS}
        sets = [f"{name} = :{name}" for name, value in given.items() if value is not None]
        gone = [name for name, value in given.items() if value is None]
        sets += ["failures = :failures", "parks = :parks", "version = :next"]
        unchanged = "version = :version" if health.version else "attribute_not_exists(version)"
        values: dict[str, Any] = {f":{name}": value for name, value in given.items()}
        values |= {":failures": health.failures, ":parks": health.parks, ":next": health.version + 1}
        if health.version:
            values[":version"] = health.version
        update = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(gone)}" if gone else "")
        return self._update(endpoint_id, update, unchanged, values) is not None

    def reset(self, endpoint_id: str) -> None:
        healthy = f"REMOVE {', '.join(HEALTH_FIELDS + WAITING_FIELDS)} SET failures = :zero, parks = :zero"
        values = {":zero": 0, ":one": 1}
        newer = f"{healthy}, version = version + :one"
        if self._update(endpoint_id, newer, "attribute_exists(version)", values) is None:
            forget = f"REMOVE {', '.join(WAITING_FIELDS)}"
            self._update(endpoint_id, forget, "attribute_exists(subscription_id)", {})

    def take_slot(self, endpoint_id: str, rate: Rate, now: float, last: float) -> float | None:
        tat = self._advance(endpoint_id, "tat", rate.interval, now, last + rate.tolerance)
        return None if tat is None else slot_time(tat, rate, now)

    def take_drain_slot(self, endpoint_id: str, rate: float, floor: float, last: float) -> float | None:
        return self._turn(endpoint_id, "drain_at", rate, floor, last, crowded=True)

    def take_turn(self, endpoint_id: str, rate: float, floor: float, last: float) -> float | None:
        return self._turn(endpoint_id, "turn_at", rate, floor, last, crowded=False)

    def _turn(
        self, endpoint_id: str, name: str, rate: float, floor: float, last: float, crowded: bool
    ) -> float | None:
        after = self._advance(endpoint_id, name, 1 / rate, floor, last, crowded)
        return None if after is None else after - 1 / rate

    def _advance(
        self, endpoint_id: str, name: str, step: float, floor: float, ceiling: float, crowded: bool = False
    ) -> float | None:
        """max(attribute, floor) + step, atomically: two conditional forms of it, one of which holds; which is
        tried first, `crowded` tells. None: the maximum is beyond `ceiling`, and nothing is written."""
        if floor > ceiling:
            return None
        from_floor = (f"SET {name} = :from", f"attribute_not_exists({name}) OR {name} <= :floor")
        from_there = (f"SET {name} = {name} + :step", f"{name} > :floor AND {name} <= :ceiling")
        forms = (from_there, from_floor) if crowded else (from_floor, from_there)
        while True:
            for update, condition in forms:
                values = {":floor": floor, ":step": step, ":from": floor + step, ":ceiling": ceiling}
                used = {k: v for k, v in values.items() if k in f"{update} {condition}"}
                item = self._update(endpoint_id, update, condition, used)
                if item is not None:
                    return float(item[name])
            if self._now(endpoint_id).get(name, floor) > ceiling:
                return None

    def enter(self, endpoint_id: str, lease: Lease, limit: int, now: float) -> bool:
        """A place whose lease has ended is free: a dead worker keeps none."""
        for _ in range(ENTER_TRIES):
            there: dict[str, float] | None = self._now(endpoint_id).get("in_flight")
            held = {name: until for name, until in (there or {}).items() if until >= now}
            if lease.lease_id in held:
                return True
            if len(held) >= limit:
                return False
            as_seen = "attribute_not_exists(in_flight)" if there is None else "in_flight = :seen"
            values: dict[str, Any] = {":places": {**held, lease.lease_id: lease.until}, ":seen": there}
            if self._update(endpoint_id, "SET in_flight = :places", as_seen, values) is not None:
                return True
        return False

    def leave(self, endpoint_id: str, lease: Lease) -> None:
        self._update(
            endpoint_id,
            "REMOVE in_flight.#lease",
            "attribute_exists(in_flight)",
            {},
            {"#lease": lease.lease_id},
        )

    def _now(self, endpoint_id: str) -> dict[str, Any]:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(
                TableName=self.table, Key=endpoint_key(endpoint_id), ConsistentRead=True
            )
        return unmarshal(answer.get("Item", {}))

    def _update(
        self,
        endpoint_id: str,
        update: str,
        condition: str,
        values: dict[str, Any],
        names: dict[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """The item after the write, or None when the condition did not hold."""
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": endpoint_key(endpoint_id),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ReturnValues": "ALL_NEW",
        }
        if marshalled := marshal(values):
            call["ExpressionAttributeValues"] = marshalled
        if names:
            call["ExpressionAttributeNames"] = names
        with translated("dynamodb", "UpdateItem"):
            try:
                return unmarshal(self.client.update_item(**call)["Attributes"])
            except ClientError as error:
                if is_condition_failed(error):
                    return None
                raise


def endpoint_key(endpoint_id: str) -> Item:
    return marshal({"subscription_id": endpoint_id})


def health_from(item: Item) -> Health:
    """{} = no item = healthy."""
    values = unmarshal(item)
    return Health(
        failures=values.get("failures", 0),
        failing_since=values.get("failing_since"),
        parked_until=values.get("parked_until"),
        parks=values.get("parks", 0),
        probe_until=values.get("probe_until"),
        url_hash=values.get("url_hash", ""),
        version=values.get("version", 0),
    )

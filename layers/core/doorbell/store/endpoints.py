"""The Endpoints table: an endpoint's health, its rate slot, its places in flight.

Key `subscription_id`, holding `<tenant_id>/<subscription_id>`. Attributes:
`failures, failing_since, parked_until, asked_until, parks, probe_until, url_hash, version` (health), `wake_…`
(see `health.items`), `tat` (rate limit), `tat_rate`, `tat_since` (by which rate), `drain_at` (metered drain),
`in_flight` (map lease id → until), `turn_at` (end of the line for a place), `stay_seconds` (how long one is
held), `off_times`, `pause_times` (see `health.off_times`). Below 1 KiB: one write unit.
A healthy endpoint without limits has no item and is never written.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.deliveries import Lease
from doorbell.domain.health import Health
from doorbell.domain.places import Entry, Places, Turn
from doorbell.domain.rate import Rate, slot_time
from doorbell.store.dynamodb.rate_line import RateLine
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal
from doorbell.store.health.guesses import guess_at
from doorbell.store.health.items import HEALTH_FIELDS, PASS_FIELDS, endpoint_key, health_from, health_values

WAITING_FIELDS = ("tat", "tat_rate", "tat_since", "drain_at", "turn_at", "stay_seconds")
ENTER_TRIES = 2  # once more where somebody was faster, or our own write's answer was lost


@dataclass(frozen=True, slots=True)
class EndpointTable:
    client: Any
    table: str

    def health(self, endpoint_id: str, *, fresh: bool = False) -> Health:
        return health_from(self._item(endpoint_id, fresh=fresh))

    def stay_seconds(self, endpoint_id: str) -> float | None:
        return self._now(endpoint_id).get("stay_seconds")

    def write_health(self, endpoint_id: str, health: Health) -> bool:
        """One write unit; where the wake's time moves, two of its index more."""
        given = health_values(endpoint_id, health)
        values = {f":{name}": value for name, value in given.items() if value is not None}
        gone = [name for name, value in given.items() if value is None]
        sets = ", ".join(f"{name} = :{name}" for name, value in given.items() if value is not None)
        unchanged = "version = :seen" if health.version else "attribute_not_exists(version)"
        if health.version:
            values[":seen"] = health.version
        update = f"SET {sets}" + (f" REMOVE {', '.join(gone)}" if gone else "")
        return self._update(endpoint_id, update, unchanged, values) is not None

    def reset(self, endpoint_id: str) -> None:
        """Who waits is released: the wake, where there is one, is due at once."""
        healthy = f"REMOVE {', '.join(HEALTH_FIELDS + WAITING_FIELDS)} SET failures = :zero, parks = :zero"
        values = {":zero": 0, ":one": 1}
        newer = f"{healthy}, version = version + :one"
        awake = newer.replace(" SET", f", {', '.join(PASS_FIELDS)} SET wake_at = :zero,")
        if self._update(endpoint_id, awake, "attribute_exists(wake_at)", values) is not None:
            return
        if self._update(endpoint_id, newer, "attribute_exists(version)", values) is None:
            forget = f"REMOVE {', '.join(WAITING_FIELDS)}"
            self._update(endpoint_id, forget, "attribute_exists(subscription_id)", {})

    def resumed(self, endpoint_id: str, now: float) -> None:
        """A pause is over: whoever waits is looked at by the next sweep, a parking is over that was a guess,
        and the days of nothing but failure begin anew. Two write units, two of the index if anybody waits."""
        newer, values = "SET version = version + :one", {":one": 1}
        is_guess, times = guess_at(now)
        self._update(endpoint_id, f"{newer}, parked_until = :now", is_guess, values | times)
        begun = f"REMOVE failing_since {newer}"
        awake, at_once = f"{begun}, wake_at = :zero", {**values, ":zero": 0}
        if self._update(endpoint_id, awake, "attribute_exists(wake_at)", at_once) is None:
            self._update(endpoint_id, begun, "attribute_exists(failing_since)", values)

    def take_slot(self, endpoint_id: str, rate: Rate, now: float, last: float) -> float | None:
        line, ceiling = RateLine(rate, now), last + rate.tolerance
        tat = self._advance(endpoint_id, "tat", rate.interval, now, ceiling, line=line)
        return None if tat is None else slot_time(tat, rate, now)

    def take_drain_slot(self, endpoint_id: str, rate: float, floor: float, last: float) -> float | None:
        return self._turn(endpoint_id, "drain_at", 1 / rate, floor, last, crowded=True)

    def take_turn(self, endpoint_id: str, turn: Turn, last: float, *, crowded: bool) -> float | None:
        return self._turn(endpoint_id, "turn_at", turn.step, turn.at_least, last, crowded)

    def _turn(
        self, endpoint_id: str, name: str, step: float, floor: float, last: float, crowded: bool
    ) -> float | None:
        after = self._advance(endpoint_id, name, step, floor, last, crowded)
        return None if after is None else after - step

    def _advance(
        self,
        endpoint_id: str,
        name: str,
        step: float,
        floor: float,
        ceiling: float,
        crowded: bool = False,
        line: RateLine | None = None,
    ) -> float | None:
        """max(attribute, floor) + step, atomically: in two forms, of which one holds; which is tried first is
        `crowded`'s to say. None: the maximum is beyond `ceiling`, and nothing is written."""
        if floor > ceiling:
            return None
        from_floor = (f"SET {name} = :from", f"attribute_not_exists({name}) OR {name} <= :floor")
        from_there = (f"SET {name} = {name} + :step", f"{name} > :floor AND {name} <= :ceiling")
        values = {":floor": floor, ":step": step, ":from": floor + step, ":ceiling": ceiling}
        values |= line.values if line else {}
        while True:
            for update, holds in (from_there, from_floor) if crowded else (from_floor, from_there):
                condition = line.guarded(holds) if line else holds
                used = {k: v for k, v in values.items() if k in f"{update} {condition}"}
                item = self._update(endpoint_id, update, condition, used)
                if item is not None:
                    return float(item[name])
            there = self._now(endpoint_id)
            if anew := line and line.counted_anew(there):
                self._update(endpoint_id, *anew)
            elif there.get(name, floor) > ceiling:
                return None

    def enter(self, endpoint_id: str, lease: Lease, limit: int, now: float, *, in_turn: bool) -> Entry:
        for _ in range(ENTER_TRIES):
            there = self._now(endpoint_id)
            held: dict[str, float] | None = there.get("in_flight")
            places = Places(held or {}, there.get("stay_seconds"), there.get("turn_at"))
            live = places.live(now)
            if lease.lease_id in live or not places.admits(lease.lease_id, limit, now, in_turn=in_turn):
                return Entry(lease.lease_id in live, places)
            as_seen = "attribute_not_exists(in_flight)" if held is None else "in_flight = :seen"
            values: dict[str, Any] = {":places": {**live, lease.lease_id: lease.until}, ":seen": held}
            if self._update(endpoint_id, "SET in_flight = :places", as_seen, values) is not None:
                return Entry(True, places)
        return Entry(False, places)

    def leave(self, endpoint_id: str, lease: Lease, stay_seconds: float | None) -> None:
        update, names = "REMOVE in_flight.#lease", {"#lease": lease.lease_id}
        values = {} if stay_seconds is None else {":stay": stay_seconds}
        update += " SET stay_seconds = :stay" if values else ""
        self._update(endpoint_id, update, "attribute_exists(in_flight)", values, names)

    def _now(self, endpoint_id: str) -> dict[str, Any]:
        return unmarshal(self._item(endpoint_id, fresh=True))

    def _item(self, endpoint_id: str, *, fresh: bool) -> Item:
        call = {"TableName": self.table, "Key": endpoint_key(endpoint_id), "ConsistentRead": fresh}
        with translated("dynamodb", "GetItem"):
            found: Item = self.client.get_item(**call).get("Item", {})
        return found

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

"""Incidents, in the Endpoints table under keys that no endpoint has: `!notice/<cause>/<about>`.

Attributes: `kind`, `detail`, `since`, `last_at`, `noted` (how often), `version`; `told`, `told_at`,
`told_noted`, `told_number` (what people were told); `ringing` (a map: what they are being told);
`wake_shard` ("notice-0" …) and `wake_at`, by which the index `wake` finds what wants a look; `expires_at`.
About half a KiB.

Costs: a note is one write unit, and two of the index where the look moves; a message is two, and two of the
index. An incident costs some seventeen units, from its first note to its end, however many deliveries it
concerns, but for notes of deliveries that were given up, one unit each. What goes well costs nothing; a sweep
asks eight questions, half a read unit each; a look at an endpoint reads it and its subscription, two units.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.incidents import Cause, Incident, Ringing
from doorbell.domain.own_events import ENDS
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal, unmarshal
from doorbell.store.health.incident_items import incident_from
from doorbell.store.health.items import WAKE_SHARDS, endpoint_key
from doorbell.store.health.wakes import INDEX

PREFIX = "!notice/"
KEPT_SECONDS = 30 * 86_400
"""After the last note or look: an incident that is open for longer is there to be ended."""


@dataclass(frozen=True, slots=True)
class IncidentTable:
    client: Any
    table: str

    def note(
        self, cause: Cause, about: str, kind: str, detail: Mapping[str, Any], now: float, *, soon: bool
    ) -> bool:
        """`soon`: somebody looks at the next tick; else when a look was due anyhow. False: an end of what is
        not on record."""
        sets = {
            "kind": kind,
            "detail": dict(detail),
            "last_at": now,
            "wake_shard": _shard(cause, about),
            TTL_ATTRIBUTE: int(now + KEPT_SECONDS),
        }
        is_end = kind in ENDS
        more = "noted = if_not_exists(noted, :zero) + :more, version = if_not_exists(version, :zero) + :one"
        since = "since = if_not_exists(since, :now)"
        wake = "wake_at = :now" if soon else "wake_at = if_not_exists(wake_at, :now)"
        values = {":zero": 0, ":one": 1, ":more": 0 if is_end else 1, ":now": now}
        there = "attribute_exists(since)" if is_end else None
        return self._update(incident_key(cause, about), sets, values, there, more, since, wake)

    def due(self, until: float) -> Iterator[tuple[Cause, str]]:
        """Raises `Unavailable` too where the index is not there yet, or is being filled."""
        for shard in range(WAKE_SHARDS):
            call = {
                "TableName": self.table,
                "IndexName": INDEX,
                "KeyConditionExpression": "wake_shard = :shard AND wake_at <= :until",
                "ExpressionAttributeValues": marshal({":shard": f"notice-{shard}", ":until": until}),
            }
            for values in query.items(self.client, call):
                cause, _, about = values["subscription_id"].removeprefix(PREFIX).partition("/")
                yield Cause(cause), about

    def get(self, cause: Cause, about: str) -> Incident | None:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(
                TableName=self.table, Key=endpoint_key(incident_key(cause, about)), ConsistentRead=True
            )
        return incident_from(cause, about, unmarshal(answer.get("Item", {})))

    def begin(self, seen: Incident, ringing: Ringing) -> bool:
        """Before people are told. False: another tells them, or it has ended."""
        ours = {"kind": ringing.kind, "count": ringing.count, "facts": dict(ringing.facts)}
        return self._update(_key_of(seen), {"ringing": ours}, _values(seen), _at_rest(seen))

    def told(self, seen: Incident, ringing: Ringing, now: float, wake_at: float) -> bool:
        """That people were; notes that came since then stay. False: another noted it."""
        sets = {
            "told": ringing.kind,
            "told_at": now,
            "told_noted": ringing.count,
            "told_number": seen.number + 1,
            "wake_at": wake_at,
            TTL_ATTRIBUTE: int(now + KEPT_SECONDS),
        }
        rung = f"{_as_told(seen)} AND attribute_exists(ringing)"
        return self._update(_key_of(seen), sets, _values(seen), rung, removes=" REMOVE ringing")

    def sleep(self, seen: Incident, now: float, until: float) -> bool:
        """False: something was noted or told since then, and the look that is due stays due."""
        return self._update(
            _key_of(seen),
            {"wake_at": until, TTL_ATTRIBUTE: int(now + KEPT_SECONDS)},
            {":seen": seen.version, **_values(seen)},
            f"version = :seen AND {_at_rest(seen)}",
        )

    def end(self, seen: Incident) -> bool:
        """False as in `sleep`."""
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": endpoint_key(_key_of(seen)),
            "ConditionExpression": f"version = :seen AND {_at_rest(seen)}",
            "ExpressionAttributeValues": marshal({":seen": seen.version, **_values(seen)}),
        }
        with translated("dynamodb", "DeleteItem"):
            return _went_through(lambda: self.client.delete_item(**call))

    def _update(
        self,
        key: str,
        sets: Mapping[str, Any],
        values: Mapping[str, Any],
        condition: str | None,
        *more: str,
        removes: str = "",
    ) -> bool:
        update = ", ".join([*(f"{name} = :{name}" for name in sets), *more])
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": endpoint_key(key),
            "UpdateExpression": f"SET {update}{removes}",
            "ExpressionAttributeValues": marshal({**{f":{k}": v for k, v in sets.items()}, **values}),
        }
        if condition is not None:
            call["ConditionExpression"] = condition
        with translated("dynamodb", "UpdateItem"):
            return _went_through(lambda: self.client.update_item(**call))


def _as_told(seen: Incident) -> str:
    """The same incident, of which people were told as often as was seen."""
    number = "told_number = :number" if seen.number else "attribute_not_exists(told_number)"
    return f"since = :began AND {number}"


def _at_rest(seen: Incident) -> str:
    """And nobody tells them now."""
    return f"{_as_told(seen)} AND attribute_not_exists(ringing)"


def _values(seen: Incident) -> Mapping[str, Any]:
    return {":began": seen.since, **({":number": seen.number} if seen.number else {})}


def _key_of(seen: Incident) -> str:
    return incident_key(seen.cause, seen.about)


def _went_through(write: Any) -> bool:
    try:
        write()
    except ClientError as error:
        if is_condition_failed(error):
            return False
        raise
    return True


def incident_key(cause: Cause, about: str) -> str:
    """In the place of an endpoint's id."""
    return f"{PREFIX}{cause}/{about}"


def _shard(cause: Cause, about: str) -> str:
    """Of the eight beside those of endpoints: a thousand writes a second each."""
    return f"notice-{crc32(f'{cause}/{about}'.encode()) % WAKE_SHARDS}"

"""Incidents, in the Endpoints table under keys that no endpoint has: `!notice/<cause>/<about>`.

Attributes: `kind`, `detail`, `since`, `last_at`, `noted` (how often), `version`; `told`, `told_at`,
`told_noted`, `told_number` (what people were told); `wake_shard` ("notice-0" …) and `wake_at`, by which the
index `wake` finds what wants a look; `expires_at`. About half a KiB.

Costs: a note is one write unit, and two of the index where the look moves. An incident costs some fifteen
units, from its first note to its end, however many deliveries it concerns, but for notes of deliveries that
were given up, one unit each. What goes well costs nothing; a sweep asks four questions, half a read unit
each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.incidents import Cause, Incident
from doorbell.domain.own_events import ENDS
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal, unmarshal
from doorbell.store.health.items import WAKE_SHARDS, endpoint_key
from doorbell.store.health.wakes import INDEX

PREFIX = "!notice/"
KEPT_SECONDS = 30 * 86_400
"""After the last note, should nobody ever look."""


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
        values = unmarshal(answer.get("Item", {}))
        if "since" not in values:
            return None
        return Incident(
            cause=cause,
            about=about,
            kind=values["kind"],
            since=values["since"],
            last_at=values["last_at"],
            count=values["noted"],
            version=values["version"],
            detail=values["detail"],
            told=values.get("told", ""),
            told_at=values.get("told_at", 0.0),
            told_count=values.get("told_noted", 0),
            number=values.get("told_number", 0),
            wake_at=values.get("wake_at"),
        )

    def told(self, seen: Incident, kind: str, now: float, wake_at: float) -> bool:
        """That people were told; notes that came since then stay. False: another told them."""
        sets = {
            "told": kind,
            "told_at": now,
            "told_noted": seen.count,
            "told_number": seen.number + 1,
            "wake_at": wake_at,
        }
        first = "attribute_not_exists(told_number)"
        values = {":seen": seen.number} if seen.number else {}
        as_seen = "told_number = :seen" if seen.number else f"attribute_exists(since) AND {first}"
        return self._update(incident_key(seen.cause, seen.about), sets, values, as_seen)

    def sleep(self, seen: Incident, until: float) -> bool:
        """False: something was noted or told since then, and the look that is due stays due."""
        return self._update(
            incident_key(seen.cause, seen.about),
            {"wake_at": until},
            {":seen": seen.version, ":number": seen.number or None},
            f"version = :seen AND {_as_told(seen)}",
        )

    def end(self, seen: Incident) -> bool:
        """False as in `sleep`."""
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": endpoint_key(incident_key(seen.cause, seen.about)),
            "ConditionExpression": f"version = :seen AND {_as_told(seen)}",
            "ExpressionAttributeValues": marshal({":seen": seen.version, ":number": seen.number or None}),
        }
        with translated("dynamodb", "DeleteItem"):
            return _went_through(lambda: self.client.delete_item(**call))

    def _update(
        self, key: str, sets: Mapping[str, Any], values: Mapping[str, Any], condition: str | None, *more: str
    ) -> bool:
        update = ", ".join([*(f"{name} = :{name}" for name in sets), *more])
        call: dict[str, Any] = {
            "TableName": self.table,
            "Key": endpoint_key(key),
            "UpdateExpression": f"SET {update}",
            "ExpressionAttributeValues": marshal({**{f":{k}": v for k, v in sets.items()}, **values}),
        }
        if condition is not None:
            call["ConditionExpression"] = condition
        with translated("dynamodb", "UpdateItem"):
            return _went_through(lambda: self.client.update_item(**call))


def _as_told(seen: Incident) -> str:
    return "told_number = :number" if seen.number else "attribute_not_exists(told_number)"


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
    """Of the four beside those of endpoints: a thousand writes a second each."""
    return f"notice-{crc32(f'{cause}/{about}'.encode()) % WAKE_SHARDS}"

"""The Refused table: at most `most` requests of each source, at most `hourly` new ones in an hour.

Ingest writes it, and only for what it refused (`usecases/keep_refused.py` has the price); people's tools read
it: one Query of a source, `most` items of up to 16 KiB at the worst.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from doorbell.aws_errors import item_of, translated
from doorbell.domain.refused import Accepted, Refused, hour_of
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import is_gone, marshal, unmarshal
from doorbell.store.refused.refused_items import (
    ACCEPTED_PREFIX,
    KEPT_PREFIX,
    PLACE_SK,
    accepted_from,
    accepted_values,
    body_key,
    kept_values,
    refused_from,
)


class Bodies(Protocol):
    def put(self, key: str, body: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class RefusedTable:
    """Who keeps requests gives the bound and for how long they are kept, in seconds; who reads them and
    records who accepted one gives for how long that is."""

    client: Any
    table: str
    bodies: Bodies
    most: int = 0
    hourly: int = 0
    keeps: float = 0.0
    events_keep: float = 0.0

    def place(self, source_id: str, now: float) -> int | None:
        """The number of a place: the oldest's. One conditional write where the hour goes on, two at its first
        request; None, and nothing written, where the hour has all that it may have."""
        if not self.most:
            return None
        hour = hour_of(now)
        total, seen = self._count(source_id, hour)
        if total is None and seen != hour:
            total = self._begin(source_id, hour)
            if total is None:  # somebody else began it
                total, _ = self._count(source_id, hour)
        return None if total is None else (total - 1) % self.most

    def put(self, place: int, refused: Refused) -> None:
        """The body first, so that no item names what is not there."""
        key = body_key(refused)
        if key is not None:
            self.bodies.put(key, refused.body)
        values = kept_values(place, refused, int(refused.at + self.keeps))
        with translated("dynamodb", "PutItem"):
            self.client.put_item(TableName=self.table, Item=marshal(values))

    def all(self, source_id: str, now: float) -> list[Refused]:
        """Those that are kept of a source, newest first; bodies that are in the bucket are left there."""
        return [refused for refused, _ in self._kept(source_id, now)]

    def one(self, source_id: str, refused_id: str, now: float) -> Refused | None:
        """With its body. None: there is none, or its body is gone."""
        for refused, key in self._kept(source_id, now):
            if refused.refused_id == refused_id:
                return refused if key is None else self._with_body(refused, key)
        return None

    def _with_body(self, refused: Refused, key: str) -> Refused | None:
        try:
            return refused.with_body(self.bodies.get(key))
        except KeyError:
            return None

    def _kept(self, source_id: str, now: float) -> list[tuple[Refused, str | None]]:
        """Newest first, with the key of the body."""
        items = [item for item in self._items(source_id) if not is_gone(item, now)]
        accepted = {a.refused_id: a for a in map(accepted_from, _of(items, ACCEPTED_PREFIX))}
        found = [
            (refused_from(item, accepted.get(item["refused_id"])), item.get("body_key"))
            for item in _of(items, KEPT_PREFIX)
        ]
        return sorted(found, key=lambda one: (one[0].at, one[0].refused_id), reverse=True)

    def record(self, refused: Refused, accepted: Accepted) -> None:
        values = accepted_values(
            refused.source_id, refused.tenant_id, accepted, int(accepted.at + self.events_keep)
        )
        with translated("dynamodb", "PutItem"):
            self.client.put_item(TableName=self.table, Item=marshal(values))

    def _count(self, source_id: str, hour: int) -> tuple[int | None, int | None]:
        """The source's number so far, this one included; None where the hour is full, or another one than
        that on record, which is told beside it."""
        is_this_hour = "hour_no = :hour"
        has_room = "kept < :hourly"
        try:
            answer = self._update(
                source_id,
                "SET kept = kept + :one, #total = #total + :one",
                f"{is_this_hour} AND {has_room}",
                {":hour": hour, ":hourly": self.hourly, ":one": 1},
            )
        except ClientError as error:
            return None, unmarshal(item_of(error)).get("hour_no")
        return answer["total"], hour

    def _begin(self, source_id: str, hour: int) -> int | None:
        try:
            answer = self._update(
                source_id,
                "SET hour_no = :hour, kept = :one, #total = if_not_exists(#total, :none) + :one",
                "attribute_not_exists(hour_no) OR hour_no < :hour",
                {":hour": hour, ":one": 1, ":none": 0},
            )
        except ClientError:
            return None
        total: int = answer["total"]
        return total

    def _update(self, source_id: str, change: str, condition: str, values: dict[str, Any]) -> dict[str, Any]:
        """Lets a condition that did not hold pass through; all else is `Unavailable`."""
        with translated("dynamodb", "UpdateItem"):
            answer = self.client.update_item(
                TableName=self.table,
                Key=marshal({"source_id": source_id, "sk": PLACE_SK}),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#total": "total"},
                ExpressionAttributeValues=marshal(values),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return unmarshal(answer["Attributes"])

    def _items(self, source_id: str) -> Iterator[dict[str, Any]]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "source_id = :source",
            "ExpressionAttributeValues": marshal({":source": source_id}),
        }
        return query.items(self.client, call)


def _of(items: list[dict[str, Any]], prefix: str) -> Iterator[dict[str, Any]]:
    return (item for item in items if item["sk"].startswith(prefix))

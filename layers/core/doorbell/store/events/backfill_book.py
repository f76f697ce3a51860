"""Back-fill on record; `backfill_items` says what and at what price."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import item_of, translated
from doorbell.domain.backfill import Later, Progress, Tried
from doorbell.domain.sources import Source
from doorbell.store.dynamodb import batch_get, query
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.backfill_items import (
    ASKED_PREFIX,
    backfill_key,
    progress_from,
    progress_values,
    tried_from,
    tried_values,
)
from doorbell.store.events.generations import GenerationTable

OVERTAKEN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class BackfillBook:
    client: Any
    table: str
    clock: Callable[[], float]

    def progress(self, source: Source) -> Progress:
        """Of a source that has changed hands it begins anew: what was found was another tenant's."""
        values = self._progress(source.source_id)
        fresh = Progress(source.source_id, source.tenant_id, version=values.get("version", 0))
        return progress_from(values) if values.get("tenant") == source.tenant_id else fresh

    def off(self, source_id: str) -> None:
        """It is not due any more. Whoever is at it meanwhile puts it back."""
        values = self._progress(source_id)
        if values:
            self._put({**values, "due_shard": None, "due_at": None}, {})

    def _progress(self, source_id: str) -> dict[str, Any]:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(
                TableName=self.table, Key=marshal(backfill_key(source_id)), ConsistentRead=True
            )
        return unmarshal(answer.get("Item", {}))

    def save(self, progress: Progress) -> Progress:
        moved = replace(progress, version=progress.version + 1)
        call: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(sk)"}
        if progress.version:
            given = marshal({":seen": progress.version})
            call = {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": given}
        if not self._put(progress_values(moved), call):
            raise Later(OVERTAKEN_SECONDS, "another back-fill of this source is under way")
        return moved

    def on_record(self, event_ids: Sequence[str]) -> Mapping[str, object]:
        if not event_ids:
            return {}
        return GenerationTable(self.client, self.table, self.clock).newest_of(event_ids)

    def tried(self, source: Source, keys: Sequence[str]) -> Mapping[str, Tried]:
        wanted = [marshal(backfill_key(source.source_id, f"{ASKED_PREFIX}{key}")) for key in keys]
        found = batch_get.items(self.client, self.table, wanted)
        return {one.key: one for values in found if (one := tried_from(values, source)) is not None}

    def all_tried(self, source: Source) -> Sequence[Tried]:
        given = {":key": backfill_key(source.source_id)["event_id"], ":asked": ASKED_PREFIX}
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "event_id = :key AND begins_with(sk, :asked)",
            "ExpressionAttributeValues": marshal(given),
        }
        found = (tried_from(values, source) for values in query.items(self.client, call))
        return [one for one in found if one is not None]

    def ask(self, source: Source, tried: Tried) -> bool:
        values = tried_values(source, tried)
        given = marshal({":asked": tried.asked, ":tenant": source.tenant_id})
        fewer = "attribute_not_exists(sk) OR asked < :asked OR tenant_id <> :tenant"
        return self._put(values, {"ConditionExpression": fewer, "ExpressionAttributeValues": given})

    def settle(self, source: Source, tried: Tried) -> None:
        self._put(tried_values(source, tried), {})

    def _put(self, values: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
        """Whether it is there now: a call that the client repeated after it took effect has done its work."""
        item = marshal(values)
        try:
            with translated("dynamodb", "PutItem"):
                self.client.put_item(
                    TableName=self.table,
                    Item=item,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD" if condition else "NONE",
                    **condition,
                )
        except ClientError as error:  # its condition did not hold: all else is `Unavailable` by now
            return item_of(error) == item
        return True

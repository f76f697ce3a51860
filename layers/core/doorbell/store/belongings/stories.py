"""Everything under an event's id, or a job's, with the state of the endpoints that it went to; and jobs and
operations, which stand in the event log's index in partitions of their own.

An item that has a row in an index costs a write unit for that too; nearly all under an event have one.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.purges import Things
from doorbell.domain.replays import Cursor
from doorbell.store.belongings.configuration import state_keys
from doorbell.store.belongings.found import queried
from doorbell.store.belongings.removal import remove_items
from doorbell.store.deliveries.delivery_items import PREFIX, parse_key
from doorbell.store.dynamodb import batch_get, query
from doorbell.store.dynamodb.tables import Item, marshal
from doorbell.store.events.event_log import INDEX
from doorbell.store.events.job_items import SK as WORK

LAST = ("event", "job", "work", "progress", "op")
"""Sort keys of what the index finds: it goes after all else under its id."""
OF_PURGES = "purge"
PAGE = 100


@dataclass(frozen=True, slots=True)
class StoryRemoval:
    """`pool`: in which several are removed side by side."""

    client: Any
    events: str
    endpoints: str
    tenant_id: str
    pool: Executor

    def weigh(self, found: Sequence[str]) -> int:
        return sum(self.pool.map(lambda event_id: _units(list(self._sks(event_id))), found))

    def remove(self, found: Sequence[str]) -> int:
        done = _Done()
        return sum(self.pool.map(lambda event_id: self._remove(event_id, done), found))

    def _remove(self, event_id: str, done: "_Done") -> int:
        sks = list(self._sks(event_id))
        names = {parse_key(event_id, sk).subscription_id for sk in sks if sk.startswith(PREFIX)}
        new = sorted(names - done.without_state)
        states = remove_items(self.client, self.endpoints, state_keys(self.tenant_id, new))
        done.without_state.update(new)
        for some in ([sk for sk in sks if sk not in LAST], [sk for sk in sks if sk in LAST]):
            remove_items(self.client, self.events, [marshal({"event_id": event_id, "sk": sk}) for sk in some])
        return states + _units(sks)

    def _sks(self, event_id: str) -> Iterator[str]:
        call = {
            "TableName": self.events,
            "KeyConditionExpression": "event_id = :id",
            "ExpressionAttributeValues": marshal({":id": event_id}),
            "ProjectionExpression": "event_id, sk",
            "ConsistentRead": True,
        }
        return (str(values["sk"]) for values in query.items(self.client, call))


@dataclass(slots=True)
class _Done:
    """Of one page: whose state is gone."""

    without_state: set[str] = field(default_factory=set)


def _units(sks: Sequence[str]) -> int:
    return sum(1 if sk.startswith("attempt#") else 2 for sk in sks)


@dataclass(frozen=True, slots=True)
class Beside:
    """The ids of a partition of the event log's index. `but_purges`: these are left."""

    name: str
    kind: str
    partition: str
    stories: StoryRemoval
    but_purges: bool = False

    def page(self, after: Cursor | None) -> Things:
        call = {
            "TableName": self.stories.events,
            "IndexName": INDEX,
            "KeyConditionExpression": "tenant_day = :partition",
            "ExpressionAttributeValues": marshal({":partition": self.partition}),
            "Limit": PAGE,
        }
        items, last = queried(self.stories.client, call, after)
        keys = [{name: item[name] for name in ("event_id", "sk")} for item in items]
        kept = self._purges(keys) if self.but_purges else set[str]()
        return Things([key["event_id"]["S"] for key in keys if key["event_id"]["S"] not in kept], last)

    def weigh(self, found: Sequence[str]) -> int:
        return self.stories.weigh(found)

    def remove(self, found: Sequence[str]) -> int:
        return self.stories.remove(found)

    def _purges(self, keys: Sequence[Item]) -> set[str]:
        read = {
            "ProjectionExpression": "event_id, #kind",
            "ExpressionAttributeNames": {"#kind": "kind"},
            "ConsistentRead": True,
        }
        works = [key for key in keys if key["sk"]["S"] == WORK]
        found = batch_get.items(self.stories.client, self.stories.events, works, **read)
        return {values["event_id"] for values in found if values.get("kind") == OF_PURGES}

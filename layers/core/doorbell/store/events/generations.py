"""Which of many events are there, and the newest use of each one's dedupe key: one BatchGetItem. Half
a read unit for each 4 KiB of an event that is there, and for each key that is not.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal
from doorbell.store.events.event_items import EVENT_SK
from doorbell.store.events.newest import NEWEST_SK

AT_ONCE = 50
"""Two keys for each."""
_READ = {"#id": "event_id", "#sk": "sk", "#generation": "generation", "#expires": TTL_ATTRIBUTE}


@dataclass(frozen=True, slots=True)
class GenerationTable:
    client: Any
    table: str
    clock: Callable[[], float]

    def newest_of(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        """Of at most `AT_ONCE` events. Raises `Unavailable` where DynamoDB does not get to all."""
        keys = [marshal({"event_id": name, "sk": sk}) for name in event_ids for sk in (EVENT_SK, NEWEST_SK)]
        read: dict[str, Any] = {"ProjectionExpression": ", ".join(_READ), "ExpressionAttributeNames": _READ}
        now, newest = self.clock(), dict[str, int]()
        for item in batch_get.items(self.client, self.table, keys, **read):
            if not is_gone(item, now):
                name, generation = item["event_id"], int(item["generation"])
                newest[name] = max(generation, newest.get(name, 0))
        return newest

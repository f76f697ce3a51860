"""What the deliveries of one batch have to read, in one call: their events and the health of their endpoints.

The first of them to need something reads for all: that is after its own claim, and the others' claims are
made in the same moment. BatchGetItem takes the read units of the single reads, in 1 call instead of 20 for a
batch of ten. Whatever it did not answer (throttled, a failed call), an event it did not find, and health that
was read longer ago than FRESH_SECONDS are read singly, as if nothing had been read ahead.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable
from doorbell.domain.health import Health
from doorbell.domain.records import StoredEvent
from doorbell.store.endpoints import EndpointTable, endpoint_key, health_from
from doorbell.store.event_items import event_from, event_key
from doorbell.store.events import EventTable
from doorbell.store.tables import Item, marshal, unmarshal

FRESH_SECONDS = 1.0
"""Within what an eventually consistent read may lag by itself."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Items by id, at the time `at`; None: there is none. An id that is missing was not answered."""

    at: float = 0.0
    events: Mapping[str, Item | None] = field(default_factory=dict)
    endpoints: Mapping[str, Item | None] = field(default_factory=dict)


class ReadAhead:
    """For a batch of deliveries: 100 ids in all, no more. Safe among threads: one reads, the others wait."""

    def __init__(
        self,
        client: Any,
        events: EventTable,
        endpoints: EndpointTable,
        event_ids: Iterable[str],
        endpoint_ids: Iterable[str],
        on_failure: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`client` has `batch_get_item`. `on_failure` is told the cause when the call fails."""
        self._client, self._events, self._endpoints = client, events, endpoints
        self._on_failure, self._clock = on_failure, clock
        self._event_ids, self._endpoint_ids = (
            tuple(dict.fromkeys(event_ids)),
            tuple(dict.fromkeys(endpoint_ids)),
        )
        self._lock = Lock()
        self._found: _Found | None = None

    def get(self, event_id: str) -> StoredEvent | None:
        """Its routing may be left out: that is fan-out's affair."""
        item = self._answer().events.get(event_id)
        if item is None:
            return self._events.get(event_id)
        return event_from(unmarshal(item), with_routing=False)

    def health(self, endpoint_id: str) -> Health:
        found = self._answer()
        if endpoint_id not in found.endpoints or self._clock() - found.at > FRESH_SECONDS:
            return self._endpoints.health(endpoint_id)
        return health_from(found.endpoints[endpoint_id] or {})

    def _answer(self) -> _Found:
        with self._lock:
            if self._found is None:
                self._found = self._read()
            return self._found

    def _read(self) -> _Found:
        wanted = {
            self._events.table: {"Keys": [marshal(event_key(name)) for name in self._event_ids]},
            self._endpoints.table: {"Keys": [endpoint_key(name) for name in self._endpoint_ids]},
        }
        at = self._clock()
        try:
            with translated("dynamodb", "BatchGetItem"):
                answer = self._client.batch_get_item(RequestItems=wanted)
        except Unavailable as error:
            self._on_failure(error.cause)
            return _Found()
        return _Found(
            at,
            _by_id(answer, self._events.table, "event_id", self._event_ids),
            _by_id(answer, self._endpoints.table, "subscription_id", self._endpoint_ids),
        )


def _by_id(answer: Mapping[str, Any], table: str, name: str, ids: Iterable[str]) -> dict[str, Item | None]:
    left = {key[name]["S"] for key in answer["UnprocessedKeys"].get(table, {}).get("Keys", [])}
    there = {item[name]["S"]: item for item in answer["Responses"].get(table, [])}
    return {id_: there.get(id_) for id_ in ids if id_ not in left}

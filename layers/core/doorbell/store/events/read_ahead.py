"""What the deliveries of one batch have to read, in few calls: their events and the health of their
endpoints.

The first of them to need something reads for all: that is after its own claim, and the others' claims are
made in the same moment. BatchGetItem takes the read units of the single reads, in 1 call instead of 20 for a
batch of ten, in 2 instead of 200 for one of a hundred. Whatever it did not answer (throttled, a failed call),
an event it did not find, and health that was read longer ago than FRESH_SECONDS are read singly, as if
nothing had been read ahead: an event once, for whose it is and for what is sent.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import batched
from threading import Lock
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.errors import Unavailable
from doorbell.domain.health import Health
from doorbell.domain.records import StoredEvent
from doorbell.store.dynamodb.batch_get import GET_BATCH
from doorbell.store.dynamodb.tables import Item, is_gone, marshal, unmarshal
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events.event_items import event_from, event_key, without_routing
from doorbell.store.events.events import EventTable
from doorbell.store.health.items import endpoint_key, health_from

FRESH_SECONDS = 1.0
"""Within what an eventually consistent read may lag by itself."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Items by id, read at the time `at` or later; None: there is none. An id that is missing was not
    answered."""

    at: Moment = NEVER
    events: dict[str, Item | None] = field(default_factory=dict)
    endpoints: dict[str, Item | None] = field(default_factory=dict)


class ReadAhead:
    """For a batch of deliveries. Safe among threads: one reads, the others wait."""

    def __init__(
        self,
        client: Any,
        events: EventTable,
        endpoints: EndpointTable,
        event_ids: Iterable[str],
        endpoint_ids: Iterable[str],
        on_failure: Callable[[str], None],
        clocks: Clocks = CLOCKS,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        """`client` has `batch_get_item`. `on_failure` is told the cause when the call fails. `lock`: held by
        who reads."""
        self._client, self._events, self._endpoints = client, events, endpoints
        self._on_failure, self._clocks = on_failure, clocks
        self._event_ids, self._endpoint_ids = (
            tuple(dict.fromkeys(event_ids)),
            tuple(dict.fromkeys(endpoint_ids)),
        )
        self._lock = lock or Lock()
        self._found: _Found | None = None

    def get(self, event_id: str, now: float) -> StoredEvent | None:
        """Without its routing, which is fan-out's affair: it may be longer than all else of the event."""
        values = unmarshal(self._answer().events.get(event_id) or {})
        if is_gone(values, now):
            return self._events.get(event_id, now, with_routing=False)
        return event_from(values, with_routing=False)

    def source_id(self, event_id: str) -> str | None:
        found = self._answer().events
        there = found.get(event_id) or self._events.item(event_id)
        found[event_id] = there
        return there["source_id"]["S"] if there else None

    def health(self, endpoint_id: str) -> Health:
        found = self._answer()
        if endpoint_id not in found.endpoints or self._clocks.age(found.at) > FRESH_SECONDS:
            return self._endpoints.health(endpoint_id)
        return health_from(found.endpoints[endpoint_id] or {})

    def _answer(self) -> _Found:
        with self._lock:
            if self._found is None:
                self._found = self._read()
            return self._found

    def _read(self) -> _Found:
        """The endpoints, which are asked for first, in the first call."""
        found = _Found(self._clocks.now())
        wanted = [(self._endpoints.table, name) for name in self._endpoint_ids]
        wanted += [(self._events.table, name) for name in self._event_ids]
        for some in batched(wanted, GET_BATCH, strict=False):
            self._read_some(some, found)
        return found

    def _read_some(self, wanted: Sequence[tuple[str, str]], found: _Found) -> None:
        endpoints = [name for table, name in wanted if table == self._endpoints.table]
        events = [name for table, name in wanted if table == self._events.table]
        request: dict[str, Any] = {}
        if endpoints:
            request[self._endpoints.table] = {"Keys": [endpoint_key(name) for name in endpoints]}
        if events:
            keys = [marshal(event_key(name)) for name in events]
            request[self._events.table] = {"Keys": keys, **without_routing()}
        try:
            with translated("dynamodb", "BatchGetItem"):
                answer = self._client.batch_get_item(RequestItems=request)
        except Unavailable as error:
            self._on_failure(error.cause)
            return
        found.events.update(_by_id(answer, self._events.table, "event_id", events))
        found.endpoints.update(_by_id(answer, self._endpoints.table, "subscription_id", endpoints))


def _by_id(answer: Mapping[str, Any], table: str, name: str, ids: Iterable[str]) -> dict[str, Item | None]:
    left = {key[name]["S"] for key in answer["UnprocessedKeys"].get(table, {}).get("Keys", [])}
    there = {item[name]["S"]: item for item in answer["Responses"].get(table, [])}
    return {id_: there.get(id_) for id_ in ids if id_ not in left}

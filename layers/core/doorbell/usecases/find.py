"""Find: what an id is that one has at hand, other than an event's own: a subscription's, a source's, or a
provider's delivery id. Of that the event's id is made, together with the tenant and the source."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol

from doorbell.domain.errors import Refusal
from doorbell.domain.events import event_id_for, nth_event_id
from doorbell.domain.sources import ID

SOURCES_TRIED = 24
"""With the source that publishes 25, two ids for each, two keys for each id: as many as one call reads."""
SOURCES_READ = 1000
"""No more than a megabyte of them is read."""


class Written(Protocol):
    @property
    def values(self) -> dict[str, Any]: ...


class Items(Protocol):
    def get(self, *key: str) -> Written | None: ...


class SourceItems(Items, Protocol):
    def page(
        self, tenant_id: str | None = None, *, limit: int = 100, after: Sequence[str] | None = None
    ) -> tuple[Sequence[Written], tuple[str, ...] | None]: ...


class Generations(Protocol):
    def newest_of(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        """Of those that are there, the newest generation. At most 50 are asked for."""


class What(StrEnum):
    EVENT = "event"
    SUBSCRIPTION = "subscription"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Found:
    """`key`: of an event or a source its id; of a subscription its tenant and its id. `source_id`: with which
    an event was found. `element`: the event is the first that its body was split into."""

    what: What
    key: tuple[str, ...]
    source_id: str = ""
    element: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """`sources`: with which a provider's delivery id was looked for. `more_sources`: there are others."""

    found: tuple[Found, ...]
    sources: tuple[str, ...]
    more_sources: bool = False


@dataclass(frozen=True, slots=True)
class Find:
    """At most five calls: two items, a page of sources, and a batch that is asked for twice at most.

    `fitted`: a delivery id as event ids are made of it. `published`: the source of the team's own events.
    """

    subscriptions: Items
    sources: SourceItems
    events: Generations
    fitted: Callable[[str], str]
    published: str

    def __call__(self, text: str, tenant_id: str, source_id: str | None = None) -> Finding:
        """`source_id`: only a delivery id of that source. Refuses (404) a source that is not there."""
        if source_id is not None:
            owner = self._owner(source_id, tenant_id)
            return Finding(tuple(self._events(text, [(owner, source_id)])), (source_id,))
        items = tuple(self._items(text, tenant_id))
        pairs, more = self._sources_of(tenant_id)
        found = (*items, *self._events(text, pairs))
        return Finding(found, tuple(name for _, name in pairs), more)

    def _items(self, text: str, tenant_id: str) -> Iterator[Found]:
        owner, slash, name = text.rpartition("/")
        key = (owner if slash else tenant_id, name)
        if all(map(ID.fullmatch, key)) and self.subscriptions.get(*key) is not None:
            yield Found(What.SUBSCRIPTION, key)
        if ID.fullmatch(text) and self.sources.get(text) is not None:
            yield Found(What.SOURCE, (text,))

    def _owner(self, source_id: str, tenant_id: str) -> str:
        """The tenant whose events they are. Those that the team publishes are of any."""
        if source_id == self.published:
            return tenant_id
        item = self.sources.get(source_id) if ID.fullmatch(source_id) else None
        if item is None:
            raise Refusal(404, "unknown_source", f"There is no source {source_id}.")
        return str(item.values.get("tenant_id", "default"))

    def _sources_of(self, tenant_id: str) -> tuple[list[tuple[str, str]], bool]:
        read, after = self.sources.page(tenant_id, limit=SOURCES_READ)
        names = [str(item.values["source_id"]) for item in read]
        tried = list(islice(names, SOURCES_TRIED))
        pairs = [(tenant_id, name) for name in dict.fromkeys([*tried, self.published])]
        return pairs, after is not None or len(names) > len(tried)

    def _events(self, text: str, pairs: Sequence[tuple[str, str]]) -> Iterator[Found]:
        key = self.fitted(text)
        asked = {
            event_id_for(tenant, source, f"{key}{end}"): (source, bool(end))
            for tenant, source in pairs
            for end in ("", "\n0")  # as the verifier names the first element of a body that is split
        }
        newest = self.events.newest_of(list(asked))
        for event_id, (source, element) in asked.items():
            if event_id in newest:
                yield Found(What.EVENT, (nth_event_id(event_id, newest[event_id]),), source, element)

"""Search: a tenant's events, newest first, by what the log says of them and by what it does not."""

import json
from collections.abc import Callable, Generator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.errors import Refusal
from doorbell.domain.globs import fits
from doorbell.domain.log import LogRow
from doorbell.usecases.browse import EventLogs
from doorbell.usecases.show_body import EventBody

SIFTED = 200
"""Events that are read of each of the log's partitions at first where not all are wanted."""


class DeliveryStates(Protocol):
    def states(self, event_id: str) -> AbstractSet[str]:
        """Of all deliveries of the event, its replays too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an event must be. `state`: one of its deliveries is in it. `words`: all of them stand in its body,
    in upper or lower case."""

    type_glob: str | None = None
    source_id: str | None = None
    state: str | None = None
    words: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        return self == Wanted()

    @property
    def asked(self) -> dict[str, str | None]:
        """By the names that people give it; None: not asked."""
        words = " ".join(self.words) or None
        return {"type": self.type_glob, "source": self.source_id, "state": self.state, "text": words}

    @property
    def opens_events(self) -> bool:
        """Whether the log alone does not tell."""
        return self.state is not None or bool(self.words)

    def fits(self, row: LogRow) -> bool:
        """As far as the log tells."""
        if self.source_id not in (None, row.source_id):
            return False
        return self.type_glob is None or fits(row.event_type, self.type_glob)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`until` and `seen` say where to go on, as in `browse.EventPage`; None at the end. `looked`: how many
    events were read; `unread`: how many bodies were not, being long or gone."""

    rows: tuple[LogRow, ...]
    until: float | None
    seen: tuple[str, ...]
    looked: int
    unread: int


@dataclass(slots=True)
class Search:
    """For each event looked at 1/32 of a read unit; for its deliveries' states half a unit for each 4 KiB of
    them, some five deliveries; for its body half a unit for each 4 KiB of the event, or an S3 GET. What the
    log says is asked first, and the body last."""

    log: EventLogs
    deliveries: DeliveryStates
    body: Callable[[str], EventBody]
    _unread: int = 0

    def __call__(
        self,
        tenant_id: str,
        since: float,
        until: float,
        wanted: Wanted,
        *,
        limit: int,
        most: int,
        seen: Sequence[str] = (),
        on_event: Callable[[], None] = lambda: None,
    ) -> SearchPage:
        """What `walk` makes, when all of it has been found."""
        found = self.walk(
            tenant_id, since, until, wanted, limit=limit, most=most, seen=seen, on_event=on_event
        )
        while True:
            try:
                next(found)
            except StopIteration as end:
                page: SearchPage = end.value
                return page

    def walk(
        self,
        tenant_id: str,
        since: float,
        until: float,
        wanted: Wanted,
        *,
        limit: int,
        most: int,
        seen: Sequence[str] = (),
        on_event: Callable[[], None] = lambda: None,
    ) -> Generator[LogRow, None, SearchPage]:
        """At most `limit` of the events recorded in [since, until], without those `seen`, each when it is
        found. It looks at no more than `most`, and tells `on_event` of each. Of each of the log's partitions
        it reads what the page can show, and more only where that leaves too few."""
        rows: list[LogRow] = []
        at, here, looked, self._unread = until, tuple(seen), 0, 0
        likely = limit if wanted.is_all else max(limit, SIFTED)
        first = min(likely, most) + 1 + len(seen)
        for row in self.log.between(tenant_id, since, until, newest_first=True, first=first):
            if row.event_id in seen:
                continue
            if len(rows) >= limit or looked >= most:
                return SearchPage(tuple(rows), at, here, looked, self._unread)
            here = (*here, row.event_id) if row.created_at == at else (row.event_id,)
            at, looked = row.created_at, looked + 1
            on_event()
            if self._is(row, wanted):
                rows.append(row)
                yield row
        return SearchPage(tuple(rows), None, (), looked, self._unread)

    def _is(self, row: LogRow, wanted: Wanted) -> bool:
        if not wanted.fits(row):
            return False
        if wanted.state is not None and wanted.state not in self.deliveries.states(row.event_id):
            return False
        return not wanted.words or self._says(row.event_id, wanted.words)

    def _says(self, event_id: str, words: Sequence[str]) -> bool:
        try:
            body = self.body(event_id).body
        except Refusal as refusal:
            self._unread += refusal.code == "body_gone"  # else the event has expired meanwhile
            return False
        if body is None:
            self._unread += 1
            return False
        text = body.decode("utf-8", "replace").casefold()
        return all(any(form in text for form in _forms(word)) for word in words)


def _forms(word: str) -> tuple[str, str]:
    """As it is, and as JSON may have it."""
    return word.casefold(), json.dumps(word)[1:-1].casefold()

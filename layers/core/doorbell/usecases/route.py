"""Route: which of a tenant's subscriptions want an event, and why not, a page of them at a time.

Every page ends by the clock, so that an event gets on with each time it comes, however many globs and however
costly filters its tenant has. `Route.clock` tells how long this thread has worked: others of its batch work
meanwhile.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.filing import Question, SubscriptionPage, Unknown
from doorbell.domain.matching import FilterError, Match, NotQuick, Reason, match
from doorbell.domain.records import Incoming, RoutingPage
from doorbell.usecases.by_key import Found
from doorbell.usecases.nowhere import beyond

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorbell.domain.filing import Concerned, Path
    from doorbell.domain.subscriptions import Interest
    from doorbell.usecases.by_key import ByKey
    from doorbell.usecases.ports import Bodies, Clock, Filters, Metrics

QUICK_SECONDS = 0.01
"""Of work: what a batch waits for. Some hundred globs and filters of the usual kind take a tenth of it."""
FEW = 25
"""Matches: what a call of statements writes the deliveries of."""
TURN_SECONDS = 1.0
"""Of work: about four of the costliest filters. A page that took so long ends where it is."""


class Subscriptions(Protocol):
    """Broken items are left out, loudly, when an event would go to them."""

    def page(self, tenant_id: str, after: str | None) -> SubscriptionPage: ...
    def is_at_hand(self, tenant_id: str) -> bool:
        """Whether the first page can be had in a moment: others of the batch wait."""

    def has_many(self, tenant_id: str) -> bool:
        """Whether they are known to be more than can be had in a moment."""


@dataclass(frozen=True, slots=True)
class Route:
    """`few` matches are quickly served, and enough for a page of their own. `by_key`: the routing index."""

    subscriptions: Subscriptions
    bodies: Bodies
    filters: Filters
    clock: Clock
    metrics: Metrics
    few: int = FEW
    by_key: ByKey | None = None

    def quickly(self, incoming: Incoming) -> RoutingPage | None:
        """The only page there is; None where it takes longer, there are more, or many match."""
        if (nowhere := beyond(incoming, self.metrics)) is not None:
            return nowhere
        body = partial(_inline, incoming)
        try:
            page = self.read(incoming, None, body)
            if page.after is not None:
                return None
            found = self.matches(incoming, page.subscriptions, QUICK_SECONDS, body, quick=True)
        except NotQuick:
            return None
        return None if found.after is not None else found

    def read(
        self, incoming: Incoming, after: str | None, body: Callable[[], bytes | None]
    ) -> SubscriptionPage:
        """Whom to ask behind `after`: those that may want it, as far as that is known of a tenant with many;
        else all, a page of them. `body`: None where it is gone."""
        if self.by_key is not None and self.subscriptions.has_many(incoming.tenant_id):
            question = Question(incoming.source_id, incoming.types, partial(self._text_at, incoming, body))
            try:
                found = self.by_key.concerning(incoming.tenant_id, question)
            except Unknown:
                found = None
            if found is not None:
                return SubscriptionPage(Found(found), None)
        return self.subscriptions.page(incoming.tenant_id, after)

    def _text_at(self, incoming: Incoming, body: Callable[[], bytes | None], path: Path) -> str | None:
        """In a turn of its own: nothing is read from elsewhere in it but the body."""
        with ExitStack() as turn:
            return _Asking(self.filters, incoming, body, False, turn).text_at(path)

    def matches(
        self,
        incoming: Incoming,
        subscriptions: Concerned,
        seconds: float,
        body: Callable[[], bytes | None],
        *,
        after: str | None = None,
        quick: bool = False,
    ) -> RoutingPage:
        """Of those behind `after`, of one at least. The page's own is set where the time was up before the
        end. `body`: None where it is gone. `quick`: raises `NotQuick` too where more than a few match."""
        found: list[Match] = []
        seen, end = None, self.clock() + seconds
        with ExitStack() as turn:
            asking = _Asking(self.filters, incoming, body, quick, turn)
            question = Question(incoming.source_id, incoming.types, asking.text_at)
            for wants in subscriptions.concerning(question):
                if after is not None and wants.subscription_id <= after:
                    continue
                if seen is not None and self.clock() >= end:
                    break
                seen = wants.subscription_id
                if (one := _match(wants, incoming, asking)) is not None:
                    found.append(one)
                if quick and len(found) > self.few and sum(one.matched for one in found) > self.few:
                    raise NotQuick
            else:
                seen = None
        page = RoutingPage.of(found, seen)
        if page.failed:
            self.metrics.count("FilterErrors", page.failed)
        return page


def _match(wants: Interest, incoming: Incoming, asking: _Asking) -> Match | None:
    """None of one that is broken. A filter that fails may be what is broken."""
    one = match(
        wants,
        source_id=incoming.source_id,
        event_type=incoming.event_type,
        event_types=incoming.event_types,
        passes=asking.passes,
    )
    doubtful = one.matched or one.reason is Reason.FILTER_ERROR
    return None if doubtful and not wants.is_sound() else one


@dataclass(slots=True)
class _Asking:
    """The filters of one page. With the first of them the body is read, and others' are waited for."""

    filters: Filters
    incoming: Incoming
    body: Callable[[], bytes | None]
    quick: bool
    turn: ExitStack
    _has_begun: bool = False
    _body: bytes | None = None

    def passes(self, expression: str) -> bool:
        body = self._read()
        if body is None:
            raise FilterError("the body is no longer kept")
        return self.filters.passes(expression, self.incoming, body, quick=self.quick)

    def text_at(self, path: Path) -> str | None:
        body = self._read()
        if body is None:
            raise Unknown
        return self.filters.text_at(path, self.incoming, body)

    def _read(self) -> bytes | None:
        if not self._has_begun:
            self._body, self._has_begun = self.body(), True
            self.turn.enter_context(self.filters.turn())
        return self._body


def _inline(incoming: Incoming) -> bytes:
    if incoming.body.inline is None:
        raise NotQuick
    return incoming.body.inline

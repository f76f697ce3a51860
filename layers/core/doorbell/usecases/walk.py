"""Walk: one event's way through its tenant's subscriptions, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from doorbell.domain.records import Incoming, RoutingPage
from doorbell.usecases.nowhere import beyond
from doorbell.usecases.route import TURN_SECONDS, Route

if TYPE_CHECKING:
    from doorbell.domain.filing import SubscriptionPage

READS = 8
"""For one page, at most: a service that answers slowly must not keep an event from getting on."""


@dataclass(slots=True)
class Walk:
    """What was read, of the subscriptions and of the body, stays for as long as it is needed: it would be
    read anew for each turn. `was_cut`: the last page ended by the clock."""

    route: Route
    incoming: Incoming
    was_cut: bool = False
    _from: str | None = None
    _read: SubscriptionPage | None = None
    _body: list[bytes | None] = field(default_factory=list)

    def page(self, after: str | None, seconds: float = TURN_SECONDS) -> RoutingPage:
        """The page that begins after `after`. It ends after `seconds`, or when some have matched: where
        too few do, it goes on with what is read next, because each page is a write."""
        if (nowhere := beyond(self.incoming, self.route.metrics)) is not None:
            return nowhere
        end = self.route.clock() + seconds
        page = self._page(after, seconds)
        for _ in range(READS - 1):
            left = end - self.route.clock()
            self.was_cut = self.was_cut or (page.after is not None and left <= 0)
            if page.after is None or self.was_cut or len(page.matched) >= self.route.few:
                break
            page = page.followed_by(self._page(page.after, left))
        return page

    def _page(self, after: str | None, seconds: float) -> RoutingPage:
        """No further than what was read at once."""
        read = self._read
        if read is None or not self._is_among(after, read):
            read = self.route.read(self.incoming, after, self._whole_body)
            self._from, self._read = after, read
        found = self.route.matches(self.incoming, read.subscriptions, seconds, self._whole_body, after=after)
        self.was_cut = found.after is not None
        return found if self.was_cut else replace(found, after=read.after)

    def _is_among(self, after: str | None, read: SubscriptionPage) -> bool:
        if after is None or (self._from is not None and after < self._from):
            return after == self._from
        return read.after is None or after < read.after

    def _whole_body(self) -> bytes | None:
        if not self._body:
            self._body.append(self._read_body())
        return self._body[0]

    def _read_body(self) -> bytes | None:
        """None: it is gone."""
        try:
            return self.incoming.body.read(self.route.bodies.get)
        except KeyError:
            return None

"""Explain: why a subscription did, or did not, get an event. Worked out when somebody asks.

The routing record names who matched, and near misses. For everybody else the subscription is held against the
event as it is now, which is what was then unless it was changed in between: that is told too, as far as the
item says when it was last written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from doorbell.domain.errors import ConfigError
from doorbell.domain.matching import FilterError, Match, match
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.ports import Bodies, Filters

WRITTEN = ("created_at", "updated_at", "disabled_at")
"""Where an item may say when it was written: whoever writes by hand, or by IaC, need not."""


class Written(Protocol):
    @property
    def values(self) -> dict[str, Any]: ...


class Items(Protocol):
    def get(self, *key: str) -> Written | None: ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """`then`: what is on record; None: the subscription is not named there. `is_routed`: fan-out has come to
    it. `now`: what the subscription as it is says of the event; None: there is none, or it is broken, and
    `problem` says why. `written_at`: when it was last written, as far as it says."""

    event: StoredEvent
    subscription_id: str
    then: Match | None
    is_routed: bool
    exists: bool = False
    now: Match | None = None
    problem: str | None = None
    written_at: float | None = None

    @property
    def has_changed(self) -> bool | None:
        """Since the event was recorded; None: the item does not say."""
        if not self.exists or self.written_at is None:
            return None
        return self.written_at > self.event.created_at


@dataclass(frozen=True, slots=True)
class Explain:
    """`load` makes a subscription of an item's values; raises `ConfigError`."""

    inspect: Inspect
    items: Items
    load: Callable[[Mapping[str, Any]], Subscription]
    bodies: Bodies
    filters: Filters

    def __call__(self, event_id: str, subscription_id: str) -> Explanation:
        """Refuses (404) an event that is unknown or has expired."""
        event = self.inspect.page(event_id, None, 1).event
        routing = event.routing
        then = next((m for m in routing.matches if m.subscription_id == subscription_id), None)
        is_routed = routing.after is None or subscription_id <= routing.after
        found = self.items.get(event.incoming.tenant_id, subscription_id)
        if found is None:
            return Explanation(event, subscription_id, then, is_routed)
        now, problem = self.says(event, found.values)
        written_at = _written_at(found.values)
        return Explanation(event, subscription_id, then, is_routed, True, now, problem, written_at)

    def says(self, event: StoredEvent, values: Mapping[str, Any]) -> tuple[Match | None, str | None]:
        """What a subscription with these values says of the event; None, and why, where it is broken."""
        try:
            subscription = self.load(values)
        except ConfigError as error:
            return None, f"{error.field}: {error.problem}"
        incoming = event.incoming

        def passes(expression: str) -> bool:
            with self.filters.turn():
                return self.filters.passes(expression, incoming, self._body(event))

        found = match(
            subscription,
            source_id=incoming.source_id,
            event_type=incoming.event_type,
            event_types=incoming.event_types,
            passes=passes,
        )
        return found, None

    def _body(self, event: StoredEvent) -> bytes:
        try:
            return event.incoming.body.read(self.bodies.get)
        except KeyError:
            raise FilterError("the body is no longer kept") from None


def _written_at(values: Mapping[str, Any]) -> float | None:
    """The latest of what is told in epoch seconds."""
    told = [values.get(name) for name in WRITTEN]
    times = [float(at) for at in told if isinstance(at, int | float) and not isinstance(at, bool)]
    return max(times, default=None)

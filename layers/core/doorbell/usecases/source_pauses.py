"""Which deliveries a pause of their source holds. A delivery does not say whose it is: its event does, which
an attempt has to read anyhow.

Costs where nothing is paused: half a read unit for a source, an environment and ten seconds."""

from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.claims import WakeCall
from doorbell.domain.holders import source_in
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Subscriptions
from doorbell.usecases.prepare import KeptEvents


class Sources(Protocol):
    def is_paused(self, source_id: str, *, fresh: bool = False) -> bool:
        """`fresh`: nothing cached. A source that is not there is not paused. May raise `Unavailable`."""


@dataclass(frozen=True, slots=True)
class SourcePauses:
    """`sources` None: none can be paused."""

    sources: Sources | None = None

    def of(self, event_id: str, events: KeptEvents) -> str | None:
        """The event's source, if that is paused."""
        source_id = None if self.sources is None else events.source_id(event_id)
        return source_id if source_id is not None and self.is_paused(source_id) else None

    def whose(self, call: WakeCall, subscriptions: Subscriptions) -> Subscription | None:
        """Whose list is to be looked at, as it is at this moment. None: nobody waits for anything; who waited
        for a source may go on to many endpoints, each of which judges for itself. Raises `ConfigError`."""
        tenant_id, name = call.tenant_id, call.subscription_id
        if (source_id := source_in(name)) is None:
            return subscriptions.get(tenant_id, name, fresh=True)
        if self.sources is None or not self.sources.is_paused(source_id, fresh=True):
            return None
        return Subscription(tenant_id, name, url="", paused=True)

    def is_paused(self, source_id: str) -> bool:
        """At this moment: what was read before is not relied on to hold anything."""
        sources = self.sources
        if sources is None or not sources.is_paused(source_id):
            return False
        return sources.is_paused(source_id, fresh=True)


NONE_PAUSED = SourcePauses()

"""The composition of what the sweeper tells: incidents, dead letters, and that it is late itself."""

import time
from dataclasses import dataclass

from doorbell.domain.errors import Unavailable
from doorbell.domain.own_events import OwnEvent
from doorbell.queues.depths import Depths
from doorbell.runtime.wiring import client, log, metrics, notice_lost, settings
from doorbell.store.configuration.aims import AimTable
from doorbell.store.endpoints import EndpointTable
from doorbell.store.health.incidents import IncidentTable
from doorbell.usecases.tell_incidents import TellIncidents
from doorbell.usecases.watch_itself import LagKept, Presence, Watch


@dataclass(frozen=True, slots=True)
class Telling:
    watch: Watch
    tell: TellIncidents

    def __call__(self, *, stop_at: float) -> None:
        """Raises nothing: the next tick does the same work."""
        try:
            self.watch()
            self.tell(stop_at=stop_at)
        except Unavailable as error:
            notice_lost("incident", str(error))


def telling(kept: LagKept) -> Telling:
    incidents = IncidentTable(client("dynamodb"), settings().endpoints_table)
    given = (
        settings().events_dead_letter_queue_url,
        settings().deliveries_dead_letter_queue_url,
        settings().scheduler_dead_letter_queue_url,
        settings().inbox_dead_letter_queue_url,
    )
    urls = tuple(filter(None, given))
    depth = Depths(client("sqs"), urls)
    names = tuple(url.rpartition("/")[2] for url in urls)
    endpoints = EndpointTable(client("dynamodb"), settings().endpoints_table)
    subscriptions = AimTable(client("dynamodb"), settings().subscriptions_table)
    tell = TellIncidents(
        incidents=incidents,
        present=Presence(endpoints, subscriptions, depth, kept),
        ring=_ring,
        clock=time.time,
        metrics=metrics(),
        log=log(),
    )
    return Telling(Watch(incidents, names, depth, kept, time.time), tell)


def _ring(event: OwnEvent, key: str) -> None:
    from doorbell.runtime.own_events import ring  # the verifier: not before there is something to ring

    ring()(event, key)

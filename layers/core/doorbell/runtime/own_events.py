"""Doorbell's own events, put together for each function that rings them: loaded when there is one to ring."""

import time

from doorbell.domain.errors import ConfigError, Unavailable
from doorbell.domain.own_events import TENANT, OwnEvent
from doorbell.domain.own_said import config_error, refusals
from doorbell.domain.seldom import HOUR, Seldom
from doorbell.queues.events import EventsQueueWriter
from doorbell.runtime.wiring import client, new_id, notice_lost, settings
from doorbell.signatures.vouching import own_event
from doorbell.usecases.ring_itself import RingItself


def ring() -> RingItself:
    queue = EventsQueueWriter(client("sqs"), settings().events_queue_url)
    return RingItself(own_event, queue, time.time, new_id)


def ring_refusals(source_id: str, reason: str, count: int) -> None:
    """At most one event an hour for a source and a reason, however many environments saw it."""
    if source_id != TENANT:
        now = time.time()
        _ring(refusals(source_id, reason, count, now), f"refusals/{source_id}/{reason}/{now // HOUR:.0f}")


_seldom = Seldom()


def ring_config_error(error: ConfigError, seldom: Seldom = _seldom) -> None:
    """At most one event an hour for an item and a field; none for an item of the tenant that would get it."""
    name = error.item.partition(" ")[2]
    if name.partition("/")[0] == TENANT or not seldom.may(f"{error.item}/{error.field}"):
        return
    now = time.time()
    event = config_error(error.item, error.field, error.problem, now)
    _ring(event, f"config/{error.item}/{error.field}/{now // HOUR:.0f}")


def _ring(event: OwnEvent, key: str) -> None:
    """What cannot be rung is told to the log: nothing waits for it."""
    try:
        ring()(event, key)
    except Unavailable as error:
        notice_lost(event.kind, str(error))

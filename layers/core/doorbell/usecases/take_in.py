"""Take in: what EventBridge, SNS and S3 of this account send to the inbox queue becomes events.

The queue's policy is the proof: only these services may write to it, and only for this account. The tenant is
the stack's to say and never the message's. The same id of a service is one event, however often it comes: SQS
repeats, and so does each of these services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorbell.domain import json_text
from doorbell.domain.errors import DoorbellError
from doorbell.domain.events import Unsigned
from doorbell.domain.inbox import Found
from doorbell.usecases.enqueue import EventsQueue, enqueue, tell_accepted

if TYPE_CHECKING:
    from doorbell.domain.events import VerifiedEvent
    from doorbell.usecases.ports import Bodies, Clock, Ids, Log, Metrics
    from doorbell.usecases.publish import Published

OLDEST_SECONDS = 86_400.0
"""What says that it is older was long under way: it is kept as long as one that came now, less a day."""


@dataclass(frozen=True, slots=True)
class TakeIn:
    """`read` finds the events of a message, by its body, its id and its hops; raises `Unreadable`. `parse`
    checks one as publish does; raises `Refusal`."""

    tenant_id: str
    read: Callable[[str, str, str | None], Iterable[Found]]
    parse: Callable[[object], Published]
    vouch: Callable[[Unsigned], VerifiedEvent]
    bodies: Bodies
    queue: EventsQueue
    clock: Clock
    ids: Ids
    metrics: Metrics
    log: Log

    def __call__(self, body: str, message_id: str, hops: str | None) -> int:
        """How many events came of it. Raises `Unreadable`, `Refusal` or `Unavailable`: it comes again, and to
        the dead-letter queue in the end. Those that were enqueued are then duplicates, by their keys."""
        try:
            events = [self._vouched(one) for one in self.read(body, message_id, hops)]
        except DoorbellError as error:
            self.metrics.count("Refused", reason="inbox_unreadable")
            self.log.error("inbox_unreadable", message_id=message_id, problem=str(error))
            raise
        for event in events:
            enqueue(event, self.bodies, self.queue)
            tell_accepted(event, self.metrics, self.log)
        if not events:
            self.log.info("inbox_nothing", message_id=message_id)
        return len(events)

    def _vouched(self, found: Found) -> VerifiedEvent:
        item = self.parse({"type": found.type, "tenant_id": self.tenant_id, "data": found.data})
        now = self.clock()
        at = now if found.at is None else min(now, max(found.at, now - OLDEST_SECONDS))
        given = Unsigned(
            ingest_id=self.ids(),
            tenant_id=self.tenant_id,
            event_type=item.type,
            event_key=found.key,
            body=json_text.dumps(item.data),
            headers=found.headers,
            now=at,
            hops=found.hops,
        )
        return self.vouch(given)

"""Publish: the team's own events, one or up to ten, each with a result of its own.

`id` is the idempotency key: the same id of the same tenant is one event, however often it is published.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.errors import Refusal, Unavailable
from doorbell.domain.events import Unsigned, VerifiedEvent
from doorbell.domain.requests import Answer
from doorbell.domain.sources import MAX_BODY_BYTES
from doorbell.usecases.enqueue import EventsQueue, enqueue, tell_accepted
from doorbell.usecases.ports import Bodies, Clock, Ids, Log, Metrics

MAX_BATCH = 10


@dataclass(frozen=True, slots=True)
class Published:
    """One item as the publisher wrote it, checked. `key` is its `id` or None."""

    key: str | None
    type: str
    tenant_id: str
    data: Any


@dataclass(frozen=True, slots=True)
class Publish:
    """`parse` checks one item and raises `Refusal` 422 that names the field."""

    parse: Callable[[object], Published]
    vouch: Callable[[str, Unsigned], VerifiedEvent]
    bodies: Bodies
    queue: EventsQueue
    clock: Clock
    ids: Ids
    metrics: Metrics
    log: Log

    def __call__(self, principal: str, body: bytes, trace: Mapping[str, str]) -> Answer:
        """202 when all were accepted; 207 with a status for each where not all were; the status itself for
        a single event. `trace`: headers of the request that every event of it takes along."""
        try:
            given = json_text.loads(body)
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "not_json", "the body is not JSON") from error
        if not isinstance(given, list):
            result = self._one(principal, given, trace)
            return Answer(result["status"], json.dumps(result))
        if not 1 <= len(given) <= MAX_BATCH:
            raise Refusal(400, "batch_size", f"a batch has 1 to {MAX_BATCH} events")
        results = [self._one(principal, item, trace) for item in given]
        return Answer(_overall([result["status"] for result in results]), json.dumps({"results": results}))

    def _one(self, principal: str, item: object, trace: Mapping[str, str]) -> dict[str, Any]:
        try:
            event = self._vouched(principal, self.parse(item), trace)
            enqueue(event, self.bodies, self.queue)
        except Refusal as refusal:
            self.metrics.count("Refused", reason=refusal.code)
            self.log.info("refused", source_id="publish", status=refusal.status, reason=refusal.code)
            return {"status": refusal.status, "code": refusal.code, "detail": refusal.detail}
        except Unavailable as error:
            self.metrics.count("IngestUnavailable", dependency=error.service)
            self.log.error("ingest_unavailable", source_id="publish", cause=str(error))
            return {"status": 503, "code": "try_again", "detail": "not accepted now; publish it again"}
        tell_accepted(event, self.metrics, self.log)
        return {"status": 202, "event_id": event.event_id}

    def _vouched(self, principal: str, item: Published, trace: Mapping[str, str]) -> VerifiedEvent:
        data = json_text.dumps(item.data)
        if len(data) > MAX_BODY_BYTES:
            raise Refusal(413, "body_too_large", f"data may have {MAX_BODY_BYTES} bytes")
        ingest_id = self.ids()
        given = Unsigned(
            ingest_id=ingest_id,
            tenant_id=item.tenant_id,
            event_type=item.type,
            event_key=item.key or ingest_id,
            body=data,
            headers=trace,
            now=self.clock(),
        )
        return self.vouch(principal, given)


def _overall(statuses: Sequence[int]) -> int:
    return statuses[0] if len(set(statuses)) == 1 else 207

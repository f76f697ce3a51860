"""An event that never rang is let in as its provider's list has it: fetched over TLS from the provider's host
with the source's credential, which stands for a signature and goes on record.

Its ingest id is made of its key: whoever lets it in again after a crash resumes the same fan-out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from doorbell.domain.backfill import Gone, Listed
from doorbell.domain.errors import Refusal, SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.sources import Source
from doorbell.usecases.checked import after_proof
from doorbell.usecases.enqueue import EventsQueue, enqueue_proven
from doorbell.usecases.ports import Bodies, Checks, Clock, Log, Metrics

type Verified = Callable[[Source, bytes, str, str, str, float], VerifiedEvent | Several]
"""(source, body, from where, words for the record, ingest id, now)."""


@dataclass(frozen=True, slots=True)
class TakeFetched:
    verified: Verified
    checks: Checks
    bodies: Bodies
    queue: EventsQueue
    clock: Clock
    metrics: Metrics
    log: Log

    def __call__(self, source: Source, row: Listed, origin: str, said: str) -> None:
        """Raises `Gone` for what the source's own checks refuse, and `Unavailable`."""
        now = self.clock()
        words = f"fetched from {origin} at {datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}" + (
            said and f"; {said}"
        )
        try:
            event = self.verified(source, row.body or b"", origin, words, f"backfill.{row.key}", now)
            if not isinstance(event, VerifiedEvent) or event.dedupe_key != row.key:
                raise Gone("it has another delivery key than its list says")
            after_proof(source, event, self.checks)
        except Refusal as refusal:
            raise Gone(f"the source's checks refuse it: {refusal.code}") from refusal
        except SignatureError as error:
            raise Gone(f"it is no event of this source: {error.reason}") from error
        enqueue_proven(event, self.bodies, self.queue, self.metrics, self.log)

"""A request that was refused, let in after all: the same checks, by the source as it is now."""

from collections.abc import Callable
from dataclasses import dataclass

from doorbell.domain.errors import Refusal, SecretMissing, SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.usecases.checked import after_proof, before_proof, known
from doorbell.usecases.enqueue import EventsQueue, enqueue_proven
from doorbell.usecases.ports import Bodies, Checks, Gate, Log, Metrics, Secrets, Sources
from doorbell.usecases.unproven import judged, those_there


@dataclass(frozen=True, slots=True)
class AcceptAgain:
    """`secrets` gives such as remember nothing: somebody has most likely just mended them."""

    sources: Sources
    secrets: Callable[[], Secrets]
    gate: Gate
    checks: Checks
    bodies: Bodies
    queue: EventsQueue
    metrics: Metrics
    log: Log

    def prove(self, source_id: str, request: RawRequest, ingest_id: str) -> VerifiedEvent | Several:
        """What ingest would have enqueued at the time that `request` bears. Refuses as ingest does, and every
        handshake: nothing is answered, learnt or visited. Nothing is enqueued yet."""
        source = known(self.sources, source_id)
        before_proof(source, request, self.gate, self.checks)
        try:
            proven = self.gate.examine(
                source,
                request,
                self._secrets(source),
                verify_token=None,
                ingest_id=ingest_id,
                now=request.came_at or 0.0,
                events_only=True,
            )
        except SignatureError as error:
            raise judged(source, error) from error
        if not isinstance(proven, VerifiedEvent | Several):
            raise Refusal(409, "handshake", "a handshake, not an event")
        after_proof(source, proven, self.checks)
        return proven

    def enqueue(self, proven: VerifiedEvent | Several) -> None:
        enqueue_proven(proven, self.bodies, self.queue, self.metrics, self.log)

    def _secrets(self, source: Source) -> tuple[str, ...]:
        owner, secrets = {"source_id": source.source_id}, self.secrets()
        try:
            return secrets.resolve(source.secrets, owner=owner)
        except SecretMissing as error:
            return those_there(secrets, source, owner, error)[0]

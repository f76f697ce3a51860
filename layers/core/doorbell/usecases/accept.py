"""Ingest: who rings, can they prove it, is it sound; then one message on the events queue.

Nothing is enqueued without the gate's `VerifiedEvent`. Costs per event: one SQS send (billed per 64 KiB; ten
events of one body share calls), and one S3 put for a body above `INLINE_BYTES`. No table is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from doorbell.domain.errors import ConfigError, Refusal, SecretMissing, SignatureError, Unavailable
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.refusals import REFUSALS, RefusalWatch
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.usecases.checked import after_proof, before_proof, known
from doorbell.usecases.enqueue import INLINE_BYTES, EventsQueue, enqueue_proven
from doorbell.usecases.ports import (
    Bodies,
    Checks,
    Clock,
    Gate,
    Ids,
    Log,
    Metrics,
    Notices,
    Secrets,
    Sources,
)
from doorbell.usecases.problems import problem

__all__ = ["INLINE_BYTES", "Accept"]

type Broken = Callable[[str, ConfigError | SecretMissing], None]
"""Tells people of a source that is not set up correctly. Raises nothing."""
type Keep = Callable[[Source, RawRequest, Refusal, Secrets], None]
"""Keeps a refused request, which bears its time. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Accept:
    sources: Sources
    secrets: Secrets
    gate: Gate
    checks: Checks
    bodies: Bodies
    queue: EventsQueue
    clock: Clock
    ids: Ids
    metrics: Metrics
    log: Log
    notices: Notices | None = None
    keep: Keep | None = None
    broken: Broken | None = None
    watch: RefusalWatch = field(default_factory=RefusalWatch)

    def __call__(self, source_id: str, request: RawRequest) -> Answer:
        """The answer for the caller; every refusal is counted and logged with its reason."""
        try:
            return self._from_sound_source(source_id, request)
        except Refusal as refusal:
            self.metrics.count("Refused", reason=refusal.code)
            self.log.info("refused", source_id=source_id[:64], status=refusal.status, reason=refusal.code)
            self._tell(source_id, refusal)
            self._keep(source_id, request, refusal)
            return problem(refusal)
        except Unavailable as error:
            self.metrics.count("IngestUnavailable", dependency=error.service)
            self.log.error("ingest_unavailable", source_id=source_id, cause=str(error))
            return problem(Refusal(503, "try_again", "not accepted now; send it again"), retry_after=10)

    def _from_sound_source(self, source_id: str, request: RawRequest) -> Answer:
        """What is wrong with the source is told to its operators; the caller is refused, to come again."""
        try:
            return self._accept(known(self.sources, source_id), request.dated(self.clock()))
        except (ConfigError, SecretMissing) as error:
            self._misconfigured(source_id, error)
            raise Refusal(503, "source_misconfigured", "the source is not set up correctly") from error

    def _misconfigured(self, source_id: str, error: ConfigError | SecretMissing) -> None:
        self.metrics.count("ConfigError", item="source")
        self.log.error("config_error", source_id=source_id, problem=str(error))
        if self.broken is not None:
            self.broken(source_id, error)

    def _tell(self, source_id: str, refusal: Refusal) -> None:
        """One notice for each window of many refusals; of unknown sources none: anybody can invent them."""
        is_known = refusal.code != "unknown_source"
        if self.notices is not None and is_known and self.watch.refused(source_id):
            detail = {"source_id": source_id, "reason": refusal.code, "refusals": REFUSALS}
            self.notices.publish("source.refusals", detail)

    def _keep(self, source_id: str, request: RawRequest, refusal: Refusal) -> None:
        """For its operators. The answer is made and does not depend on it."""
        if self.keep is not None and refusal.code != "unknown_source":
            from doorbell.usecases.unproven import there_is  # as below

            source = there_is(self.sources, source_id)
            if source is not None:
                self.keep(source, request.dated(self.clock()), refusal, self.secrets)

    def _accept(self, source: Source, request: RawRequest) -> Answer:
        before_proof(source, request, self.gate, self.checks)
        self.log.debug("proving", source_id=source.source_id, names=list(request.headers))
        proven = self._prove(source, request)
        if isinstance(proven, Answer):
            self.metrics.count("Handshakes")
            self.log.info("handshake", source_id=source.source_id, status=proven.status)
            return proven
        if isinstance(proven, Learn):
            return self._learn(source, proven)
        after_proof(source, proven, self.checks)
        ack = self.gate.ack(source, request, lambda: self._secrets(source)[0])
        enqueue_proven(proven, self.bodies, self.queue, self.metrics, self.log)
        if isinstance(proven, Several):
            return replace(ack, headers={**ack.headers, "doorbell-events": str(len(proven.events))})
        return replace(ack, headers={**ack.headers, "doorbell-event-id": proven.event_id})

    def _prove(self, source: Source, request: RawRequest) -> VerifiedEvent | Several | Answer | Learn:
        ingest_id = self.ids()
        try:
            return self._with_fresh_secrets(source, lambda: self._examine(source, request, ingest_id))
        except SignatureError as error:
            from doorbell.usecases.unproven import judged  # not before the first refusal

            missing = self._secrets(source)[1] if error.reason == "signature_mismatch" else None
            raise missing or judged(source, error) from error  # it may be signed with the missing one

    def _with_fresh_secrets[T](self, source: Source, attempt: Callable[[], T]) -> T:
        """A secret may just have been rotated: on a mismatch ask for it once more, not too often."""
        try:
            return attempt()
        except SignatureError as error:
            if error.reason != "signature_mismatch" or not self.secrets.forget(source.secrets):
                raise
            return attempt()

    def _examine(
        self, source: Source, request: RawRequest, ingest_id: str
    ) -> VerifiedEvent | Several | Answer | Learn:
        secrets, missing = self._secrets(source)
        token = None
        if source.verify_token_ref is not None:
            owner = {"source_id": source.source_id}
            (token,) = self.secrets.resolve([source.verify_token_ref], owner=owner)
        now = request.came_at or self.clock()
        found = self.gate.examine(source, request, secrets, verify_token=token, ingest_id=ingest_id, now=now)
        if missing is not None:
            if not isinstance(found, VerifiedEvent | Several):
                raise missing  # what answers a handshake is made with the first
            self._misconfigured(source.source_id, missing)
        return found

    def _secrets(self, source: Source) -> tuple[tuple[str, ...], SecretMissing | None]:
        """Those that are there, and what is wrong with another."""
        owner = {"source_id": source.source_id}
        try:
            return self.secrets.resolve(source.secrets, owner=owner), None
        except SecretMissing as error:
            from doorbell.usecases.unproven import those_there  # as above

            return those_there(self.secrets, source, owner, error)

    def _learn(self, source: Source, learn: Learn) -> Answer:
        if not self.sources.learn_secret(source, learn.secret):
            raise Refusal(401, "handshake_not_expected", "the source is not waiting for a handshake")
        self.log.info("handshake_stored", source_id=source.source_id)
        return learn.answer

"""Keep a refused request for its source's operators, so that who set something up wrong can see what came.

Never the reason of another answer, and never of none: what goes wrong here is logged and left. Nothing is
kept of unknown sources, nor of broken ones, whose tenant and whose secrets nobody knows.

Costs for each that is kept: one write unit for its place and one for each KiB of the item; one S3 put for a
body above `INLINE_BODY_BYTES`. At the default bound of 20 an hour, headers of 4 KiB and a bad month that is
some 80,000 units; a flood costs one unit for each environment, hour and source. Where nothing is refused it
costs nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from doorbell.domain.errors import DoorbellError, Refusal, SecretMissing, Unavailable
from doorbell.domain.refused import MOST_BODY_BYTES, KeepingWatch, Refused
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.usecases.ports import Ids, Log, Secrets

type Masking = Callable[[Source, RawRequest, Sequence[str]], tuple[RawRequest, tuple[str, ...]]]
"""The request without credentials, and where they were."""


class RefusedStore(Protocol):
    def place(self, source_id: str, now: float) -> int | None:
        """A place of the source's, whose old request makes room; None: no more in this hour."""

    def put(self, place: int, refused: Refused) -> None: ...


@dataclass(frozen=True, slots=True)
class KeepRefused:
    store: RefusedStore
    masking: Masking
    ids: Ids
    log: Log
    watch: KeepingWatch = field(default_factory=KeepingWatch)

    def __call__(self, source: Source, request: RawRequest, refusal: Refusal, secrets: Secrets) -> None:
        """`request` bears the time at which it came."""
        now = request.came_at or 0.0
        if not self.watch.may_ask(source.source_id, now):
            return
        try:
            self._keep(source, request, refusal, _readable(source, secrets), now)
        except Exception as error:  # the answer is made: no fault of ours may make another of it
            self.watch.failed()
            cause = str(error) if isinstance(error, DoorbellError) else type(error).__name__
            self.log.error("refused_not_kept", source_id=source.source_id, cause=cause)

    def _keep(
        self, source: Source, request: RawRequest, refusal: Refusal, secrets: Sequence[str], now: float
    ) -> None:
        place = self.store.place(source.source_id, now)
        if place is None:
            self.watch.met(source.source_id, now)
            return
        bare, masked = self.masking(source, request, secrets)
        kept = Refused(
            refused_id=f"{place:03d}{self.ids()}",
            source_id=source.source_id,
            tenant_id=source.tenant_id,
            provider=source.provider,
            at=now,
            status=refusal.status,
            code=refusal.code,
            method=bare.method,
            url=bare.url,
            path=bare.path,
            raw_query=bare.raw_query,
            headers=dict(bare.headers),
            source_ip=bare.source_ip,
            size=len(request.body),
            body=bare.body[:MOST_BODY_BYTES],
            cut=len(bare.body) > MOST_BODY_BYTES,
            masked=masked,
        )
        self.store.put(place, kept)


def _readable(source: Source, secrets: Secrets) -> list[str]:
    """Those of the source's secrets that can be read: each is looked for in what is kept."""
    found: list[str] = []
    for reference in source.secrets:
        try:
            found += secrets.resolve([reference], owner={"source_id": source.source_id})
        except (SecretMissing, Unavailable):
            continue
    return found

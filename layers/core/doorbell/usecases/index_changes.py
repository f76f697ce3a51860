"""Index what changed: the records of a stream, one for each change of a subscription, in order.

A record is only a nudge: what it is about is read anew. One that cannot be filed is tried again for a while,
and with it all behind it wait, canaries too. After that the tenant's certificate is withdrawn, so that its
events ask everybody, and the others go on. Nothing is given up: a record that nobody could read, or whose
certificate could not be withdrawn, comes again for as long as the stream keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from doorbell.usecases.ports import Clock, Log, Metrics

PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Change:
    """`at` in epoch seconds. `canary`: its number, where it is one."""

    number: str
    tenant_id: str
    subscription_id: str
    at: float
    canary: int | None = None


class Certificates(Protocol):
    def withdraw(self, tenant_id: str) -> None: ...


class HeardCanaries(Protocol):
    def note(self, heard: Mapping[int, float]) -> None: ...


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """`each` maps side by side where it can."""

    file: Callable[[str, str], bool]
    certificates: Certificates
    canaries: HeardCanaries
    clock: Clock
    metrics: Metrics
    log: Log
    each: Callable[[Callable[[tuple[str, str]], bool], Iterable[tuple[str, str]]], Iterable[bool]]

    def __call__(self, changes: Sequence[Change]) -> str | None:
        """The number of the first that has to come again, with all behind it; None: all are done. Raises
        `Unavailable` where canaries that were heard could not be noted: all come again."""
        first_at: dict[tuple[str, str], float] = {}
        for one in changes:
            if one.canary is None:
                first_at.setdefault((one.tenant_id, one.subscription_id), one.at)
        done = self.each(lambda owner: self._is_filed(owner, first_at[owner]), first_at)
        filed = dict(zip(first_at, done, strict=True))
        heard = dict[int, float]()
        failed = None
        for one in changes:
            if one.canary is not None:
                heard[one.canary] = max(one.at, heard.get(one.canary, 0.0))
            elif not filed[one.tenant_id, one.subscription_id]:
                failed = one.number
                break
        if heard:
            self.canaries.note(heard)
        return failed

    def _is_filed(self, owner: tuple[str, str], since: float) -> bool:
        try:
            if self.file(*owner):
                self.metrics.count("RoutesFiled")
        except Exception as error:
            cause = error.cause if isinstance(error, Unavailable) else type(error).__name__
            is_early = self.clock() - since < PATIENCE_SECONDS
            if isinstance(error, Unavailable) and is_early:
                self.log.info("route_not_filed_yet", subscription="/".join(owner), cause=cause)
                return False
            return self._is_withdrawn(owner, cause)
        return True

    def _is_withdrawn(self, owner: tuple[str, str], cause: str) -> bool:
        self.log.error("route_not_filed", subscription="/".join(owner), cause=cause)
        try:
            self.certificates.withdraw(owner[0])
        except Unavailable:
            return False
        self.metrics.count("CertificatesWithdrawn")
        return True

"""Certify: that all subscriptions of a tenant are on file, of those with more than a page of them.

Every hour all of a tenant's are walked beside its manifests. What differs is filed; whoever is on file and
not there any more is taken off. At the end the tenant gets its certificate, or a newer one. What changes
meanwhile is heard of by the canaries' way, so they have to be heard before a walk begins.

A walk reads all items and manifests: of 100,000 of half a KiB some 25,000 units, 0.003 USD. Nothing is
written of those that are as filed, but the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from doorbell.domain.certificates import About, Certificate, Heard
from doorbell.domain.errors import Unavailable
from doorbell.domain.routes import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from doorbell.domain.subscriptions import Interest
    from doorbell.usecases.ports import Clock, Log, Metrics

MANY = 500
"""More than are read at once, and kept."""


class Items(Protocol):
    """Strongly consistent, but for the counts."""

    def counts(self) -> Mapping[str, int]: ...  # of all tenants
    def walk(self, tenant_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]: ...  # in order of their id


class Manifests(Protocol):
    def walk(self, tenant_id: str) -> Iterator[tuple[str, str]]: ...  # digests, in order of their id


class Abouts(Protocol):
    def get(self, tenant_id: str) -> About: ...
    def certify(self, tenant_id: str, certificate: Certificate, seen: About) -> bool: ...


class HeardCanaries(Protocol):
    def get(self) -> Heard: ...


class Filer(Protocol):
    def __call__(self, tenant_id: str, subscription_id: str) -> bool: ...
    def wants(self, values: Mapping[str, Any] | None) -> Interest | None: ...


@dataclass(frozen=True, slots=True)
class Certify:
    """`each` maps side by side where it can. `many`: who has more of them gets a certificate."""

    items: Items
    manifests: Manifests
    abouts: Abouts
    canaries: HeardCanaries
    file: Filer
    clock: Clock
    metrics: Metrics
    log: Log
    each: Callable[[Callable[[str], bool], Iterable[str]], Iterable[bool]]
    many: int = MANY

    def __call__(self, *, stop_at: float) -> int:
        """How many tenants got a certificate. Begins no walk after `stop_at` (epoch seconds), and breaks
        off one that takes longer: what it filed stays, and the next is quicker. Raises `Unavailable`."""
        if not self.canaries.get().is_fresh(self.clock()):
            self.log.info("not_certified", cause="canaries are not heard")
            return 0
        known = {
            tenant: self.abouts.get(tenant) for tenant, n in self.items.counts().items() if n > self.many
        }
        given = 0
        for tenant_id in sorted(known, key=lambda one: _age(known[one])):
            if self.clock() >= stop_at:
                self.log.info("not_certified", cause="out of time")
                break
            given += self._is_certified(tenant_id, known[tenant_id], stop_at)
        return given

    def _is_certified(self, tenant_id: str, seen: About, stop_at: float) -> bool:
        """One that cannot be filed keeps its own tenant from a certificate, and no other."""
        try:
            return self._certify(tenant_id, seen, stop_at)
        except Exception as error:
            cause = error.cause if isinstance(error, Unavailable) else type(error).__name__
            self.log.error("certify_failed", tenant_id=tenant_id, cause=cause)
            self.metrics.count("CertifyFailed")
            return False

    def _certify(self, tenant_id: str, seen: About, stop_at: float) -> bool:
        began_at, filed, count = self.clock(), 0, 0
        for some, walked in self._differing(tenant_id):
            filed += sum(self.each(lambda name: self.file(tenant_id, name), some))
            count += walked
            if self.clock() >= stop_at:
                self.log.info("not_certified", tenant_id=tenant_id, cause="out of time")
                return False
        if seen.certificate is not None and filed:
            self.metrics.count("RoutesRepaired", filed)
        is_given = self.abouts.certify(tenant_id, Certificate(began_at, count), seen)
        self.log.info("certified", tenant_id=tenant_id, count=count, filed=filed, given=is_given)
        return is_given

    def _differing(self, tenant_id: str, most: int = MANY) -> Iterator[tuple[list[str], int]]:
        """Of so many each time: who is not on file as it is, and how many were looked at."""
        found, walked = list[str](), 0
        for name, wanted, there in _side_by_side(self.items.walk(tenant_id), self.manifests.walk(tenant_id)):
            walked += wanted is not None
            if digest_of(self.file.wants(wanted)) != there:
                found.append(name)
            if walked >= most or len(found) >= most:
                yield found, walked
                found, walked = [], 0
        yield found, walked


def _side_by_side(
    items: Iterator[tuple[str, Mapping[str, Any]]], manifests: Iterator[tuple[str, str]]
) -> Iterator[tuple[str, Mapping[str, Any] | None, str]]:
    """By name, from both: the item or None, the digest or ""."""
    item, manifest = next(items, None), next(manifests, None)
    while item is not None or manifest is not None:
        if manifest is None or (item is not None and item[0] < manifest[0]):
            assert item is not None
            yield item[0], item[1], ""
            item = next(items, None)
        elif item is None or manifest[0] < item[0]:
            yield manifest[0], None, manifest[1]
            manifest = next(manifests, None)
        else:
            yield item[0], item[1], manifest[1]
            item, manifest = next(items, None), next(manifests, None)


def _age(about: About) -> float:
    """Who has none comes first."""
    return about.certificate.began_at if about.certificate is not None else 0.0

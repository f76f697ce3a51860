"""File a subscription in the routing index, as it is now: whoever hears that it changed calls this.

It reads the manifest, then the item, and writes what differs in one transaction on the manifest's version.
Where nothing differs the version is raised all the same: whoever has read an older item cannot write it any
more. So it may be called late, twice, by several at once, and killed anywhere: the next call ends the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from doorbell.domain.errors import ConfigError, Unavailable
from doorbell.domain.filing import equality_of
from doorbell.domain.routes import MOST_PATHS, Manifest, digest_of, moved, places_of
from doorbell.domain.sources import ID
from doorbell.domain.subscriptions import Interest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doorbell.domain.filing import Path
    from doorbell.domain.subscriptions import Subscription
    from doorbell.usecases.ports import Clock

TRIES = 5


class Items(Protocol):
    def values(self, tenant_id: str, subscription_id: str) -> Mapping[str, Any] | None:
        """Of the item as it is now: a strongly consistent read."""


class RouteFile(Protocol):
    """Reads are strongly consistent; `write` is all or nothing; both writes are False where another
    was faster."""

    def manifest(self, tenant_id: str, subscription_id: str) -> Manifest: ...
    def paths(self, tenant_id: str) -> frozenset[Path]: ...
    def touch(self, owner: tuple[str, str], before: Manifest, now: float) -> bool: ...
    def write(
        self,
        owner: tuple[str, str],
        before: Manifest,
        after: Manifest,
        wants: Interest | None,
        path: Path | None,
        now: float,
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class FileRoute:
    """`load` raises `ConfigError`; a broken item is filed nowhere, and `on_broken` hears of it."""

    items: Items
    file: RouteFile
    load: Callable[[Mapping[str, Any]], Subscription]
    on_broken: Callable[[ConfigError], None]
    clock: Clock

    def __call__(self, tenant_id: str, subscription_id: str) -> bool:
        """Whether it was on file in another way. Raises `Unavailable`. What has a name that none can have is
        broken, and too long for a key, it may be."""
        if not (ID.fullmatch(tenant_id) and ID.fullmatch(subscription_id)):
            self.wants(self.items.values(tenant_id, subscription_id))
            return False
        for _ in range(TRIES):
            before = self.file.manifest(tenant_id, subscription_id)
            wants = self.wants(self.items.values(tenant_id, subscription_id))
            digest = digest_of(wants)
            if digest == before.digest:
                if self.file.touch((tenant_id, subscription_id), before, self.clock()):
                    return False
                continue
            if self._write((tenant_id, subscription_id), before, wants, digest):
                return True
        raise Unavailable("dynamodb", "TransactWriteItems", "others were faster")

    def wants(self, values: Mapping[str, Any] | None) -> Interest | None:
        """None: nothing."""
        if values is None:
            return None
        try:
            wants = Interest.of(self.load(values))
        except ConfigError as error:
            self.on_broken(error)
            return None
        return wants if wants.enabled else None

    def _write(self, owner: tuple[str, str], before: Manifest, wants: Interest | None, digest: str) -> bool:
        now = self.clock()
        if wants is None:
            return self.file.write(owner, before, moved(before, digest, (), now), None, None, now)
        equality, paths, new = equality_of(wants.filter), frozenset[Any](), None
        if equality is not None:
            paths = self.file.paths(owner[0])
            if equality[0] not in paths and len(paths) < MOST_PATHS:
                new, paths = equality[0], paths | {equality[0]}
        after = moved(before, digest, places_of(wants, paths), now)
        return self.file.write(owner, before, after, wants, new, now)

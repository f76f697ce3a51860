"""Configure: read and write what people configure, one item at a time, each write only over what was seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from doorbell.domain.errors import Refusal
from doorbell.usecases.ports import Clock, Log

OF_THE_ENDPOINT = ("url", "rate_limit_per_second", "max_in_flight")
"""What the health of an endpoint, and the times given to those who wait for it, were made with."""


class Stored(Protocol):
    """An item as it was read; writes go through only while it is still that."""

    @property
    def values(self) -> dict[str, Any]: ...


class Items[S: Stored](Protocol):
    """Writes may raise the store's conflict error. `after` and what comes back with a page are keys."""

    def get(self, *key: str) -> S | None: ...

    def page(
        self, tenant_id: str | None = None, *, limit: int = 100, after: Sequence[str] | None = None
    ) -> tuple[list[S], tuple[str, ...] | None]: ...

    def put(self, values: Mapping[str, Any], seen: S | None, now: float) -> S: ...
    def enable(self, seen: S, now: float) -> S: ...
    def disable(self, seen: S, reason: str | None, now: float) -> S: ...
    def delete(self, seen: S) -> None: ...


@dataclass(frozen=True, slots=True)
class Configure[S: Stored]:
    """`storable` checks an item and gives the form it is written in; raises `ConfigError`. `started_anew`
    hears the key of an item of which `starts_anew` is true."""

    kind: str
    items: Items[S]
    storable: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    clock: Clock
    log: Log
    started_anew: Callable[[Sequence[str]], object] = lambda key: None

    def page(
        self, tenant_id: str | None, limit: int, after: Sequence[str] | None
    ) -> tuple[list[S], tuple[str, ...] | None]:
        return self.items.page(tenant_id, limit=limit, after=after)

    def get(self, *key: str) -> S:
        """Refuses (404) what is not there."""
        found = self.items.get(*key)
        if found is None:
            raise Refusal(404, f"unknown_{self.kind}", f"no such {self.kind.replace('_', ' ')}")
        return found

    def put(self, key: Sequence[str], values: Mapping[str, Any]) -> S:
        """The whole item, new or in place of what is there."""
        wanted = self.storable(values)
        seen = self.items.get(*key)
        before = seen.values if seen is not None else {}
        born = {"created_at": before["created_at"]} if "created_at" in before else {}
        stored = self.items.put({**wanted, **born}, seen, self.clock())
        if starts_anew(before, wanted):
            self.started_anew(key)
        self._tell("put", key)
        return stored

    def enable(self, *key: str) -> S:
        """Refuses (`ConfigError`) an item that could not be used."""
        seen = self.get(*key)
        self.storable(seen.values)
        stored = self.items.enable(seen, self.clock())
        self.started_anew(key)
        self._tell("enabled", key)
        return stored

    def disable(self, *key: str, reason: str | None) -> S:
        stored = self.items.disable(self.get(*key), reason, self.clock())
        self._tell("disabled", key)
        return stored

    def delete(self, *key: str) -> None:
        self.items.delete(self.get(*key))
        self._tell("deleted", key)

    def _tell(self, done: str, key: Sequence[str]) -> None:
        self.log.info("configured", kind=self.kind, item="/".join(key), done=done)


def starts_anew(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an item that is written is new, switched on, or for another endpoint than it was: what is known
    of the endpoint is then of no use. `before` is empty where there was none."""
    changed = any(before.get(name) != wanted.get(name) for name in OF_THE_ENDPOINT)
    return _is_on(wanted) and (not before or not _is_on(before) or changed)


def _is_on(values: Mapping[str, Any]) -> bool:
    return values.get("enabled", True) is not False

"""Configure: read and write what people configure, one item at a time, each write only over what was seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from doorbell.domain.errors import Refusal
from doorbell.usecases.ports import Clock, Log

OF_THE_ENDPOINT = ("url", "target", "role_arn", "preset", "rate_limit_per_second", "max_in_flight")
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
    def pause(self, seen: S, now: float) -> S: ...
    def resume(self, seen: S, now: float) -> S: ...
    def delete(self, seen: S) -> None: ...


@dataclass(frozen=True, slots=True)
class Configure[S: Stored]:
    """`storable` checks an item and gives the form it is written in, `new` one that is not there yet; both
    raise `ConfigError`. `started_anew` hears the key of an item of which `starts_anew` is true;
    `was_off` of one that is switched on again, with since when and until when it was off, if it says so;
    `resumed` of one that is paused no more, `was_paused` with since when and until when it was;
    `switched_off` of one that is off or gone."""

    kind: str
    items: Items[S]
    storable: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    clock: Clock
    log: Log
    new: Callable[[Mapping[str, Any]], object] = lambda values: None
    started_anew: Callable[[Sequence[str]], object] = lambda key: None
    was_off: Callable[[Sequence[str], float, float], object] = lambda key, since, until: None
    resumed: Callable[[Sequence[str]], object] = lambda key: None
    was_paused: Callable[[Sequence[str], float, float], object] = lambda key, since, until: None
    switched_off: Callable[[Sequence[str]], object] = lambda key: None

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
        if seen is None:
            self.new(wanted)
        before = seen.values if seen is not None else {}
        born = {"created_at": before["created_at"]} if "created_at" in before else {}
        stored = self.items.put({**since_paused(before, wanted, self.clock()), **born}, seen, self.clock())
        if starts_anew(before, wanted):
            self.started_anew(key)
        if is_paused(before) and not is_paused(wanted):
            self._resumed(key, before)
        if goes_off(before, wanted):
            self.switched_off(key)
        self._tell_off(key, before, wanted)
        self._tell("put", key)
        return stored

    def enable(self, *key: str) -> S:
        """Refuses (`ConfigError`) an item that could not be used."""
        seen = self.get(*key)
        self.storable(seen.values)
        stored = self.items.enable(seen, self.clock())
        self.started_anew(key)
        self._tell_off(key, seen.values, stored.values)
        self._tell("enabled", key)
        return stored

    def disable(self, *key: str, reason: str | None) -> S:
        stored = self.items.disable(self.get(*key), reason, self.clock())
        self.switched_off(key)
        self._tell("disabled", key)
        return stored

    def pause(self, *key: str) -> S:
        """Refuses (`ConfigError`) an item that could not be used."""
        seen = self.get(*key)
        self.storable(seen.values)
        stored = self.items.pause(seen, self.clock())
        self._tell("paused", key)
        return stored

    def resume(self, *key: str) -> S:
        """Also of one that is not paused: who waits is looked at now."""
        seen = self.get(*key)
        stored = self.items.resume(seen, self.clock())
        self._resumed(key, seen.values)
        self._tell("resumed", key)
        return stored

    def delete(self, *key: str) -> None:
        self.items.delete(self.get(*key))
        self.switched_off(key)
        self._tell("deleted", key)

    def _tell_off(self, key: Sequence[str], before: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        if (since := off_since(before, wanted)) is not None:
            self.was_off(key, since, self.clock())

    def _resumed(self, key: Sequence[str], before: Mapping[str, Any]) -> None:
        self.resumed(key)
        if (since := paused_since(before)) is not None:
            self.was_paused(key, since, self.clock())

    def _tell(self, done: str, key: Sequence[str]) -> None:
        self.log.info("configured", kind=self.kind, item="/".join(key), done=done)


def starts_anew(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an item that is written is new, switched on, or for another endpoint than it was: what is known
    of the endpoint is then of no use. `before` is empty where there was none."""
    changed = any(before.get(name) != wanted.get(name) for name in OF_THE_ENDPOINT)
    return _is_on(wanted) and (not before or not _is_on(before) or changed)


def goes_off(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return bool(before) and _is_on(before) and not _is_on(wanted)


def off_since(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> float | None:
    """Since when an item was off that is switched on; None: it is not, or nobody wrote down when."""
    if not before or _is_on(before) or not _is_on(wanted):
        return None
    return _moment(before.get("disabled_at"))


def is_paused(values: Mapping[str, Any]) -> bool:
    return values.get("paused") is True


def paused_since(values: Mapping[str, Any]) -> float | None:
    """None: it is not, or nobody wrote down since when."""
    return _moment(values.get("paused_at")) if is_paused(values) else None


def since_paused(before: Mapping[str, Any], wanted: Mapping[str, Any], now: float) -> Mapping[str, Any]:
    """What is written, with since when it is paused, if it is."""
    if not is_paused(wanted):
        return wanted
    since = before.get("paused_at") if is_paused(before) else None
    return {**wanted, "paused_at": int(now) if since is None else since}


def _is_on(values: Mapping[str, Any]) -> bool:
    return values.get("enabled", True) is not False


def _moment(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

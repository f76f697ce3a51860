"""A request that was turned away, as it is kept for its source's operators."""

from dataclasses import dataclass, field, replace
from threading import Lock

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.requests import RawRequest

HOUR_SECONDS = 3600
MOST_BODY_BYTES = 64 * 1024
"""Of a body; what is longer is cut."""
INLINE_BODY_BYTES = 4 * 1024
"""Of a body in the item itself; a longer one is in the bucket."""
PAUSE_SECONDS = 60.0
"""How long an environment leaves a store alone that has failed it: a refusal must not wait for it again."""
MASK = "[masked]"
FOR_ITS_TIME = frozenset({"timestamp_out_of_tolerance", "timestamp_missing", "timestamp_malformed"})
"""Codes of what can never be accepted afterwards: it would be a door for old requests."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who let it in after all, when (epoch seconds), and the events it became."""

    refused_id: str
    by: str
    at: float
    event_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`at`: when it came, epoch seconds. `status` and `code` are what it was answered. `url` with its query
    and `headers` without credentials: `masked` names what they were in (`header x`, `query x`, `body`).
    `size` is the body's as it came, `cut` whether `body` has less of it. `provider` is the source's then."""

    refused_id: str
    source_id: str
    tenant_id: str
    provider: str
    at: float
    status: int
    code: str
    method: str
    url: str
    path: str
    raw_query: str
    headers: dict[str, str]
    source_ip: str
    size: int
    body: bytes = b""
    cut: bool = False
    masked: tuple[str, ...] = ()
    accepted: Accepted | None = None

    @property
    def not_acceptable(self) -> str:
        """Why nobody can accept it, in words; "" where the source's check has the last one."""
        if self.code in FOR_ITS_TIME:
            return "it was refused for its time, and would be as old as it was then"
        if self.masked:
            return f"what proved its sender is not kept: {', '.join(self.masked)}"
        return f"only {len(self.body)} of its {self.size} bytes are kept" if self.cut else ""

    def request(self) -> RawRequest:
        """As it came, as far as it is kept."""
        return RawRequest(
            self.method, self.url, self.path, self.raw_query, self.headers, self.body, self.source_ip, self.at
        )

    def with_body(self, body: bytes) -> "Refused":
        return replace(self, body=body)


@dataclass(slots=True)
class KeepingWatch:
    """What one environment knows of the bound, so that a flood of refusals asks the table once an hour and
    source. Safe among threads."""

    clocks: Clocks = CLOCKS
    full: dict[str, int] = field(default_factory=dict)
    _failed: Moment = NEVER
    _lock: Lock = field(default_factory=Lock)

    def may_ask(self, source_id: str, now: float) -> bool:
        with self._lock:
            is_full = self.full.get(source_id) == hour_of(now)
            return not is_full and self.clocks.age(self._failed) >= PAUSE_SECONDS

    def met(self, source_id: str, now: float) -> None:
        """The source has all that it may have in this hour. Hours gone by are forgotten."""
        with self._lock:
            hour = hour_of(now)
            self.full = {name: at for name, at in self.full.items() if at == hour} | {source_id: hour}

    def failed(self) -> None:
        with self._lock:
            self._failed = self.clocks.now()


def hour_of(at: float) -> int:
    return int(at // HOUR_SECONDS)

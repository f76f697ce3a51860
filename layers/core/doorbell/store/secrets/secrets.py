"""Secrets in memory, for one execution environment: fetched when needed, kept for minutes.

fresh ──TTL──▶ asked again ──▶ fresh
                    └─ service unavailable ─▶ the old value, for up to an hour, loudly
A parameter is asked whether it is still the same, which costs nothing, and decrypted again once an hour.
forget() makes it due at once, at most every few seconds: a rotation need not wait out the TTL, and a
flood of forged requests is no flood of calls.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.errors import SecretMissing, Unavailable
from doorbell.store.items.secret_refs import BadReference, SecretRef, parse
from doorbell.store.secrets.secret_fetch import Mark, fetch, mark_of, pick

TTL_SECONDS = 300.0
MISSING_SECONDS = 10.0
"""How long "not there" is believed: a person may be repairing it right now."""
UNAVAILABLE_SECONDS = 1.0
"""How long a service that failed is left alone while there is nothing else to go by."""
DECRYPTED_SECONDS = 3600.0
"""How long a parameter that stays the same is not decrypted again: so late a KMS key is missed that was taken
away, and no later."""
STALE_SECONDS = 3600.0
STALE_RETRY_SECONDS = 30.0
"""The same while there is an old value: a call that times out takes seconds, and requests wait for it."""
FORGET_SECONDS = 10.0
"""At most one forced look at each secret in this time."""
MAX_ENTRIES = 2000


def _warn(reference: str, cause: str) -> None:
    logging.getLogger("doorbell.secrets").warning("stale secret used: %s: %s", reference, cause)


class SecretStore:
    """The `Secrets` port. `clients(name)` gives the AWS client of "ssm", "secretsmanager" or "kms" and is
    asked only when one is needed. Safe among threads: those that want the same secret wait for one call,
    those that want another do not."""

    def __init__(
        self,
        clients: Callable[[str], Any],
        *,
        clocks: Clocks = CLOCKS,
        on_stale: Callable[[str, str], None] = _warn,
        ttl: float = TTL_SECONDS,
        size: int = MAX_ENTRIES,
    ) -> None:
        self._clients, self._clocks, self._on_stale = clients, clocks, on_stale
        self._ttl, self._size = ttl, size
        self._entries: OrderedDict[_Key, _Entry] = OrderedDict()
        self._lock = Lock()

    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(self._resolve(_parsed(reference), owner) for reference in references)

    def forget(self, references: Sequence[str]) -> bool:
        """False: too soon, or nothing that could have changed (a ciphertext always means the same)."""
        due = False
        for reference in references:
            ref = _parsed(reference)
            with self._lock:
                entry = self._entries.get(_key(ref, {}))  # ciphertexts are under their owner: never found
            due |= entry is not None and entry.expire(self._clocks)
        return due

    def _resolve(self, ref: SecretRef, owner: Mapping[str, str]) -> str:
        entry = self._entry(_key(ref, owner))
        with entry.lock:
            if self._clocks.age(entry.asked_at) >= entry.kept_seconds:
                self._load(entry, ref, owner)
            if entry.text is None:
                raise entry.problem(ref)
            return pick(entry.text, ref)

    def _entry(self, key: "_Key") -> "_Entry":
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return entry

    def _load(self, entry: "_Entry", ref: SecretRef, owner: Mapping[str, str]) -> None:
        try:
            client = self._clients(ref.service)
            if self._is_decrypted(entry) and mark_of(client, ref) == entry.mark:
                entry.confirm(self._clocks.now(), self._ttl)
                return
            text, mark = fetch(client, ref, owner)
        except SecretMissing as error:
            entry.keep(None, error, self._clocks.now(), MISSING_SECONDS)
        except Unavailable as error:
            now = self._clocks.now()
            if entry.text is None or self._clocks.age(entry.read_at) > STALE_SECONDS:
                entry.keep(None, error, now, UNAVAILABLE_SECONDS)
                return
            entry.asked_at, entry.kept_seconds = now, STALE_RETRY_SECONDS
            self._on_stale(ref.label, error.cause)
        else:
            entry.keep(text, None, self._clocks.now(), self._ttl, mark)

    def _is_decrypted(self, entry: "_Entry") -> bool:
        return entry.mark is not None and self._clocks.age(entry.decrypted_at) < DECRYPTED_SECONDS


type _Problem = SecretMissing | Unavailable
type _Key = tuple[str, str, tuple[tuple[str, str], ...]]


def _key(ref: SecretRef, owner: Mapping[str, str]) -> _Key:
    """The keys of one JSON secret share an entry; a ciphertext is tied to its owner."""
    return ref.service, ref.name, tuple(sorted(owner.items())) if ref.service == "kms" else ()


class _Entry:
    """What is known of one stored secret. No dataclass: its repr would show the text."""

    __slots__ = ("_error", "asked_at", "decrypted_at", "kept_seconds", "lock", "mark", "read_at", "text")

    def __init__(self) -> None:
        self.lock = Lock()
        self.text: str | None = None
        self._error: _Problem | None = None
        self.mark: Mark | None = None
        self.read_at = self.asked_at = self.decrypted_at = NEVER
        self.kept_seconds = 0.0

    def keep(
        self, text: str | None, error: _Problem | None, now: Moment, seconds: float, mark: Mark | None = None
    ) -> None:
        self.text, self._error, self.mark, self.decrypted_at = text, error, mark, now
        self.confirm(now, seconds)

    def confirm(self, now: Moment, seconds: float) -> None:
        """What is kept is what is stored."""
        self.read_at = self.asked_at = now
        self.kept_seconds = seconds

    def expire(self, clocks: Clocks) -> bool:
        with self.lock:
            if clocks.age(self.asked_at) < FORGET_SECONDS:
                return False
            self.kept_seconds = 0.0
            return True

    def problem(self, ref: SecretRef) -> _Problem:
        """A new error for every caller: one raised twice would collect tracebacks."""
        if isinstance(self._error, SecretMissing):
            return SecretMissing(ref.label, self._error.problem)
        assert self._error is not None
        return Unavailable(self._error.service, self._error.operation, self._error.cause)


def _parsed(reference: str) -> SecretRef:
    try:
        return parse(reference)
    except BadReference as error:
        problem = str(error)
    raise SecretMissing("a reference", problem)

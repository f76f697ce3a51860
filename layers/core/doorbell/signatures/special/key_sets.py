"""Key sets (JWKS, RFC 7517, section 5): read from a text, or fetched by URL and kept in memory."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim

MAX_JWKS_BYTES = 262_144
JWKS_SECONDS = 3600
JWKS_RETRY_SECONDS = 60
"""An unknown `kid` makes us ask again, but whoever invents such ids cannot make us ask all the time."""
JWKS_FIRST_RETRY_SECONDS = 5
"""The same after a failure while no key is known: every request waits for the answer."""
JWKS_STALE_SECONDS = 24 * 3600
"""How long known keys serve while the set cannot be fetched anew."""


@dataclass(slots=True)
class _KeySet:
    """What is known of a JWKS: keys `fetched_at`, and whether it `failed` when last `asked_at`."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    fetched_at: Moment = NEVER
    asked_at: Moment = NEVER
    failed: bool = False

    def is_due(self, kid: object, clocks: Clocks) -> bool:
        waited = clocks.age(self.asked_at)
        if self.failed:
            return waited >= (JWKS_RETRY_SECONDS if self.known(clocks) else JWKS_FIRST_RETRY_SECONDS)
        return waited >= JWKS_SECONDS or (waited >= JWKS_RETRY_SECONDS and not select(self.keys, kid))

    def known(self, clocks: Clocks) -> list[dict[str, Any]]:
        return self.keys if clocks.age(self.fetched_at) <= JWKS_STALE_SECONDS else []

    def ask(self, url: str, claim: Claim, now: Moment) -> None:
        self.asked_at, self.failed = now, True
        self.keys = _fetched(url, claim)
        self.fetched_at, self.failed = now, False


_lock = threading.Lock()
_jwks: dict[str, _KeySet] = {}


def parse_jwks(text: str | bytes) -> list[dict[str, Any]] | None:
    """The keys of a JWKS, or the one key of a JWK; None for what is neither. Symmetric keys have no place
    in a public set."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    keys = data.get("keys", [data] if "kty" in data else None) if isinstance(data, dict) else None
    if not isinstance(keys, list):
        return None
    return [key for key in keys if isinstance(key, dict) and key.get("kty") != "oct"]


def select(keys: list[dict[str, Any]], kid: object, *, every: bool = False) -> list[dict[str, Any]]:
    if every:
        return keys
    return [key for key in keys if key.get("kid") == kid] if kid is not None else keys[:1]


def jwks_keys(url: str, kid: object, claim: Claim, *, every: bool = False) -> list[dict[str, Any]]:
    """The set's keys named `kid`, or `every` one; from memory for an hour; fetched again for a key not seen
    before.

    While that fails, known keys serve on, for a day; of any other nothing can be said: `key_unavailable`.
    """
    clocks = CLOCKS.told(claim.now)
    with _lock:
        kept = _jwks.setdefault(url, _KeySet())
        failure: SignatureError | None = None
        if kept.is_due(kid, clocks):
            try:
                kept.ask(url, claim, clocks.now())
            except SignatureError as error:
                failure = error
        found = select(kept.known(clocks), kid, every=every)
        if not found and kept.failed:
            raise SignatureError("key_unavailable") from (failure and failure.__cause__)
        return found


def _fetched(url: str, claim: Claim) -> list[dict[str, Any]]:
    keys = parse_jwks(_fetch(url, claim))
    if keys is None:
        raise SignatureError("key_unavailable")
    return keys


def _fetch(url: str, claim: Claim) -> bytes:
    if claim.fetch is None:
        raise SignatureError("key_unavailable")
    host = urlsplit(url).hostname or ""
    try:
        return claim.fetch.get(url, allowed_hosts=(host,), max_bytes=MAX_JWKS_BYTES, timeout_seconds=3.0)
    except Exception as error:
        raise SignatureError("key_unavailable") from error

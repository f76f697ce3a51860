"""OAuth 2.0 client credentials (RFC 6749, 4.4): bearer tokens for subscribers that want one, kept in memory
only."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote_plus

from doorbell.egress.errors import EgressError, FetchError
from doorbell.egress.fetch import Fetcher

MAX_TOKENS: Final = 1024
DEFAULT_LIFETIME_SECONDS: Final = 300.0
"""Where the answer does not say: RFC 6749, 5.1 only recommends `expires_in`."""
MARGIN_SECONDS: Final = 60.0
MARGIN_PART: Final = 0.2
"""Of a short lifetime: no more than this part is given up."""
SHARED_SECONDS: Final = 5.0
"""How long an answer is used at least, a failure as well as a token that has no life left, so that ten
waiting threads do not wait ten times."""
TIMEOUT_SECONDS: Final = 10.0
_MAX_ANSWER_BYTES: Final = 64 * 1024
_TOKEN: Final = re.compile(r"[!-~]{1,8192}")
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")


@dataclass(slots=True)
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str | None = None
    failure: FetchError | None = None
    until: float = 0.0


class TokenSource:
    """Thread-safe: one request at a time for each set of credentials, others wait for its result."""

    def __init__(
        self,
        fetcher: Fetcher,
        clock: Callable[[], float] = time.time,
        *,
        client_authentication: Literal["basic", "post"] = "basic",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """`client_authentication`: in the Authorization header (all servers must take it), or in the form."""
        self._fetcher = fetcher
        self._clock = clock
        self._authentication = client_authentication
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, ...], _Entry] = OrderedDict()

    def token(self, url: str, client_id: str, client_secret: str, scope: str | None = None) -> str:
        """A token with some life left. Raises FetchError `oauth_failed`, which is also fit for an Outcome."""
        entry = self._entry(url, client_id, client_secret, scope)
        with entry.lock:
            if self._clock() >= entry.until:
                self._renew(entry, url, client_id, client_secret, scope)
            if entry.token is None:
                raise entry.failure or FetchError("oauth_failed", "no token")
            return entry.token

    def forget(self, url: str, client_id: str, client_secret: str, scope: str | None = None) -> None:
        """Ask anew next time: the subscriber answered 401 to the token."""
        with self._lock:
            self._entries.pop(_key(url, client_id, client_secret, scope), None)

    def _entry(self, url: str, client_id: str, client_secret: str, scope: str | None) -> _Entry:
        key = _key(url, client_id, client_secret, scope)
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > MAX_TOKENS:
                self._entries.popitem(last=False)
            return entry

    def _renew(self, entry: _Entry, url: str, client_id: str, client_secret: str, scope: str | None) -> None:
        try:
            entry.token, lifetime = self._ask(url, client_id, client_secret, scope)
            entry.failure = None
        except FetchError as error:
            entry.token, entry.failure, lifetime = None, error, 0.0
        entry.until = self._clock() + max(lifetime, SHARED_SECONDS)

    def _ask(self, url: str, client_id: str, client_secret: str, scope: str | None) -> tuple[str, float]:
        fields = [("grant_type", "client_credentials")]
        headers: list[tuple[str, str]] = []
        if scope:
            fields.append(("scope", scope))
        if self._authentication == "basic":
            headers.append(("authorization", _basic(client_id, client_secret)))
        else:
            fields += [("client_id", client_id), ("client_secret", client_secret)]
        try:
            status, body = self._fetcher.post_form(
                url, fields, headers, max_bytes=_MAX_ANSWER_BYTES, timeout_seconds=self._timeout_seconds
            )
        except EgressError as error:
            raise FetchError("oauth_failed", f"token endpoint: {error.code}: {error.detail}") from error
        return _read(status, body)


def _key(url: str, client_id: str, client_secret: str, scope: str | None) -> tuple[str, ...]:
    return url, client_id, hashlib.sha256(client_secret.encode()).hexdigest(), scope or ""


def _basic(client_id: str, client_secret: str) -> str:
    """Both are form-encoded before they are joined (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")


def _read(status: int, body: bytes) -> tuple[str, float]:
    """Token and seconds it may be used."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise FetchError(
            "oauth_failed", f"token endpoint answered {status} without a JSON object", status=status
        )
    if status != 200:
        code = answer.get("error")
        known = code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else "no error code"
        raise FetchError("oauth_failed", f"token endpoint answered {status}: {known}", status=status)
    token = answer.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise FetchError("oauth_failed", "token endpoint gave no usable access_token", status=status)
    if str(answer.get("token_type", "bearer")).lower() != "bearer":
        raise FetchError(
            "oauth_failed", "token endpoint gave a token that is not a bearer token", status=status
        )
    lifetime = _lifetime(answer.get("expires_in"))
    return token, max(lifetime - min(MARGIN_SECONDS, lifetime * MARGIN_PART), 0.0)


def _lifetime(expires_in: object) -> float:
    """Seconds; some servers send the number as text."""
    if isinstance(expires_in, bool) or not isinstance(expires_in, (int, float, str)):
        return DEFAULT_LIFETIME_SECONDS
    try:
        seconds = float(expires_in)
    except (ValueError, OverflowError):
        return DEFAULT_LIFETIME_SECONDS
    return seconds if 0 <= seconds <= 10**9 else DEFAULT_LIFETIME_SECONDS

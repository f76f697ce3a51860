"""OAuth 2.0 client credentials (RFC 6749, 4.4): bearer tokens for subscribers that want one, kept in memory
only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.errors import Busy
from doorbell.domain.subscriptions import OAuth
from doorbell.egress.errors import LOOKUPS_BUSY, EgressError, FetchError
from doorbell.egress.fetch import Fetcher
from doorbell.egress.token_requests import ClientAuthentication, TokenRequest, token_in

MAX_TOKENS: Final = 1024
SHARED_SECONDS: Final = 5.0
"""How long an answer is used at least, a failure as well as a token that has no life left, so that ten
waiting threads do not wait ten times."""
TIMEOUT_SECONDS: Final = 10.0
_MAX_ANSWER_BYTES: Final = 64 * 1024


@dataclass(slots=True)
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str | None = field(default=None, repr=False)
    failure: FetchError | None = None
    asked_at: Moment = NEVER
    used_seconds: float = 0.0


class TokenSource:
    """Thread-safe: one request at a time for each set of credentials, others wait for its result."""

    def __init__(
        self,
        fetcher: Fetcher,
        clocks: Clocks = CLOCKS,
        *,
        client_authentication: ClientAuthentication = "basic",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """`client_authentication` where a call does not say."""
        self._fetcher = fetcher
        self._clocks = clocks
        self._authentication = client_authentication
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[object, ...], _Entry] = OrderedDict()

    def token(self, url: str, client_id: str, client_secret: str, scope: str | None = None) -> str:
        """A token with some life left. Raises FetchError `oauth_failed`, which is also fit for an Outcome;
        and Busy."""
        return self._token(TokenRequest(url, client_id, client_secret, scope or "", self._authentication))

    def forget(self, url: str, client_id: str, client_secret: str, scope: str | None = None) -> None:
        """Ask anew next time: the subscriber answered 401 to the token."""
        self._forget(TokenRequest(url, client_id, client_secret, scope or "", self._authentication))

    def token_for(self, oauth: OAuth, client_secret: str) -> str:
        """`token`, as a subscription has it."""
        return self._token(_request(oauth, client_secret))

    def forget_for(self, oauth: OAuth, client_secret: str) -> None:
        self._forget(_request(oauth, client_secret))

    def _token(self, request: TokenRequest) -> str:
        entry = self._entry(request)
        with entry.lock:
            if self._clocks.age(entry.asked_at) >= entry.used_seconds:
                self._renew(entry, request)
            if entry.token is None:
                raise entry.failure or FetchError("oauth_failed", "no token")
            return entry.token

    def _forget(self, request: TokenRequest) -> None:
        with self._lock:
            self._entries.pop(request.key(), None)

    def _entry(self, request: TokenRequest) -> _Entry:
        key = request.key()
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > MAX_TOKENS:
                self._entries.popitem(last=False)
            return entry

    def _renew(self, entry: _Entry, request: TokenRequest) -> None:
        try:
            entry.token, lifetime = self._ask(request)
            entry.failure = None
        except FetchError as error:
            entry.token, entry.failure, lifetime = None, error, 0.0
        entry.asked_at, entry.used_seconds = self._clocks.now(), max(lifetime, SHARED_SECONDS)

    def _ask(self, request: TokenRequest) -> tuple[str, float]:
        try:
            fields, headers = request.fields(), request.headers()
            status, body = self._fetcher.post_form(
                request.url,
                fields,
                headers,
                max_bytes=_MAX_ANSWER_BYTES,
                timeout_seconds=self._timeout_seconds,
            )
        except UnicodeEncodeError:
            raise FetchError("oauth_failed", "client id or secret is not text that can be sent") from None
        except EgressError as error:
            if error.code == LOOKUPS_BUSY:
                raise Busy("lookups") from error
            raise FetchError("oauth_failed", f"token endpoint: {error.code}: {error.detail}") from error
        return token_in(status, body)


def _request(oauth: OAuth, client_secret: str) -> TokenRequest:
    return TokenRequest(
        oauth.token_url,
        oauth.client_id,
        client_secret,
        oauth.scope,
        oauth.client_authentication,
        oauth.parameters,
    )

"""Calls of providers' APIs: through the guard, to known hosts only, with a limit of the provider's kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from doorbell import __version__
from doorbell.domain.backfill import Gone, Later, NotPossible
from doorbell.domain.outbound import OutboundRequest
from doorbell.domain.retry_after import TOO_MANY_REQUESTS, retry_after_seconds, wait_asked_for
from doorbell.egress.errors import EgressError, GuardError
from doorbell.egress.transport import Transport

MAX_BYTES: Final = 32 * 1024 * 1024
"""Of an answer: a page of a hundred events."""
TIMEOUT_SECONDS: Final = 20.0
LIMITED_SECONDS: Final = 60.0
"""Where a limit was met and the provider does not say for how long: GitHub wants a minute at least."""
TROUBLE_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Later(TROUBLE_SECONDS, "its answer is not JSON") from None


@dataclass(frozen=True, slots=True)
class Api:
    """One provider's, at `base`. `credential` gives the headers that prove who asks; a secret is in them."""

    transport: Transport
    base: str
    headers: tuple[tuple[str, str], ...]
    credential: Callable[[], tuple[tuple[str, str], ...]]
    clock: Callable[[], float]

    def call(self, method: str, path: str) -> ApiAnswer:
        """The answer of a 2xx. Raises `Later`, `NotPossible`, and `Gone` for 400, 404, 410, 422."""
        ours = ("user-agent", f"Doorbell/{__version__}")
        headers = (*self.headers, *self.credential(), ours)
        request = OutboundRequest(f"{self.base}{path}", headers, b"", TIMEOUT_SECONDS, method)
        host = urlsplit(self.base).netloc
        try:
            answer = self.transport.exchange(request, MAX_BYTES)
        except GuardError as error:
            raise NotPossible(f"{host} may not be called: {error.code}: {error.detail}") from error
        except EgressError as error:
            raise Later(TROUBLE_SECONDS, f"{host}: {error.code}") from error
        if 200 <= answer.status <= 299:
            if answer.is_cut or answer.broken is not None:
                raise Later(TROUBLE_SECONDS, f"{host}: the answer did not come whole")
            return ApiAnswer(answer.headers, answer.body)
        raise _problem(answer.status, answer.headers, host, self.clock())


def _problem(status: int, headers: Mapping[str, str], host: str, now: float) -> Exception:
    """GitHub says 403 for its limits too, with `retry-after` or none remaining.
    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
    limited = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    if status == TOO_MANY_REQUESTS or (status == 403 and limited):
        asked = retry_after_seconds(wait_asked_for(headers, TOO_MANY_REQUESTS), now=now)
        return Later(asked or LIMITED_SECONDS, f"{host} limits its callers", limited=True)
    if status in (400, 404, 410, 422):
        return Gone(f"{host} answered {status}")
    if status >= 500 or status == 408:
        return Later(TROUBLE_SECONDS, f"{host} answered {status}")
    if status in (401, 403):
        return NotPossible(f"{host} answered {status}: the credential is not taken, or may not do this")
    return NotPossible(f"{host} answered {status}")

"""Small downloads (certificates, key sets) and form posts, through the same guard and client as
deliveries."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode

from doorbell import __version__
from doorbell.domain.outbound import OutboundRequest
from doorbell.egress.conversation import WireAnswer
from doorbell.egress.errors import EgressError, FetchError, GuardError
from doorbell.egress.guard import EgressPolicy, Resolver, check_url
from doorbell.egress.transport import Transport

FORM: Final = "application/x-www-form-urlencoded"
_OURS: Final = ("user-agent", f"Doorbell/{__version__}")

type AllowedHosts = Callable[[str], bool] | Sequence[str]
"""Host names in lower case: a rule, or the whole list."""


class Fetcher:
    """Raises GuardError, FetchError and nothing else for what the URL or the peer does wrong. Thread-safe."""

    def __init__(
        self,
        policy: EgressPolicy,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        transport: Transport | None = None,
    ) -> None:
        """`transport` is shared with others when given, and then brings its own resolver and clock."""
        self._policy = policy
        self._transport = transport or Transport(policy, resolver, clock)

    def get(self, url: str, *, allowed_hosts: AllowedHosts, max_bytes: int, timeout_seconds: float) -> bytes:
        """The body of a 200. A host that is not allowed is GuardError `host_refused`, before any look-up."""
        host = check_url(url, self._policy).host
        is_allowed = allowed_hosts(host) if callable(allowed_hosts) else host in allowed_hosts
        if not is_allowed:
            raise GuardError("host_refused", f"{host} is not a host this may be fetched from")
        answer = self._exchange(OutboundRequest(url, (_OURS,), b"", timeout_seconds, "GET"), max_bytes)
        if answer.status != 200:
            raise FetchError("fetch_status", f"{host} answered {answer.status}", status=answer.status)
        return answer.body

    def post_form(
        self,
        url: str,
        fields: Sequence[tuple[str, str]],
        headers: Sequence[tuple[str, str]] = (),
        *,
        max_bytes: int,
        timeout_seconds: float,
    ) -> tuple[int, bytes]:
        """Status and body, whatever the status: a token endpoint says in the body of a 400 what is wrong."""
        body = urlencode(fields).encode("ascii")
        headers = (*headers, ("content-type", FORM), ("accept", "application/json"), _OURS)
        answer = self._exchange(OutboundRequest(url, headers, body, timeout_seconds), max_bytes)
        return answer.status, answer.body

    def _exchange(self, request: OutboundRequest, max_bytes: int) -> WireAnswer:
        try:
            answer = self._transport.exchange(request, max_bytes)
        except GuardError:
            raise
        except EgressError as error:
            raise FetchError(error.code, error.detail, status=error.status) from error
        if answer.broken is not None:
            raise FetchError(answer.broken.code, answer.broken.detail, status=answer.status)
        if answer.is_cut:
            raise FetchError("fetch_too_large", f"more than {max_bytes} bytes", status=answer.status)
        if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise FetchError(
                "fetch_encoded", "compressed, though identity was asked for", status=answer.status
            )
        return answer

"""The sender of deliveries: a request in, an Outcome out, never an exception."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.egress.conversation import WireAnswer
from doorbell.egress.errors import EgressError
from doorbell.egress.guard import EgressPolicy, Resolver
from doorbell.egress.headers import credentials_in
from doorbell.egress.text import detail, readable
from doorbell.egress.transport import Transport

MAX_BODY_BYTES: Final = 64 * 1024
_MAX_RETRY_AFTER: Final = 100


class HttpSender:
    """Thread-safe: up to `idle.MAX_IDLE_PER_KEY` threads keep a connection each to the same host."""

    def __init__(
        self,
        policy: EgressPolicy,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        transport: Transport | None = None,
    ) -> None:
        """`transport` is shared with others when given, and then brings its own policy, resolver and
        clock."""
        self._transport = transport or Transport(policy, resolver, clock)
        self._clock = clock

    def send(self, request: OutboundRequest) -> Outcome:
        started = self._clock()
        try:
            answer = self._transport.exchange(request, MAX_BODY_BYTES)
        except EgressError as error:
            return Outcome(
                error.status, error.code, detail(error.detail), None, "", self._milliseconds(started)
            )
        return Outcome(
            status=answer.status,
            error=None,
            detail="",
            retry_after=_retry_after(answer),
            response=_text(answer, request),
            duration_ms=self._milliseconds(started),
        )

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._transport.close()

    def _milliseconds(self, started: float) -> int:
        return round((self._clock() - started) * 1000)


def _retry_after(answer: WireAnswer) -> str | None:
    value = answer.headers.get("retry-after")
    return None if value is None else detail(value)[:_MAX_RETRY_AFTER]


def _text(answer: WireAnswer, request: OutboundRequest) -> str:
    """Nothing of a compressed body: it was not asked for, and is not unpacked."""
    packed = answer.headers.get("content-encoding", "identity").strip().lower() != "identity"
    if packed or not answer.body:
        return ""
    return readable(answer.body, redact=credentials_in(request.headers, request.secrets))

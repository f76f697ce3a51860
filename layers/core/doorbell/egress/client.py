"""The sender of deliveries: a request in, an Outcome out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from doorbell.domain.errors import Busy
from doorbell.domain.outbound import OutboundRequest, Outcome, is_2xx
from doorbell.domain.retry_after import wait_asked_for
from doorbell.egress.conversation import WireAnswer
from doorbell.egress.errors import LOOKUPS_BUSY, EgressError
from doorbell.egress.guard import EgressPolicy, Resolver
from doorbell.egress.headers import credentials_in
from doorbell.egress.seen import Seen
from doorbell.egress.text import detail, readable
from doorbell.egress.told import told
from doorbell.egress.transport import Transport

MAX_BODY_BYTES: Final = 64 * 1024
TAKEN_SECONDS: Final = 2.0
"""For the body of a 2xx: the event is delivered, whatever it says, and nothing parks an endpoint that is
well. One that fails and drips is a `timeout`, and is parked: its body is waited for to the deadline."""
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
        tells_successes: bool = False,
    ) -> None:
        """`transport` is shared with others when given, and then brings its own policy, resolver and
        clock. `tells_successes`: what was seen of a 2xx is told too."""
        self._transport = transport or Transport(policy, resolver, clock)
        self._clock, self._tells_successes = clock, tells_successes

    def send(self, request: OutboundRequest) -> Outcome:
        """Raises Busy, and nothing else: nothing was begun, as others' names take up all look-ups."""
        started, seen = self._clock(), Seen(self._clock)
        try:
            answer = self._transport.exchange(request, MAX_BODY_BYTES, TAKEN_SECONDS, seen)
        except EgressError as error:
            if error.code == LOOKUPS_BUSY:
                raise Busy("lookups") from error
            took, wire = self._milliseconds(started), told(request, seen, None)
            return Outcome(error.status, error.code, detail(error.detail), None, "", took, wire)
        broken = answer.broken
        return Outcome(
            status=answer.status,
            error=broken.code if broken else None,
            detail=detail(broken.detail) if broken else "",
            retry_after=_retry_after(answer),
            response=_text(answer, request),
            duration_ms=self._milliseconds(started),
            wire=told(request, seen, answer) if self._tells_successes or not is_2xx(answer.status) else None,
        )

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._transport.close()

    def _milliseconds(self, started: float) -> int:
        return round((self._clock() - started) * 1000)


def _retry_after(answer: WireAnswer) -> str | None:
    value = wait_asked_for(answer.headers, answer.status)
    return None if value is None else detail(value)[:_MAX_RETRY_AFTER]


def _text(answer: WireAnswer, request: OutboundRequest) -> str:
    """Nothing of a compressed body: it was not asked for, and is not unpacked."""
    packed = answer.headers.get("content-encoding", "identity").strip().lower() != "identity"
    if packed or not answer.body:
        return ""
    return readable(answer.body, redact=credentials_in(request.headers, request.secrets))

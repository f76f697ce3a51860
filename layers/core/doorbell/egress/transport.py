"""One request, one answer, over a checked address, within one deadline. Everything that leaves Doorbell by
HTTP to somebody else's host leaves here.

There is no second try in here. A request written to a kept connection that turns out to be closed is a
`connection_lost` like any other: whether the peer read it cannot be known, every send is an attempt on
record, and the delivery's schedule repeats it. Kept connections are dropped young to make that rare.
No redirects, no proxy, no cookies, no decompression.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from typing import Final

from doorbell.domain.outbound import OutboundRequest
from doorbell.egress import failures
from doorbell.egress.addresses import Address
from doorbell.egress.connections import PinnedConnection, open_connection
from doorbell.egress.conversation import WireAnswer, converse
from doorbell.egress.errors import RequestRefused
from doorbell.egress.guard import CheckedUrl, EgressPolicy, Resolver, check_url, resolve
from doorbell.egress.headers import outgoing
from doorbell.egress.idle import IdleConnections, PoolKey
from doorbell.egress.recent_names import RecentNames
from doorbell.egress.resolver import SystemResolver
from doorbell.egress.seen import Seen
from doorbell.egress.tls import TlsContexts
from doorbell.egress.wire import Exchange

_METHOD: Final = re.compile(r"[A-Z]{1,16}")


class Transport:
    """Thread-safe; one per process."""

    def __init__(
        self,
        policy: EgressPolicy,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        idle: IdleConnections | None = None,
    ) -> None:
        self._policy = policy
        self._resolver = RecentNames(SystemResolver()) if resolver is None else resolver
        self._clock = clock
        self._idle = IdleConnections() if idle is None else idle
        self._contexts = TlsContexts()

    def exchange(
        self,
        request: OutboundRequest,
        max_body_bytes: int,
        taken_seconds: float | None = None,
        seen: Seen | None = None,
    ) -> WireAnswer:
        """Raises EgressError, and nothing else, for what the peer, the name or the request does wrong; once
        the head of an answer has come, what is wrong with the rest is in the answer. `taken_seconds`: how
        long the body of a 2xx is waited for at the most. `seen`: what came of it is noted there."""
        exchange = Exchange(request.timeout_seconds, self._clock, seen)
        checked = check_url(request.url, self._policy)
        if not _METHOD.fullmatch(request.method):
            raise RequestRefused("method_refused", "not an HTTP method")
        headers = outgoing(request.headers)
        tls = (request.ca_bundle_pem, request.client_cert_pem) if checked.scheme == "https" else (None, None)
        context = self._contexts.get(tls) if checked.scheme == "https" else None
        addresses = self._resolve(checked, exchange)
        key = PoolKey(checked.scheme, checked.host, checked.port, tls)
        kept = self._idle.take(key, addresses)
        connection = kept or _open(checked, addresses, context, exchange)
        exchange.seen.address, exchange.seen.is_kept = connection.peer, kept is not None
        connection.bind(exchange)
        answer: WireAnswer | None = None
        try:
            answer = converse(
                connection,
                request.method,
                checked.target,
                headers,
                request.body,
                exchange,
                max_body_bytes,
                taken_seconds,
            )
        finally:
            if answer is not None and answer.is_reusable:
                self._idle.put(key, connection, answer.headers.get("keep-alive", ""))
            else:
                connection.close()
        return answer

    def close(self) -> None:
        self._idle.close()

    def _resolve(self, checked: CheckedUrl, exchange: Exchange) -> tuple[Address, ...]:
        try:
            found = resolve(checked, self._policy, self._resolver, exchange.remaining())
        except Exception as error:
            raise failures.while_resolving(error) from error
        exchange.seen.mark("resolved")
        exchange.seen.address = found[0]
        return found


def _open(
    checked: CheckedUrl, addresses: tuple[Address, ...], context: ssl.SSLContext | None, exchange: Exchange
) -> PinnedConnection:
    try:
        return open_connection(checked, addresses, context, exchange)
    except Exception as error:
        raise failures.while_connecting(error, f"{addresses[0]} port {checked.port}") from error

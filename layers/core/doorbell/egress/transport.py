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

    def exchange(self, request: OutboundRequest, max_body_bytes: int) -> WireAnswer:
        """Raises EgressError, and nothing else, for what the peer, the name or the request does wrong."""
        exchange = Exchange(request.timeout_seconds, self._clock)
        checked = check_url(request.url, self._policy)
        if not _METHOD.fullmatch(request.method):
            raise RequestRefused("method_refused", "not an HTTP method")
        headers = outgoing(request.headers)
        tls = (request.ca_bundle_pem, request.client_cert_pem) if checked.scheme == "https" else (None, None)
        context = self._contexts.get(tls) if checked.scheme == "https" else None
        addresses = self._resolve(checked, exchange)
        key = PoolKey(checked.scheme, checked.host, checked.port, tls)
        connection = self._idle.take(key, addresses) or _open(checked, addresses, context, exchange)
        connection.bind(exchange)
        answer: WireAnswer | None = None
        try:
            answer = converse(
                connection, request.method, checked.target, headers, request.body, exchange, max_body_bytes
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
            return resolve(checked, self._policy, self._resolver, exchange.remaining())
        except Exception as error:
            raise failures.while_resolving(error) from error


def _open(
    checked: CheckedUrl, addresses: tuple[Address, ...], context: ssl.SSLContext | None, exchange: Exchange
) -> PinnedConnection:
    try:
        return open_connection(checked, addresses, context, exchange)
    except Exception as error:
        raise failures.while_connecting(error, f"{addresses[0]} port {checked.port}") from error

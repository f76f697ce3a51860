"""From several addresses of a host to one connection, within the exchange's deadline.

An address that never answers, IPv6 of a host whose network lost it above all, must not use up the time of
the others: they are tried one after the other, each a quarter second after the one before, and whichever
stands first is taken (RFC 8305, "Happy Eyeballs").
"""

from __future__ import annotations

import math
import os
import select
import socket
from collections.abc import Sequence
from errno import EINPROGRESS
from itertools import zip_longest
from typing import Final

from doorbell.egress.addresses import Address
from doorbell.egress.wire import BoundSocket, Exchange

MAX_ADDRESSES_TRIED: Final = 4
HEAD_START_SECONDS: Final = 0.25
"""RFC 8305, 5 and 8: the recommended delay."""


def connect[Kind: BoundSocket](
    addresses: Sequence[Address], port: int, exchange: Exchange, kind: type[Kind]
) -> tuple[Kind, Address]:
    """A socket of that kind, connected, and the address it is connected to. Raises OSError, TimeoutError at
    the deadline among them."""
    race = _Race(port, kind)
    try:
        sock, address = _winner(race, by_turns(addresses)[:MAX_ADDRESSES_TRIED], exchange)
    finally:
        race.close()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.exchange = exchange
    return sock, address


def by_turns(addresses: Sequence[Address]) -> list[Address]:
    """IPv6 and IPv4 in turn, the resolver's first choice first (RFC 8305, 4): many addresses of the one must
    not keep the other from being tried."""
    preferred = [address for address in addresses if address.version == addresses[0].version]
    others = [address for address in addresses if address.version != addresses[0].version]
    pairs = zip_longest(preferred, others)
    return [address for pair in pairs for address in pair if address is not None]


def _winner[Kind: BoundSocket](
    race: _Race[Kind], addresses: Sequence[Address], exchange: Exchange
) -> tuple[Kind, Address]:
    for address in addresses:
        race.start(address)
        if winner := race.wait(min(HEAD_START_SECONDS, exchange.remaining())):
            return winner
    while race.is_on:
        if winner := race.wait(exchange.remaining()):
            return winner
    raise race.failure


class _Race[Kind: BoundSocket]:
    """Connections under way to one port of some addresses. `failure` is why the last that failed did."""

    def __init__(self, port: int, kind: type[Kind]) -> None:
        self._port, self._kind = port, kind
        self._running: dict[int, tuple[Kind, Address]] = {}
        self._poll = select.poll()
        self.failure: OSError = OSError("no address")

    @property
    def is_on(self) -> bool:
        return bool(self._running)

    def start(self, address: Address) -> None:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        try:
            sock = self._kind(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:  # a kernel without IPv6
            self.failure = error
            return
        code = sock.connect_ex((str(address), self._port))
        if code in (0, EINPROGRESS):
            self._running[sock.fileno()] = sock, address
            self._poll.register(sock, select.POLLOUT)
        else:
            self._failed(sock, code)

    def wait(self, seconds: float) -> tuple[Kind, Address] | None:
        """The first that stands; None when one failed, or that time is over."""
        for descriptor, _ in self._poll.poll(math.ceil(seconds * 1000)) if self._running else ():
            sock, address = self._running.pop(descriptor)
            self._poll.unregister(descriptor)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0:
                return sock, address
            self._failed(sock, code)
        return None

    def close(self) -> None:
        """Those that did not win."""
        for sock, _ in self._running.values():
            sock.close()

    def _failed(self, sock: Kind, code: int) -> None:
        sock.close()
        self.failure = OSError(code, os.strerror(code))

"""The host part of a URL, in the one spelling that every parser, resolver and server reads alike.

Strict on purpose: what two programs could read differently (odd numerals, trailing dots, other scripts'
digits and dots, percent signs) is refused rather than normalised.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from doorbell.domain.host_names import problem_with_name
from doorbell.egress.addresses import Address
from doorbell.egress.errors import GuardError

_NUMERAL: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_IPV6_TEXT: Final = re.compile(r"[0-9a-f:.]{2,45}")

INSIDE_SUFFIXES: Final = frozenset(
    {
        # RFC 6761, 6762, 7686, 8375, 9476 and ICANN's reserved "internal"
        "localhost", "local", "onion", "home.arpa", "alt", "internal",
        # in use inside networks, never delegated (RFC 6762 appendix G) and Kubernetes' own
        "localdomain", "intranet", "private", "corp", "home", "lan", "svc", "cluster",
        # cloud metadata by name
        "metadata.google.com", "metadata.azure.com", "metadata.tencentyun.com",
        "metadata.platformequinix.com", "metadata.packet.net",
    }
)  # fmt: skip
"""Names, with everything under them, that stand for the inside of some network. A second fence: the address
decides."""


def parse_host(text: str) -> tuple[str, Address | None]:
    """The host in lower case, and its address when it is a literal. `text` is ASCII; IPv6 comes in
    brackets."""
    host = text.lower()
    if host.startswith("["):
        literal = _ipv6(host)
        return literal.compressed, literal
    if _NUMERAL.fullmatch(host.rpartition(".")[2]):
        address = _ipv4(host)
        return host, address
    _check_name(host)
    return host, None


def is_inside_name(host: str) -> bool:
    """Whether the name alone says "inside": a single label, or under one of `INSIDE_SUFFIXES`."""
    labels = host.split(".")
    return len(labels) == 1 or any(".".join(labels[i:]) in INSIDE_SUFFIXES for i in range(len(labels)))


def _ipv6(host: str) -> IPv6Address:
    inner = host[1:-1]
    if not host.endswith("]") or not _IPV6_TEXT.fullmatch(inner):
        raise GuardError("host_refused", "not an IPv6 address in brackets")
    try:
        return IPv6Address(inner)
    except AddressValueError as error:
        raise GuardError("host_refused", "not an IPv6 address in brackets") from error


def _ipv4(host: str) -> IPv4Address:
    """Four decimal numbers without leading zeros, which is all that `IPv4Address` takes; no other numeral."""
    try:
        return IPv4Address(host)
    except AddressValueError as error:
        raise GuardError("host_refused", "a numeral that is not a dotted decimal IPv4 address") from error


def _check_name(host: str) -> None:
    if problem := problem_with_name(host):
        raise GuardError("host_refused", problem)

"""Which IP addresses are the public internet.

An explicit table, because `ipaddress.is_global` has changed between Python releases and calls NAT64, 6to4 and
multicast addresses global. Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890
and its successors) and the clouds' documents for their metadata addresses. An IPv6 address that carries an
IPv4 address (mapped, NAT64, 6to4, Teredo, ISATAP) is refused whatever it carries: no public host needs one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

type Address = IPv4Address | IPv6Address

_IPV4: Final[tuple[tuple[IPv4Network, str], ...]] = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "Azure platform"),
        ("169.254.0.0/16", "link-local, cloud metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

_IPV6: Final[tuple[tuple[IPv6Network, str], ...]] = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard only"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fd00:ec2::/32", "cloud metadata"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)

_IPV6_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""The only space IANA hands out; all else is special or not assigned (RFC 4291, 2.4)."""

_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
"""Upper half of an interface identifier whose lower half is an IPv4 address (RFC 5214, 6.1)."""


def special_kind(address: Address, allowed_cidrs: Sequence[str] = ()) -> str | None:
    """What makes `address` not public, in words; None when it is public or `allowed_cidrs` lets it in."""
    return _kind(address, tuple(allowed_cidrs))


@lru_cache(maxsize=1024)
def _kind(address: Address, allowed_cidrs: tuple[str, ...]) -> str | None:
    if any(address in network for network in _networks(allowed_cidrs)):
        return None
    if isinstance(address, IPv4Address):
        return _ipv4_kind(address)
    return _ipv6_kind(address)


def _ipv4_kind(address: IPv4Address) -> str | None:
    for network, name in _IPV4:
        if address in network:
            return name
    return None if address.is_global else "not global"


def _ipv6_kind(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "scoped to an interface"
    for network, name in _IPV6:
        if address in network:
            return name
    if address not in _IPV6_GLOBAL_UNICAST:
        return "not assigned"
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP"
    return None if address.is_global else "not global"


@lru_cache(maxsize=64)
def _networks(cidrs: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(cidr) for cidr in cidrs)

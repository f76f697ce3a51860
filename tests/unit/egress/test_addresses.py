"""Properties over the whole address space, judged by `ipaddress` and by hand-written lists, not by the
code's own."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.egress.addresses import special_kind
from doorbell.egress.errors import GuardError
from doorbell.egress.guard import EgressPolicy, check_url

OPEN = EgressPolicy(allow_http=True, allowed_ports=None)
INSIDE = [
    IPv4Network(n)
    for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
              "100.64.0.0/10")
]  # fmt: skip

inside_addresses = st.sampled_from(INSIDE).flatmap(
    lambda n: st.integers(int(n.network_address), int(n.broadcast_address)).map(IPv4Address)
)


def spellings(address: IPv4Address) -> list[str]:
    """The one proper spelling, those of inet_aton, and those inside IPv6."""
    number = int(address)
    a, b, c, d = address.packed
    low = f"{number >> 16:x}:{number & 0xFFFF:x}"
    inverted = number ^ 0xFFFFFFFF
    teredo_low = f"{inverted >> 16:x}:{inverted & 0xFFFF:x}"
    numerals = [
        str(address), str(number), hex(number), hex(number).upper(), f"0{number:o}", f"{number:#012x}",
        f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{number & 0xFFFF}", f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a:#x}.{b}.0{c:o}.{d}", f"{a + 256}.{b + 256}.{c + 256}.{d + 256}",
        f"{address}.", f"{a:03}.{b:03}.{c:03}.{d:03}" if min(a, b, c, d) < 100 else f"0{address}",
    ]  # fmt: skip
    embedded = [
        f"[::ffff:{address}]", f"[::ffff:{low}]", f"[::{address}]", f"[::ffff:0:{low}]",
        f"[64:ff9b::{address}]", f"[64:ff9b:1::{low}]", f"[2002:{low}::1]",
        f"[2001:0:4136:e378:8000:63bf:{teredo_low}]", f"[2600:1f00::5efe:{low}]",
    ]  # fmt: skip
    return numerals + embedded


@settings(deadline=None)
@given(inside_addresses)
def test_no_spelling_of_an_inside_ipv4_address_passes(address: IPv4Address) -> None:
    for spelling in spellings(address):
        with pytest.raises(GuardError):
            check_url(f"https://{spelling}/", OPEN)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_that_passes_is_global_and_no_multicast(address: IPv4Address) -> None:
    if special_kind(address) is None:
        assert address.is_global
        flags = [address.is_multicast, address.is_reserved, address.is_private, address.is_loopback]
        assert not any(flags)


@settings(deadline=None)
@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_an_ipv6_address_that_passes_is_global_unicast_and_carries_no_ipv4(address: IPv6Address) -> None:
    if special_kind(address) is None:
        assert address.is_global
        assert address.exploded[0] in "23"
        assert not any((address.ipv4_mapped, address.sixtofour, address.teredo))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nat64_is_refused_whatever_it_carries_though_python_calls_it_global(ipv4: int) -> None:
    address = IPv6Address((0x64FF9B << 96) | ipv4)
    assert special_kind(address) == "NAT64"


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "52.94.236.248", "2606:4700:4700::1111", "2a00:1450::1"]
)
def test_public_addresses_pass(text: str) -> None:
    assert special_kind(ip_address(text)) is None


@pytest.mark.parametrize(
    "text", ["192.88.99.1", "224.0.0.1", "64:ff9b::808:808", "2002:808:808::", "ff0e::1"]
)
def test_addresses_that_is_global_gets_wrong_on_some_python_are_special(text: str) -> None:
    assert special_kind(ip_address(text)) is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0.0.0.0", "this network"), ("10.0.0.1", "private"), ("100.127.255.255", "carrier-grade NAT"),
        ("127.0.0.53", "loopback"), ("168.63.129.16", "Azure platform"),
        ("169.254.169.254", "link-local, cloud metadata"), ("172.31.0.1", "private"),
        ("192.0.0.8", "protocol assignments"), ("192.0.2.1", "documentation"), ("192.31.196.1", "AS112"),
        ("192.52.193.1", "AMT"), ("192.168.0.1", "private"), ("192.175.48.1", "AS112"),
        ("198.19.255.255", "benchmarking"), ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"), ("239.255.255.250", "multicast"), ("255.255.255.255", "reserved"),
        ("::", "unspecified"), ("::1", "loopback"), ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::ffff:0:8.8.8.8", "IPv4-translated"), ("::8.8.8.8", "IPv4-compatible"),
        ("64:ff9b:1::1", "local NAT64"), ("100::1", "discard only"), ("2001::1", "Teredo"),
        ("2001:1ff::1", "protocol assignments"), ("2001:db8::1", "documentation"),
        ("2002:808:808::1", "6to4"), ("2620:4f:8000::1", "AS112"), ("3fff:fff::1", "documentation"),
        ("5f00::1", "segment routing"), ("fd00:ec2::254", "cloud metadata"), ("fd12::1", "unique local"),
        ("febf::1", "link-local"), ("feff::1", "site-local"), ("ff02::fb", "multicast"),
        ("2600::1%lo", "scoped to an interface"), ("4000::1", "not assigned"),
    ],
)  # fmt: skip
def test_the_kind_is_named_from_our_own_table(text: str, kind: str) -> None:
    assert special_kind(ip_address(text)) == kind


def test_an_allowed_network_lets_in_its_own_family_only() -> None:
    assert special_kind(ip_address("127.0.0.1"), ("127.0.0.1/32",)) is None
    assert special_kind(ip_address("127.0.0.2"), ("127.0.0.1/32",)) == "loopback"
    assert special_kind(ip_address("::ffff:127.0.0.1"), ("127.0.0.1/32",)) == "IPv4-mapped"

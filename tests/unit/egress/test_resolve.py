"""The addresses behind a name: all of them public, or none is used."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from doorbell.egress.errors import GuardError
from doorbell.egress.guard import EgressPolicy, Resolver, check_url, resolve

POLICY = EgressPolicy()
CHECKED = check_url("https://subscriber.example.com/", POLICY)


def answering(*addresses: str) -> Resolver:
    def resolver(host: str, timeout_seconds: float) -> Sequence[str]:
        assert host == "subscriber.example.com"
        return addresses

    return resolver


def test_public_addresses_are_returned_in_the_resolvers_order_without_repeats() -> None:
    found = resolve(CHECKED, POLICY, answering("8.8.8.8", "2606:4700::1111", "8.8.8.8", "1.1.1.1"), 1)
    assert found == (ip_address("8.8.8.8"), ip_address("2606:4700::1111"), ip_address("1.1.1.1"))


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "fd00:ec2::254"],
)
def test_one_special_address_among_public_ones_refuses_them_all(inside: str) -> None:
    for answer in ([inside], [inside, "8.8.8.8"], ["8.8.8.8", "1.1.1.1", inside]):
        with pytest.raises(GuardError) as refusal:
            resolve(CHECKED, POLICY, answering(*answer), 1)
        assert refusal.value.code == "address_refused"


@pytest.mark.parametrize("answer", [[], ["not an address"], ["8.8.8.8", ""]])
def test_an_answer_without_usable_addresses_is_a_dns_failure(answer: list[str]) -> None:
    with pytest.raises(GuardError) as refusal:
        resolve(CHECKED, POLICY, answering(*answer), 1)
    assert refusal.value.code == "dns_failed"


def test_a_literal_address_is_not_looked_up() -> None:
    def resolver(host: str, timeout_seconds: float) -> Sequence[str]:
        raise AssertionError("looked up")

    found = resolve(check_url("https://8.8.8.8/", POLICY), POLICY, resolver, 1)
    assert found == (ip_address("8.8.8.8"),)

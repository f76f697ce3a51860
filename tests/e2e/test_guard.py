"""Guarantee 5: no way inside, whatever a subscription says."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import pytest

from tests.support.gateway import Gateway
from tests.support.patience import latest
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e


def refused(gateway: Gateway, url: str, code: str) -> None:
    """The delivery ends without an answer, and the attempt says why."""
    source = gateway.put_source()
    subscription = gateway.put_subscription(source, url, retry={"preset": "once"})
    delivery = gateway.wait_until_ended(gateway.push(source).event_id, 1, 60)[subscription]
    assert delivery["state"] == "exhausted"
    (attempt,) = delivery["attempts"]
    assert attempt["error"] == code
    assert "status" not in attempt


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
        "http://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[64:ff9b::a9fe:a9fe]/",
    ],
)
def test_special_address_is_refused_and_the_attempt_says_so(gateway: Gateway, url: str) -> None:
    refused(gateway, url, "address_refused")


@pytest.mark.parametrize("host", ["0x7f.1", "017700000001", "2130706433", "127.1"])
def test_loopback_in_an_odd_spelling_is_refused_even_where_loopback_is_allowed(
    gateway: Gateway, host: str
) -> None:
    with subscriber(ok) as inside:
        refused(gateway, inside.url.replace("127.0.0.1", host), "host_refused")
        assert inside.received == []


def test_name_that_resolves_inside_is_refused_and_nobody_connects(gateway: Gateway) -> None:
    """As deployed for local use, loopback is allowed. Here the dispatcher lets another network in instead."""
    with subscriber(ok) as inside:
        by_name = inside.url.replace("127.0.0.1", "localhost")
        with dispatcher_that_allows(gateway, "192.0.2.0/24"):
            refused(gateway, by_name, "address_refused")
            refused(gateway, inside.url, "address_refused")
            assert inside.connections == 0
        source = gateway.put_source()  # and it was the guard, not the subscriber
        gateway.put_subscription(source, by_name)
        gateway.wait_until_ended(gateway.push(source).event_id, 1, 60)
        assert inside.connections == 1


@contextmanager
def dispatcher_that_allows(gateway: Gateway, cidrs: str) -> Iterator[None]:
    name = gateway.stack.function_name("dispatcher")
    functions = gateway.stack.client("lambda")
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def configure(variables: dict[str, str]) -> None:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        deadline = latest(30)
        while functions.get_function_configuration(FunctionName=name)["LastUpdateStatus"] != "Successful":
            assert monotonic() < deadline
            sleep(0.1)

    configure({**before, "EGRESS_ALLOWED_CIDRS": cidrs})
    try:
        yield
    finally:
        configure(before)

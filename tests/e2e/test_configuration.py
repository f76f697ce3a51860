"""Items written by hand: a broken one is skipped, loudly, and harms no neighbour."""

import json

import pytest

from tests.support.gateway import Gateway
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e


def log_lines(gateway: Gateway, function: str, item: str) -> list[dict[str, object]]:
    """As soon as there are some: what an invocation writes is had once it is over."""

    def found() -> list[str]:
        return [line for line in gateway.stack.logs(function) if item in line and "config_error" in line]

    gateway.wait_until(lambda: bool(found()), 30)
    return [json.loads(line[line.index("{") :]) for line in found()]


def test_broken_subscription_is_named_in_the_log_and_its_neighbour_is_served(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        good = gateway.put_subscription(source, serving.url)
        broken = gateway.put_subscription(source, serving.url, timeout_seconds=9999)
        event_id = gateway.push(source).event_id
        assert set(gateway.wait_until_ended(event_id, 1, 60)) == {good}
        assert len(serving.received) == 1
    lines = log_lines(gateway, "fanout", broken)
    assert lines[0]["level"] == "ERROR"
    assert lines[0]["field"] == "timeout_seconds"
    # what the alarm watches
    gateway.wait_until(lambda: any('"Trouble"' in line for line in gateway.stack.logs("fanout")), 30)


def test_broken_source_refuses_and_names_the_field_in_the_log_not_to_the_caller(gateway: Gateway) -> None:
    source = gateway.put_source(max_body_bytes="a lot")
    answer = gateway.push(source)
    assert (answer.status, answer.json["code"]) == (503, "source_misconfigured")
    assert "max_body_bytes" not in answer.body
    assert any("max_body_bytes" in json.dumps(line) for line in log_lines(gateway, "ingest", source))


def test_a_source_written_by_hand_that_the_cli_would_refuse_accepts_nothing(gateway: Gateway) -> None:
    source = gateway.put_source(options={"no_such_option": "x"})
    answer = gateway.push(source)
    assert (answer.status, answer.json["code"]) == (503, "source_misconfigured")
    assert any("no_such_option" in json.dumps(line) for line in log_lines(gateway, "ingest", source))

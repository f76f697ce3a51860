"""Endpoints that fail, each in its own way: the right state in the end, the right attempts on record."""

from time import sleep
from typing import Any

import pytest

from tests.support.gateway import Gateway
from tests.support.subscribers import (
    Behaviour,
    Handler,
    Subscriber,
    always,
    dead_port,
    endless_body,
    failing,
    hangs,
    hangs_after_headers,
    ok,
    subscriber,
)

pytestmark = pytest.mark.e2e

WAIT = 90.0
"""Seconds until a test gives up; on a busy machine a retry after one second can take several."""
HANGS_SECONDS = 120.0
SUBSCRIPTION_CACHE_SECONDS = 10.0
THREE_TRIES = {"schedule": [0, 1, 1], "jitter": 0}


def deliver_once(gateway: Gateway, url: str, **fields: Any) -> dict[str, Any]:
    """Push one event to one subscription with `fields`; the delivery when it has ended."""
    source = gateway.put_source()
    fields = {"retry": {"preset": "once"}, **fields}
    subscription = gateway.put_subscription(source, url, **fields)
    event_id = gateway.push(source).event_id
    return gateway.wait_until_ended(event_id, 1, WAIT)[subscription]


def deliver_to(gateway: Gateway, behaviour: Behaviour, **fields: Any) -> tuple[dict[str, Any], Subscriber]:
    with subscriber(behaviour) as serving:
        return deliver_once(gateway, serving.url, **fields), serving


def test_endpoint_that_fails_twice_gets_the_same_event_a_third_time(gateway: Gateway) -> None:
    delivery, serving = deliver_to(gateway, failing(2), retry=THREE_TRIES)
    assert delivery["state"] == "delivered"
    assert [(a["number"], a["status"]) for a in delivery["attempts"]] == [(1, 500), (2, 500), (3, 204)]
    assert [r.headers["doorbell-attempt"] for r in serving.received] == ["1", "2", "3"]
    assert len({r.headers["webhook-id"] for r in serving.received}) == 1
    assert len({r.body for r in serving.received}) == 1


def test_dead_endpoint_ends_as_exhausted_with_every_attempt_on_record(gateway: Gateway) -> None:
    with dead_port() as port:
        delivery = deliver_once(gateway, f"http://127.0.0.1:{port}/hooks", retry=THREE_TRIES)
    assert (delivery["state"], delivery["reason"]) == ("exhausted", "schedule")
    assert [(a["number"], a["error"]) for a in delivery["attempts"]] == [
        (1, "connect_failed"),
        (2, "connect_failed"),
        (3, "connect_failed"),
    ]
    assert all("status" not in attempt for attempt in delivery["attempts"])


def test_endpoint_that_hangs_before_its_headers_is_a_timeout_at_the_deadline(gateway: Gateway) -> None:
    delivery, _ = deliver_to(gateway, hangs(HANGS_SECONDS), timeout_seconds=2)
    assert delivery["state"] == "exhausted"
    (attempt,) = delivery["attempts"]
    assert (attempt["error"], attempt.get("status")) == ("timeout", None)
    assert 1900 <= attempt["duration_ms"] < HANGS_SECONDS * 1000, "before the endpoint would have gone on"


def test_endpoint_that_hangs_after_a_200_has_taken_it_and_what_was_wrong_is_on_record(
    gateway: Gateway,
) -> None:
    delivery, _ = deliver_to(gateway, hangs_after_headers(HANGS_SECONDS), timeout_seconds=2)
    assert delivery["state"] == "delivered"
    (attempt,) = delivery["attempts"]
    assert (attempt["error"], attempt["status"]) == ("timeout", 200)
    assert 1900 <= attempt["duration_ms"] < HANGS_SECONDS * 1000, "before the endpoint would have gone on"


def test_endless_answer_is_cut_off_and_counts_by_its_status(gateway: Gateway) -> None:
    delivery, _ = deliver_to(gateway, endless_body)
    assert delivery["state"] == "delivered"
    (attempt,) = delivery["attempts"]
    assert attempt["status"] == 200
    assert set(attempt["response"]) == {"x"}
    assert len(attempt["response"]) <= 1024


def test_redirect_is_a_failure_and_is_not_followed(gateway: Gateway) -> None:
    with subscriber(ok) as inside:
        delivery, _ = deliver_to(gateway, always(302, location=inside.url))
        assert inside.received == []
    assert delivery["state"] == "exhausted"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [302]


def test_gone_cancels_the_delivery_and_switches_the_subscription_off(gateway: Gateway) -> None:
    source = gateway.put_source()
    with subscriber(always(410)) as serving:
        subscription = gateway.put_subscription(source, serving.url, retry=THREE_TRIES)
        delivery = gateway.wait_until_ended(gateway.push(source).event_id, 1, WAIT)[subscription]
        # it is switched off a moment after the delivery has ended
        gateway.wait_until(lambda: not gateway.subscription(source, subscription).get("enabled", True), WAIT)
        item = gateway.subscription(source, subscription)
        sleep(SUBSCRIPTION_CACHE_SECONDS + 1)
        later = gateway.push(source).event_id
        gateway.wait_until_fanned_out(WAIT)
        assert gateway.deliveries(later) == {}
        assert len(serving.received) == 1
    assert (delivery["state"], delivery["reason"]) == ("cancelled", "gone")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [410]
    assert "410" in item["disabled_reason"]


def test_retry_after_parks_the_endpoint_and_costs_waiting_events_no_attempt(gateway: Gateway) -> None:
    asked = 40  # seconds; more than the half minute for which a 429 parks an endpoint by itself

    def busy_once(handler: Handler, number: int) -> None:
        if number == 1:
            handler.answer(429, b"", retry_after=str(asked))
        else:
            handler.answer(204)

    source = gateway.put_source()
    with subscriber(busy_once) as serving:
        subscription = gateway.put_subscription(source, serving.url, retry=THREE_TRIES)
        first = gateway.push(source).event_id
        gateway.wait_for_attempts(first, subscription, 1, WAIT)
        second = gateway.push(source).event_id
        ended = [gateway.wait_until_ended(event, 1, WAIT + asked)[subscription] for event in (first, second)]
    assert [delivery["state"] for delivery in ended] == ["delivered", "delivered"]
    assert [[a["status"] for a in delivery["attempts"]] for delivery in ended] == [[429, 204], [204]]
    refused, *others = [received.at for received in serving.received]
    assert min(others) - refused >= asked - 1  # a second is the slack of SQS's whole-second delays


@pytest.mark.parametrize("how", ["subscription_disabled", "subscription_deleted"])
def test_subscription_switched_off_in_mid_flight_cancels_with_the_reason(gateway: Gateway, how: str) -> None:
    source = gateway.put_source()
    with subscriber(always(500)) as serving:
        wait = int(SUBSCRIPTION_CACHE_SECONDS) + 5
        retry = {"schedule": [0, wait, wait], "jitter": 0}
        subscription = gateway.put_subscription(source, serving.url, retry=retry)
        event_id = gateway.push(source).event_id
        gateway.wait_for_attempts(event_id, subscription, 1, WAIT)
        key = {"tenant_id": f"t-{source}", "subscription_id": subscription}
        if how == "subscription_disabled":
            gateway.update("SubscriptionsTableName", key, enabled=False)
        else:
            gateway.delete("SubscriptionsTableName", key)
        delivery = gateway.wait_until_ended(event_id, 1, WAIT)[subscription]
        assert len(serving.received) == 1
    assert (delivery["state"], delivery["reason"]) == ("cancelled", how)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500]

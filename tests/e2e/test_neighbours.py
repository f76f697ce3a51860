"""Guarantee 4: one bad subscriber hurts nobody else. And the limits a subscription sets for itself."""

import threading
from statistics import median
from time import monotonic, sleep, time

import pytest

from tests.support.gateway import Gateway
from tests.support.patience import latest
from tests.support.subscribers import Behaviour, Handler, Subscriber, hangs, ok, subscriber

pytestmark = pytest.mark.e2e

HEALTHY, NOISY = 24, 9
"""Events for the healthy endpoint, and for each of them how many for the other: 90 % of the traffic."""
GAP_SECONDS = 0.5
RUNS = 3
"""At most. What the machine does beside one run makes it slower; a neighbour that must wait waits in each."""
HANG_TIMEOUT_SECONDS = 2
"""Until the first time-out parks the endpoint, its sends hold workers (the local stack has five), and the
neighbour waits with them. So the run is several times as long."""


def test_endpoint_that_hangs_under_most_of_the_traffic_does_not_slow_its_neighbour(gateway: Gateway) -> None:
    """A ratio within one run: the same traffic, with the other endpoint well and with it hanging."""
    with subscriber(ok) as healthy:
        tenant = gateway.put_subscription_of_a_new_tenant(healthy.url)
        latency(gateway, tenant, healthy, None)  # everything is warm now
        runs = list[tuple[float, float]]()
        for _ in range(RUNS):
            alone = latency(gateway, tenant, healthy, None)
            well = latency_beside(gateway, tenant, healthy, ok)
            hanging = latency_beside(gateway, tenant, healthy, hangs(30))
            runs.append((hanging, max(well, alone)))
            if hanging <= 2 * max(well, alone):
                return
    pytest.fail(f"median seconds beside one that hangs, and else, in each run: {runs}")


def latency_beside(gateway: Gateway, tenant: str, healthy: Subscriber, behaviour: Behaviour) -> float:
    with subscriber(behaviour) as noisy:
        fields = {"timeout_seconds": HANG_TIMEOUT_SECONDS, "retry": {"preset": "once"}}
        other = gateway.put_subscription_of_a_new_tenant(noisy.url, **fields)
        found = latency(gateway, tenant, healthy, other)
    # What still waits is cancelled when it comes, and does not disturb the tests that follow.
    gateway.delete("SubscriptionsTableName", {"tenant_id": other, "subscription_id": other})
    return found


def latency(gateway: Gateway, tenant: str, healthy: Subscriber, other: str | None) -> float:
    """The healthy endpoint's median seconds from publishing to the arrival of the delivery."""
    published: dict[str, float] = {}
    for _ in range(HEALTHY):
        if other is not None:
            noise = [{"type": "noise", "tenant_id": other, "data": None}] * NOISY
            assert gateway.signed("POST", "/events", noise).status == 202
        at = time()
        answer = gateway.signed("POST", "/events", {"type": "tick", "tenant_id": tenant, "data": None})
        published[answer.json["event_id"]] = at
        sleep(GAP_SECONDS)
    arrived: dict[str, float] = {}
    deadline = latest(120)
    while len(arrived) < HEALTHY:
        assert monotonic() < deadline, f"{len(arrived)} of {HEALTHY} arrived"
        sleep(0.05)
        requests = [(received.headers["webhook-id"], received.at) for received in list(healthy.received)]
        arrived = {event_id: at for event_id, at in requests if event_id in published}
    return median(arrived[event_id] - at for event_id, at in published.items())


def test_rate_limit_gives_each_event_a_slot_and_costs_no_attempt(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        tenant = gateway.put_subscription_of_a_new_tenant(serving.url, rate_limit_per_second=1)
        batch = [{"type": "tick", "tenant_id": tenant, "data": n} for n in range(10)]
        began = time()
        with gateway.paused("dispatcher"):  # all ten are there when it asks for their slots
            results = gateway.signed("POST", "/events", batch).json["results"]
            gateway.wait_until(lambda: all(gateway.deliveries(one["event_id"]) for one in results), 60)
        ended = [gateway.wait_until_ended(result["event_id"], 1, 120)[tenant] for result in results]
        times = sorted(received.at for received in serving.received)
    assert [len(delivery["attempts"]) for delivery in ended] == [1] * 10
    assert len(times) == 10
    # each may go a second before its slot: SQS delays are whole seconds. The first may come late
    assert all(at - began >= number - 1 for number, at in enumerate(times)), [at - began for at in times]
    lines = [line for line in gateway.stack.logs("dispatcher") if tenant in line]
    held = [line for line in lines if '"rate_limited"' in line]
    assert len(held) >= 5, lines  # a slow machine alone would spread them too


def test_max_in_flight_keeps_an_endpoint_from_being_asked_twice_at_once(gateway: Gateway) -> None:
    busy, most, lock = 0, 0, threading.Lock()

    def slow(handler: Handler, number: int) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        sleep(0.5)
        with lock:
            busy -= 1
        handler.answer(204)

    source = gateway.put_source()
    with subscriber(slow) as serving:
        gateway.put_subscription(source, serving.url, max_in_flight=1)
        events = [gateway.push(source).event_id for _ in range(6)]
        ended = [gateway.wait_until_ended(event, 1, 90) for event in events]
        assert len(serving.received) == 6
    assert most == 1
    assert {d["state"] for deliveries in ended for d in deliveries.values()} == {"delivered"}


def test_events_of_one_tenant_are_nothing_to_another(gateway: Gateway) -> None:
    with subscriber(ok) as mine, subscriber(ok) as theirs:
        source, other = gateway.put_source(), gateway.put_source()
        gateway.put_subscription(source, mine.url)
        gateway.put_subscription(other, theirs.url)
        event_id = gateway.push(source).event_id
        assert len(gateway.wait_until_ended(event_id, 1, 60)) == 1
        assert len(mine.received) == 1
        assert theirs.received == []

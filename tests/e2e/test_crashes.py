"""Guarantee 2: no event lost, when a worker dies at the worst moment."""

import os
import signal
from threading import Event
from time import monotonic, sleep

import pytest

from doorbell.domain.subscriptions import MAX_TIMEOUT_SECONDS
from tests.support.gateway import Gateway
from tests.support.patience import latest
from tests.support.subscribers import Handler, subscriber

pytestmark = pytest.mark.e2e


def test_dispatcher_killed_in_the_middle_of_a_send_still_delivers_the_event(gateway: Gateway) -> None:
    """The lease ends, `due_at` comes, the sweeper sends a message: no visibility time-out is waited for."""
    killed = Event()

    def hangs_the_first_time(handler: Handler, number: int) -> None:
        if number == 1:
            killed.wait(MAX_TIMEOUT_SECONDS)
        handler.answer(204)

    source = gateway.put_source()
    with subscriber(hangs_the_first_time) as serving:
        subscription = gateway.put_subscription(source, serving.url, timeout_seconds=int(MAX_TIMEOUT_SECONDS))
        event_id = gateway.push(source).event_id
        serving.wait_for(1, 60)
        assert gateway.deliveries(event_id)[subscription]["attempts"] == []
        kill_workers(gateway, "dispatcher")
        killed.set()
        delivery = gateway.wait_until_ended(event_id, 1, 240)[subscription]
        received = serving.wait_for(2, 1)
    assert delivery["state"] == "delivered"
    assert [(a["number"], a["status"]) for a in delivery["attempts"]] == [(1, 204)]
    assert {r.headers["webhook-id"] for r in received} == {event_id}
    assert len({r.body for r in received}) == 1


def kill_workers(gateway: Gateway, name: str) -> None:
    """SIGKILL for every execution environment of a function; none is left when this returns."""
    workers = gateway.stack.workers(name)
    assert workers, f"{name} has no worker"
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    deadline = latest(10)
    while set(workers) & set(gateway.stack.workers(name)):
        assert monotonic() < deadline
        sleep(0.1)

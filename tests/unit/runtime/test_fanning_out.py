"""A batch of events: who is quick is served first, and who is costly gets on, in virtual time."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.filing import SubscriptionPage
from doorbell.domain.matching import NotQuick
from doorbell.domain.records import Incoming
from doorbell.queues.again import EventsAgain
from doorbell.queues.deliveries import InTurn
from doorbell.queues.outbox import Outbox
from doorbell.runtime import batches, wiring
from doorbell.runtime.fanning_out import STOP_BEFORE_END_SECONDS, Batch
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.route import TURN_SECONDS, Route
from tests.support import fakes
from tests.support.builders import a_subscription
from tests.support.fakes import START, FakeClock
from tests.unit.usecases.world import GRACE, RETENTION, World

FILTER_SECONDS = 0.25
"""About as long as the costliest filter takes."""
FUNCTION_SECONDS = 60.0


class CostlyFilters(fakes.FakeFilters):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock

    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool:
        if event.tenant_id == "costly":
            if quick:
                raise NotQuick
            self.clock.advance(FILTER_SECONDS)
        return super().passes(expression, event, body, quick=quick)


class Sent:
    """The deliveries queue and when each message came to it; and the events queue."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.at, self.again = clock, dict[str, float](), list[str]()

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        for message, _ in messages:
            self.at.setdefault(f"{message.tenant_id} {message.key.subscription_id}", self.clock())

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        self.again.append(MessageBody)


class Function:
    """Fan-out's Lambda: each call has `FUNCTION_SECONDS`."""

    def __init__(self, *tenants: tuple[str, int, str | None]) -> None:
        self.world = World()
        for tenant, count, expression in tenants:
            for number in range(count):
                one = a_subscription(f"s{number:03}", tenant_id=tenant, filter=expression)
                self.world.subscriptions.put(one)
        self.clock = self.world.clock
        self.world.filters = CostlyFilters(self.clock)
        self.sent = Sent(self.clock)

    def __call__(self, bodies: list[str]) -> list[str]:
        """The messages that come again."""
        end, outbox = self.clock() + FUNCTION_SECONDS, Outbox(self.sent)
        fan_out = replace(self._fan_out(), outbox=outbox)
        again = EventsAgain(self.sent, "events")
        batch = Batch(fan_out, outbox, Gathered(None, len(bodies)), again, lambda: end - self.clock())
        records = [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]
        answer = batch.handle({"Records": records})
        assert self.clock() < end, "it took longer than it had"
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def _fan_out(self) -> FanOut:
        w = self.world
        route = Route(w.subscriptions, w.bodies, w.filters, self.clock, w.metrics)
        return FanOut(
            route, w.events, w.deliveries, self.sent, w.bodies, self.clock, w.metrics, w.log, RETENTION, GRACE
        )  # fmt: skip

    def waited(self) -> dict[str, float]:
        """How long each message waited from when its delivery was made."""
        made = {
            f"{delivery.tenant_id} {key.subscription_id}": delivery.created_at
            for key, delivery in self.world.deliveries.items.items()
        }
        assert made.keys() == self.sent.at.keys()
        return {name: self.sent.at[name] - at for name, at in made.items()}


def event_of(tenant: str) -> str:
    return json.dumps(
        {
            "v": 1, "ingest_id": f"ing_{tenant}", "event_id": f"evt_{tenant}", "tenant_id": tenant,
            "source_id": "hub", "provider": "github", "event_type": "push", "window": 3600,
            "received_at": START, "content_type": "application/json", "headers": {}, "size": 2,
            "body": b64encode(b"{}").decode(),
        }
    )  # fmt: skip


@pytest.fixture(autouse=True)
def one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    built: tuple[Callable[[], Any], ...] = (wiring.settings, wiring.logger, wiring.metrics)
    for one in built:
        one.cache_clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(batches, "_pool", InTurn())
    yield
    for one in built:
        one.cache_clear()  # type: ignore[attr-defined]


NEIGHBOURS = [f"neighbour-{number}" for number in range(9)]
QUICK = [(name, 1, None) for name in NEIGHBOURS]


@pytest.mark.parametrize("place", [0, 5, 9])
def test_guarantee_4_nine_neighbours_are_sent_before_a_costly_tenants_filters_are_asked(place: int) -> None:
    function = Function(("costly", 500, "true"), *QUICK)
    bodies = [event_of(name) for name in NEIGHBOURS]
    bodies.insert(place, event_of("costly"))
    assert function(bodies) == []
    assert {function.sent.at[f"{name} s000"] for name in NEIGHBOURS} == {START}


def test_guarantee_4_no_ready_message_waits_for_more_than_a_turn_of_another_events_routing() -> None:
    few, many = [(f"few-{n}", 3, "true") for n in range(4)], [(f"many-{n}", 100, "true") for n in range(4)]
    function = Function(("costly", 60, "true"), *few, *many)
    names = [few[0][0], many[0][0], "costly", *(name for name, _, _ in (*few[1:], *many[1:]))]
    assert function([event_of(name) for name in names]) == []
    assert len(function.waited()) == 60 + 4 * 3 + 4 * 100
    assert max(function.waited().values()) <= TURN_SECONDS


def test_guarantee_4_costly_tenants_wait_for_one_another_and_for_nobody_longer_than_they_take() -> None:
    function = Function(("costly", 60, "true"), ("many", 200, "true"))
    function([event_of("costly"), event_of("many")])
    assert function.sent.at["many s199"] - START <= 2 * TURN_SECONDS


def test_what_is_not_done_in_time_is_on_record_goes_back_to_its_queue_and_on_where_it_was() -> None:
    function = Function(("costly", 500, "true"), *QUICK)
    first = event_of("costly")
    assert function([first, *map(event_of, NEIGHBOURS)]) == []
    assert function.sent.again == [first], "word for word, and not as failed"
    assert len(function.world.filters.bodies) == len(function.sent.at) - len(NEIGHBOURS)
    goes = 1
    while function.sent.again:
        assert function([function.sent.again.pop()]) == []
        goes += 1
    assert len(function.world.filters.bodies) == 500, "no filter is asked twice"
    assert len(function.sent.at) == 500 + len(NEIGHBOURS)
    assert goes == -(-500 * FILTER_SECONDS // (FUNCTION_SECONDS - STOP_BEFORE_END_SECONDS))
    assert function.world.metrics.counts["RoutingGoesOn"] == goes - 1


def test_ten_costly_events_of_a_batch_all_get_on() -> None:
    function = Function(("costly", 500, "true"))
    bodies = [event_of("costly").replace("_costly", f"_{number}") for number in range(10)]
    assert function(bodies) == []
    assert len(function.world.events.items) == 10
    assert function.sent.again == bodies


def test_an_event_that_cannot_be_sent_back_comes_again() -> None:
    function = Function(("costly", 500, "true"), *QUICK)

    def fails(**_: Any) -> None:
        raise fakes.unavailable("sqs")

    function.sent.send_message = fails  # type: ignore[method-assign]
    assert function([event_of("costly"), event_of(NEIGHBOURS[0])]) == ["m0"]


def test_guarantee_4_neighbours_are_sent_before_a_long_page_is_made_out_and_then_it_is_quick() -> None:
    function = Function(("many", 20, None), *QUICK)
    page, sent_before = function.world.subscriptions.page, list[int]()

    def made_out(tenant_id: str, after: str | None) -> SubscriptionPage:
        if tenant_id == "many":
            sent_before.append(len(function.sent.at))
        return page(tenant_id, after)

    function.world.subscriptions.is_at_hand = lambda tenant_id: tenant_id != "many"  # type: ignore[method-assign]
    function.world.subscriptions.page = made_out  # type: ignore[method-assign]
    assert function([event_of("many"), *map(event_of, NEIGHBOURS)]) == []
    assert sent_before == [len(NEIGHBOURS)], "once, when the others are sent"
    assert len(function.sent.at) == len(NEIGHBOURS) + 20
    assert function.world.events.reads == 0, "it is put as quick ones are: nobody looks first"

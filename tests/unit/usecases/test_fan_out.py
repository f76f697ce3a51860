"""Fan-out: one event, one delivery for each subscription that wants it, whatever crashes in between."""

from __future__ import annotations

import pytest

from doorbell.domain.deliveries import Lease, State
from doorbell.domain.errors import ConfigError, Unavailable
from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Reason
from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from tests.support import fakes
from tests.support.builders import TENANT, a_subscription, an_incoming
from tests.support.fakes import START, Crash
from tests.unit.usecases.world import GRACE, RETENTION, World


def world(*ids: str, page_size: int = 500) -> World:
    subscriptions = [a_subscription(one) for one in ids or ("sub_1", "sub_2")]
    return World(subscriptions=fakes.FakeSubscriptions(*subscriptions, page_size=page_size))


def sent_to(w: World) -> list[str]:
    return [message.key.subscription_id for message, _ in w.queue.sent]


def test_a_new_event_becomes_one_pending_delivery_and_one_message_for_each_subscription() -> None:
    w = world()
    w.fan_out(an_incoming())
    assert sent_to(w) == ["sub_1", "sub_2"]
    for delivery in w.deliveries.items.values():
        assert (delivery.state, delivery.attempts, delivery.lease) == (State.PENDING, (), None)
        assert (delivery.next_attempt_at, delivery.due_at) == (START, START + GRACE)
        assert delivery.expires_at == START + RETENTION
    assert all((message.attempt, delay) == (1, 0) for message, delay in w.queue.sent)


def test_the_event_keeps_who_matched_and_who_nearly_did_and_nobodys_no_besides() -> None:
    w = World(
        subscriptions=fakes.FakeSubscriptions(
            a_subscription("a"),
            a_subscription("b", enabled=False),
            a_subscription("c", sources=("other",)),
            a_subscription("d", event_types=("invoice.*",)),
            a_subscription("e", filter="false"),
            a_subscription("f", filter="broken"),
            a_subscription("g", filter="true"),
        )
    )
    w.fan_out(an_incoming())
    routing = w.events.items["evt_1"].routing
    assert [(m.subscription_id, m.reason, m.detail) for m in routing.matches] == [
        ("a", Reason.MATCHED, ""),
        ("e", Reason.FILTER, ""),
        ("f", Reason.FILTER_ERROR, "cannot evaluate broken"),
        ("g", Reason.MATCHED, ""),
    ]
    assert (routing.filtered, routing.failed) == (1, 1)
    assert w.metrics.counts["FilterErrors"] == 1
    assert sent_to(w) == ["a", "g"]


def test_what_goes_well_counts_nothing_of_what_goes_wrong() -> None:
    w = World(
        subscriptions=fakes.FakeSubscriptions(
            a_subscription("a", filter="true"), a_subscription("b", filter="false")
        )
    )
    w.fan_out(an_incoming())
    assert w.metrics.counts == {"Matched": 1}


def test_a_broken_subscription_harms_no_neighbour() -> None:
    w = world("a", "b", "c")
    w.subscriptions.items[TENANT, "b"] = ConfigError("subscription acme/b", "url", "is required")
    w.fan_out(an_incoming())
    assert sent_to(w) == ["a", "c"]


def test_another_tenants_subscriptions_get_nothing() -> None:
    w = world("a")
    w.subscriptions.put(a_subscription("b", tenant_id="other"))
    w.fan_out(an_incoming())
    assert sent_to(w) == ["a"]


def test_an_event_that_nobody_wants_is_kept_all_the_same() -> None:
    w = World()
    w.fan_out(an_incoming())
    assert list(w.events.items) == ["evt_1"]
    assert w.queue.sent == []
    assert w.metrics.counts["Matched"] == 0


def test_guarantee_3_a_providers_duplicate_makes_no_second_delivery() -> None:
    w = world()
    w.fan_out(an_incoming())
    w.fan_out(an_incoming(ingest_id="ing_2", received_at=START + 3599))
    assert len(w.deliveries.items) == 2
    assert len(w.queue.sent) == 2
    assert w.metrics.counts["Duplicates"] == 1


def test_guarantee_3_a_message_that_sqs_repeats_after_the_deliveries_ended_starts_nothing_anew() -> None:
    w = world()
    w.fan_out(an_incoming())
    for message, _ in list(w.queue.sent):
        w.deliver(message)
    w.queue.sent.clear()
    w.fan_out(an_incoming())
    assert w.queue.sent == []
    assert w.states() == [State.DELIVERED, State.DELIVERED]
    assert len(w.sender.sent) == 2


def test_guarantee_3_a_repeated_fan_out_sends_no_message_for_what_is_under_way() -> None:
    w = world()
    w.fan_out(an_incoming())
    first = w.queue.sent[0][0]
    w.deliveries.claim(first.key, 1, Lease("l", START + 30), START)
    w.queue.sent.clear()
    w.fan_out(an_incoming())
    assert sent_to(w) == ["sub_2"]


def test_a_key_used_again_after_its_window_is_a_new_event() -> None:
    w = world("a")
    w.fan_out(an_incoming())
    w.clock.advance(3600)
    w.fan_out(an_incoming(ingest_id="ing_2", received_at=START + 3600))
    assert [e.generation for e in w.events.items.values()] == [0, 1]
    assert [m.key.event_id for m, _ in w.queue.sent] == ["evt_1", "evt_1_1"]


def test_guarantee_3_a_duplicate_within_the_second_window_makes_no_third_event() -> None:
    w = world("a")
    for ingest, at in (("ing_1", 0), ("ing_2", 3600), ("ing_3", 3700)):
        w.fan_out(an_incoming(ingest_id=ingest, received_at=START + at))
    assert list(w.events.items) == ["evt_1", "evt_1_1"]


def test_guarantee_2_a_fan_out_of_the_second_window_can_be_resumed_too() -> None:
    w = world("a")
    w.fan_out(an_incoming())
    again = an_incoming(ingest_id="ing_2", received_at=START + 3600)
    w.faults.before["send"] = [fakes.unavailable("sqs")]
    with pytest.raises(Unavailable):
        w.fan_out(again)
    w.fan_out(again)
    assert [m.key.event_id for m, _ in w.queue.sent] == ["evt_1", "evt_1_1"]


STEPS = [
    ("before", "put_new"),
    ("after", "put_new"),
    ("before", "create"),
    ("before", "create_one"),
    ("after", "create"),
    ("before", "send"),
    ("after", "send"),
    ("before", "put_page"),
    ("after", "put_page"),
]


@pytest.mark.parametrize(("when", "step"), STEPS)
@pytest.mark.parametrize("nth", [0, 1])
@pytest.mark.parametrize("end", [Crash(), fakes.unavailable()], ids=["killed", "unavailable"])
def test_guarantee_2_a_fan_out_broken_off_at_any_step_serves_everyone_when_it_comes_again(
    when: str, step: str, nth: int, end: BaseException
) -> None:
    w = world("a", "b", "c", "d", page_size=2)
    getattr(w.faults, when)[step] = [None] * nth + [end]
    try:
        w.fan_out(an_incoming())
        broke = False
    except (Crash, Unavailable):
        broke = True
    assert broke or (step in ("put_new", "put_page") and nth == 1), "the fault must have hit"
    w.faults.before.clear()
    w.faults.after.clear()
    w.fan_out(an_incoming())
    assert sorted(key.subscription_id for key in w.deliveries.items) == ["a", "b", "c", "d"]
    assert set(sent_to(w)) == {"a", "b", "c", "d"}
    for message, _ in list(w.queue.sent):
        w.deliver(message)
    assert w.states() == [State.DELIVERED] * 4
    assert len(w.sender.sent) == 4, "guarantee 3: a message more is not a send more"


def test_guarantee_2_a_resumed_fan_out_serves_whom_it_promised_whatever_was_configured_since() -> None:
    w = world("a", "b")
    w.faults.before["create"] = [Crash()]
    with pytest.raises(Crash):
        w.fan_out(an_incoming())
    w.subscriptions.put(a_subscription("a", event_types=("other",)))
    w.subscriptions.put(a_subscription("c"))
    w.fan_out(an_incoming())
    assert sent_to(w) == ["a", "b"]


def test_a_fan_out_that_comes_again_goes_on_with_the_page_where_it_was() -> None:
    w = world("a", "b", "c", "d", "e", page_size=2)
    w.faults.before["send"] = [None, fakes.unavailable("sqs")]
    with pytest.raises(Unavailable):
        w.fan_out(an_incoming())
    assert sent_to(w) == ["a", "b"]
    w.fan_out(an_incoming())
    assert sent_to(w) == ["a", "b", "c", "d", "e"], "what was served is not served again"
    assert w.metrics.counts["Matched"] == 5


def test_a_thousand_subscriptions_are_served_page_by_page_and_each_page_is_recorded() -> None:
    ids = [f"sub_{n:04d}" for n in range(1200)]
    w = world(*ids)
    w.fan_out(an_incoming())
    assert sent_to(w) == ids
    assert len(w.deliveries.items) == 1200
    assert w.events.items["evt_1"].routing.matched == tuple(ids[:500])
    assert {number: len(page.matched) for (_, number), page in w.events.pages.items()} == {1: 500, 2: 200}
    assert w.metrics.counts["Matched"] == 1200


def test_guarantee_2_a_later_page_is_served_as_it_was_first_recorded() -> None:
    w = world("a", "b", "c", page_size=2)
    w.faults.after["put_page"] = [Crash()]
    with pytest.raises(Crash):
        w.fan_out(an_incoming())
    w.subscriptions.put(a_subscription("c", enabled=False))
    w.subscriptions.put(a_subscription("d"))
    w.fan_out(an_incoming())
    assert set(sent_to(w)) == {"a", "b", "c"}


def test_a_body_at_the_limit_stays_in_the_item_and_one_byte_more_goes_to_the_bucket() -> None:
    w = world("a")
    w.fan_out(an_incoming(b"x" * INLINE_ITEM_BYTES))
    assert w.events.items["evt_1"].incoming.body.inline == b"x" * INLINE_ITEM_BYTES
    large = b"x" * (INLINE_ITEM_BYTES + 1)
    w.fan_out(an_incoming(large, event_id="evt_2"))
    body = w.events.items["evt_2"].incoming.body
    assert (body.inline, body.key, body.size) == (None, "acme/ing_1", len(large))
    assert w.bodies.objects == {"acme/ing_1": large}


def test_a_filter_sees_a_body_that_came_by_the_bucket() -> None:
    w = World(subscriptions=fakes.FakeSubscriptions(a_subscription("a", filter="true")))
    w.bodies.objects["acme/big"] = b"big"
    w.fan_out(an_incoming(body=BodyAt(size=3, key="acme/big")))
    assert w.filters.bodies == [b"big"]
    assert sent_to(w) == ["a"]


def test_a_body_is_not_fetched_when_no_subscription_has_a_filter() -> None:
    w = world("a")
    w.fan_out(an_incoming(body=BodyAt(size=3, key="acme/not-there")))
    assert sent_to(w) == ["a"]


def test_a_dedupe_window_never_outlasts_the_event_itself() -> None:
    w = world("a")
    w.fan_out(an_incoming(dedupe_window_seconds=10 * RETENTION))
    stored = w.events.items["evt_1"]
    assert stored.dedupe_until == stored.expires_at


@pytest.mark.parametrize(("expression", "turns"), [(None, 0), ("true", 1)])
def test_guarantee_4_who_asks_no_filter_waits_for_nobodys_filters(expression: str | None, turns: int) -> None:
    w = World()
    w.subscriptions.put(a_subscription(filter=expression))
    w.fan_out(an_incoming())
    assert (w.filters.turns, len(w.queue.sent)) == (turns, 1)

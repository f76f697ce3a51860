"""Who waits for an endpoint is filed on its list, keeps its plan, and is given up in its time."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from doorbell.domain.deliveries import Delivery, DeliveryKey, Lease
from doorbell.domain.pauses import paused, resumed
from doorbell.domain.retry import RetryPolicy
from doorbell.domain.shelves import FAR_SECONDS, Shelved, filed, releases, shelf_names, shelf_of
from doorbell.domain.subscriptions import scoped
from doorbell.domain.transitions import give_up_at, too_old
from doorbell.domain.wakes import CLOSING_SECONDS, Wake, awaited, next_pace
from tests.support.builders import a_delivery
from tests.support.fakes import START

TENANTS = ("acme", "acme.x", "acme-x")
names = st.sampled_from(["first", "second", "1", "first#1"])
ids = st.text("abc0", min_size=1, max_size=6)
keys = st.builds(DeliveryKey, ids, st.sampled_from(["first", "second", "1"]), st.integers(0, 2))
retries = st.builds(RetryPolicy, max_age_hours=st.floats(0.5, 24 * 30))
ages = st.floats(0, 40 * 86_400)
deliveries = st.builds(
    a_delivery,
    key=keys,
    due_at=st.floats(START, START + 90 * 3600),
    expires_at=st.integers(int(START) + 3600, int(START) + 60 * 86_400),
    lease=st.none() | st.just(Lease("l1", START + 30)),
    slot_at=st.none() | st.just(START + 5),
    turn_at=st.none() | st.just(START + 5),
)


@given(names, names, keys)
def test_lists_of_two_endpoints_share_nothing_though_all_ids_are_the_same(
    one: str, other: str, key: DeliveryKey
) -> None:
    lists = [shelf_names(scoped(tenant, name)) for tenant in TENANTS for name in {one, other}]
    assert len({shelf for each in lists for shelf in each}) == sum(map(len, lists))
    holder = scoped("acme", one)
    assert shelf_of(holder, key) in shelf_names(holder)


@given(deliveries, retries, ages, st.booleans())
def test_who_is_filed_holds_nothing_keeps_its_plan_and_is_looked_at_before_it_is_given_up(
    delivery: Delivery, retry: RetryPolicy, age: float, was_filed: bool
) -> None:
    now, holder = START + age, "acme/first"
    shelf = shelf_of(holder, delivery.key) if was_filed else None
    delivery = replace(delivery, shelf=shelf)
    waits = filed(delivery, holder, retry, now)
    assert (waits.lease, waits.slot_at, waits.turn_at) == (None, None, None)
    assert (waits.waits, waits.shelf) == (True, shelf_of(holder, delivery.key))
    kept = (delivery.next_attempt_at, delivery.attempts, delivery.created_at, delivery.state)
    assert (waits.next_attempt_at, waits.attempts, waits.created_at, waits.state) == kept
    end = give_up_at(delivery, retry)
    assert waits.due_at is not None
    if end <= now:
        assert too_old(waits, retry, waits.due_at), "who is too old is looked at once more, and given up"
        return
    assert now < waits.due_at
    if waits.due_at != delivery.due_at:
        assert waits.due_at <= min(now + FAR_SECONDS, end) + 2
    if waits.look_at is not None:
        assert waits.due_at <= waits.look_at < end


@given(deliveries, retries, ages, st.floats(0, 3600))
def test_who_is_filed_again_soon_keeps_its_place_and_that_costs_no_write_of_the_index(
    delivery: Delivery, retry: RetryPolicy, age: float, later: float
) -> None:
    once = filed(delivery, "acme/first", retry, START + age)
    assert once.due_at is not None
    assume(once.due_at >= START + age + later + 6 * 3600)
    assert filed(once, "acme/first", retry, START + age + later) == once
    elsewhere = filed(once, "acme.x/first", retry, START + age + later)
    assert elsewhere.shelf in shelf_names("acme.x/first")


@given(
    st.lists(st.tuples(st.floats(-600, 600), st.integers(0, 9)), min_size=1, max_size=30),
    st.floats(1, 60),
    st.floats(0, 30),
)
def test_a_slice_calls_each_once_in_order_and_nobody_before_its_time(
    given_: list[tuple[float, int]], seconds: float, begin: float
) -> None:
    rows = [
        Shelved(DeliveryKey(f"evt_{number}", "first"), "acme", START + wait, made)
        for number, (wait, made) in enumerate(sorted(given_))
    ]
    sent = list(releases(rows, START, seconds, begin))
    assert [message.key for message, _ in sent] == [row.key for row in rows]
    for row, (message, delay) in zip(rows, sent, strict=True):
        assert (message.attempt, message.release, message.tenant_id) == (row.attempts_made + 1, True, "acme")
        assert delay >= begin
        assert START + delay >= row.at - 1e-6
        assert delay <= max(begin + 1 + seconds, row.at - START + 1)


@given(st.lists(st.floats(1, 5 * 86_400), min_size=1, max_size=6))
def test_pauses_in_a_row_age_nobody_however_they_are_cut(lengths: list[float]) -> None:
    delivery, now = a_delivery(), START
    for length in lengths:
        delivery = paused(delivery, now)
        assert paused(delivery, now + length / 2) == delivery, "paused once more changes nothing"
        now += length
        delivery = resumed(delivery, now)
        assert resumed(delivery, now + 60) == delivery
        now += 1
    assert abs(delivery.paused_seconds - sum(lengths)) < 0.01
    plain = replace(delivery, expires_at=int(START) + 400 * 86_400)
    fresh = replace(plain, paused_at=None, resumed_at=None)
    later = give_up_at(plain, RetryPolicy()) - give_up_at(fresh, RetryPolicy())
    assert abs(later - sum(lengths)) < 0.01


@given(
    st.none() | st.builds(Wake, at=st.floats(START, START + 3600), closing=st.booleans()),
    st.none() | st.floats(START - 3600, START + 3600),
)
def test_there_is_an_open_wake_for_whoever_was_filed_and_one_that_is_open_is_left(
    wake: Wake | None, parked_until: float | None
) -> None:
    found = awaited(wake, parked_until, START)
    assert not found.closing
    assert found.at >= START
    if wake is not None and not wake.closing:
        assert found == wake
    else:
        assert found.at <= max(START, min(parked_until or START, START + CLOSING_SECONDS))


@given(st.none() | st.floats(1, 900), st.floats(0, 0.3), st.floats(1, 1000))
def test_a_list_goes_faster_where_nine_in_ten_of_the_slice_before_have_left_it_and_never_beyond_the_limit(
    pace: float | None, share: float, most: float
) -> None:
    now = min(50.0, most) if pace is None else pace
    of_ten_seconds = now * 10
    then = next_pace(Wake(START, pace=pace), int(of_ten_seconds * share), most)
    if int(of_ten_seconds * share) > of_ten_seconds / 10:
        assert then == min(now, most)
    else:
        assert then == min(now * 2, most)

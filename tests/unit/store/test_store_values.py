"""Values to DynamoDB and back, keys, and the cache."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.deliveries import Attempt, DeliveryKey, Lease, State
from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage
from doorbell.store.deliveries.delivery_items import delivery_from, delivery_key, delivery_values, parse_key
from doorbell.store.dynamodb.cache import TtlCache
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal, unmarshal
from doorbell.store.events.event_items import (
    LOG_SHARDS,
    event_from,
    event_values,
    tenant_day,
    tenant_day_shards,
)
from tests.support.builders import a_delivery, a_stored_event, an_incoming
from tests.support.clocks import both
from tests.support.fakes import START, FakeClock

scalars = (
    st.text(max_size=20) | st.integers(-(10**15), 10**15) | st.booleans() | st.binary(min_size=1, max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=10), values, max_size=6))
def test_values_survive_the_table(item: dict[str, object]) -> None:
    assert unmarshal(marshal(item)) == item


@given(st.floats(0, 4e9))
def test_a_time_survives_the_table_to_the_microsecond(at: float) -> None:
    back = unmarshal(marshal({"at": at}))["at"]
    assert back == pytest.approx(at, abs=1e-6)
    written, again = marshal({"at": at})["at"]["N"], marshal({"at": back})["at"]["N"]
    assert Decimal(written) == Decimal(again), "what was read can be written as a condition"


def test_what_is_none_is_not_written() -> None:
    assert marshal({"a": None, "b": 0, "c": ""}) == {"b": {"N": "0"}, "c": {"S": ""}}


ids = st.text("abcXYZ019_-.", min_size=1, max_size=30)
keys = st.builds(DeliveryKey, ids, ids, st.integers(0, 9999))


@given(keys)
def test_a_delivery_key_survives_the_sort_key(key: DeliveryKey) -> None:
    item = delivery_key(key)
    assert parse_key(item["event_id"], item["sk"]) == key


@given(keys, keys)
def test_different_deliveries_have_different_sort_keys(one: DeliveryKey, other: DeliveryKey) -> None:
    assert (delivery_key(one) == delivery_key(other)) == (one == other)


def test_a_delivery_survives_the_table() -> None:
    made = Attempt(1, START + 0.25, 120, 500, None, "why", "text")
    unanswered = Attempt(2, START + 5, 15_000, None, "timeout", "", "")
    delivery = a_delivery(attempts=(made, unanswered))
    assert delivery_from(unmarshal(marshal(delivery_values(delivery, 32)))) == delivery


@pytest.mark.parametrize("name", ["ended_at", "delivered_at"])
def test_a_delivery_that_ended_says_when_whichever_index_it_is_in(name: str) -> None:
    stored = {**delivery_values(a_delivery(), 32), name: START + 1, "state": "delivered"}
    assert delivery_from(stored).ended_at == START + 1


def test_a_lease_is_read_back() -> None:
    stored = {**delivery_values(a_delivery(), 32), "lease_id": "l", "lease_until": START + 30}
    assert delivery_from(stored).lease == Lease("l", START + 30)
    assert delivery_from(stored).state is State.PENDING


def test_a_delivery_carries_the_ttl_attribute_and_its_due_shard() -> None:
    stored = delivery_values(a_delivery(), 32)
    assert stored[TTL_ATTRIBUTE] == a_delivery().expires_at
    assert stored["due_shard"] == a_delivery().key.due_shard(32)
    assert stored["subscription_id"] == "acme/sub_1"


@given(st.binary(max_size=2000))
def test_an_event_survives_the_table_with_its_body_byte_for_byte(body: bytes) -> None:
    routing = RoutingPage((Match("a", Reason.MATCHED), Match("b", Reason.FILTER_ERROR, "why")), "b")
    event = a_stored_event(an_incoming(body), routing=routing, generation=2, event_id="evt_1_2")
    assert event_from(unmarshal(marshal(event_values(event)))) == event


def test_what_few_events_have_survives_the_table_and_is_not_written_of_others() -> None:
    several = a_stored_event(an_incoming(event_types=("a", "b"), element=0))
    assert event_from(unmarshal(marshal(event_values(several)))) == several
    assert {"event_types", "element"}.isdisjoint(marshal(event_values(a_stored_event())))


def test_an_event_whose_body_is_in_the_bucket_holds_its_key() -> None:
    event = a_stored_event(an_incoming(BodyAt(70_000, key="acme/ing_1")))
    stored = marshal(event_values(event))
    assert "body" not in stored
    assert event_from(unmarshal(stored)) == event


def test_a_tenants_day_is_a_utc_day() -> None:
    assert tenant_day_shards("acme", START)[0] == "acme#2023-11-14"
    assert tenant_day_shards("acme", START + 2 * 3600)[0] == "acme#2023-11-15"


def test_a_tenants_events_of_one_day_are_spread_evenly_over_its_keys() -> None:
    """One key takes 1,000 writes a second."""
    keys = Counter(tenant_day("acme", START, f"evt_{number:032x}") for number in range(10_000))
    assert keys.keys() == set(tenant_day_shards("acme", START))
    assert len(keys) == LOG_SHARDS == 6
    assert max(keys.values()) < 1.1 * 10_000 / LOG_SHARDS


def test_a_cached_value_is_loaded_once_until_its_time_ends() -> None:
    clock, loads = FakeClock(), list[int]()
    cache: TtlCache[str, int] = TtlCache(30, both(clock))

    def load() -> int:
        loads.append(1)
        return len(loads)

    assert [cache.get("k", load), cache.get("k", load)] == [1, 1]
    clock.advance(29.9)
    assert cache.get("k", load) == 1
    clock.advance(0.1)
    assert cache.get("k", load) == 2
    cache.drop("k")
    assert cache.get("k", load) == 3


def test_a_cache_forgets_the_oldest_when_it_is_full() -> None:
    cache: TtlCache[int, int] = TtlCache(30, both(FakeClock()), size=2)
    for key in (1, 2, 3):
        cache.get(key, lambda key=key: key)  # type: ignore[misc]
    assert [cache.get(key, lambda: 0) for key in (3, 2)] == [3, 2]
    assert cache.get(1, lambda: 0) == 0


def test_a_flood_of_unknown_ids_pushes_nothing_out_that_is_in_use() -> None:
    cache: TtlCache[str, str | None] = TtlCache(30, both(FakeClock()), size=10)
    loads = Counter[str]()

    def look_up(key: str) -> str | None:
        def load() -> str | None:
            loads[key] += 1
            return key if key == "shop" else None

        return cache.get(key, load)

    for number in range(100):
        assert look_up("shop") == "shop"
        assert look_up(f"invented-{number}") is None
    assert loads["shop"] == 1


def test_what_fails_to_load_is_not_cached() -> None:
    cache: TtlCache[str, int] = TtlCache(30, both(FakeClock()))

    def fail() -> int:
        raise OSError("down")

    with pytest.raises(OSError, match="down"):
        cache.get("k", fail)
    assert cache.get("k", lambda: 7) == 7


def test_an_attempt_list_grows_with_the_delivery() -> None:
    delivery = a_delivery()
    grown = replace(delivery, attempts=(Attempt(1, START, 1, 200, None, "", ""),))
    assert (delivery.next_attempt, grown.next_attempt, grown.attempts_made) == (1, 2, 1)


@pytest.mark.parametrize(
    ("sk", "subscription_id", "generation"),
    [
        ("delivery#a", "a", 0),
        ("delivery#a#0001", "a", 1),
        ("delivery#a#b", "a#b", 0),
        ("delivery#a#b#0001", "a#b", 1),
        ("delivery#a#", "a#", 0),
        ("delivery##", "#", 0),
        ("delivery#", "", 0),
        ("delivery#a#\u0661", "a#\u0661", 0),
    ],
)
def test_guarantee_2_no_sort_key_stops_whoever_reads_many(
    sk: str, subscription_id: str, generation: int
) -> None:
    assert parse_key("evt_1", sk) == DeliveryKey("evt_1", subscription_id, generation)

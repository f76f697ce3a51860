"""Subscriptions, sources and endpoints in their tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doorbell.domain.deliveries import Lease
from doorbell.domain.errors import ConfigError
from doorbell.domain.health import Health
from doorbell.domain.rate import Rate
from doorbell.domain.subscriptions import Subscription
from doorbell.store.endpoints import EndpointTable
from doorbell.store.sources import SourceTable
from doorbell.store.subscriptions import SubscriptionTable
from doorbell.store.tables import marshal, unmarshal
from tests.integration.conftest import Aws
from tests.support.fakes import START, FakeClock

NAME = "acme/sub_1"
SUBSCRIPTION = Subscription("acme", "sub_1", url="https://example.com/")
LAST = START + 86_400


class Office:
    """The Subscriptions table, written the way people write it."""

    def __init__(self, aws: Aws, page_size: int = 500) -> None:
        self.client, self.table = aws.dynamodb, aws.table("SubscriptionsTable")
        self.clock = FakeClock()
        self.broken: list[ConfigError] = []
        self.subscriptions = SubscriptionTable(
            self.client, self.table, self.clock, self.broken.append, page_size=page_size
        )

    def put(self, subscription_id: str, tenant_id: str = "acme", **changes: Any) -> None:
        item = {"tenant_id": tenant_id, "subscription_id": subscription_id, "url": "https://example.com/"}
        self.client.put_item(TableName=self.table, Item=marshal({**item, "signing": "none", **changes}))

    def item(self, subscription_id: str) -> dict[str, Any]:
        key = marshal({"tenant_id": "acme", "subscription_id": subscription_id})
        return unmarshal(self.client.get_item(TableName=self.table, Key=key).get("Item", {}))

    def all_ids(self) -> list[list[str]]:
        """The ids of each page."""
        pages, after = [], None
        while True:
            page = self.subscriptions.page("acme", after)
            pages.append([s.subscription_id for s in page.subscriptions])
            if page.after is None:
                return pages
            after = page.after


def test_a_tenants_subscriptions_come_page_by_page_in_order_and_no_other_tenants(aws: Aws) -> None:
    office = Office(aws, page_size=3)
    for n in (4, 2, 7, 1, 3, 6, 5):
        office.put(f"sub_{n}")
    office.put("sub_0", tenant_id="other")
    assert office.all_ids() == [["sub_1", "sub_2", "sub_3"], ["sub_4", "sub_5", "sub_6"], ["sub_7"]]


def test_a_broken_item_is_left_out_of_its_page_loudly_and_harms_no_neighbour(aws: Aws) -> None:
    office = Office(aws, page_size=2)
    for n in (1, 2, 3):
        office.put(f"sub_{n}")
    office.put("sub_2", url="not a url", surprise=True)
    assert office.all_ids() == [["sub_1"], ["sub_3"]]
    assert len(office.broken) == 1
    assert "sub_2" in office.broken[0].item
    with pytest.raises(ConfigError, match="sub_2"):
        office.subscriptions.get("acme", "sub_2")


def test_a_page_of_broken_items_does_not_end_the_paging(aws: Aws) -> None:
    office = Office(aws, page_size=2)
    for n in (1, 2):
        office.put(f"sub_{n}", url=7)
    office.put("sub_3")
    pages = office.all_ids()
    assert pages[0] == []
    assert [name for page in pages for name in page] == ["sub_3"]


def test_a_tenant_without_subscriptions_has_one_empty_page(aws: Aws) -> None:
    assert Office(aws).all_ids() == [[]]


def test_a_change_is_seen_after_the_cache_ends(aws: Aws) -> None:
    office = Office(aws)
    office.put("sub_1")
    office.subscriptions.get("acme", "sub_1")
    office.put("sub_1", description="changed")
    before = office.subscriptions.get("acme", "sub_1")
    office.clock.advance(10)
    after = office.subscriptions.get("acme", "sub_1")
    assert before is not None
    assert after is not None
    assert (before.description, after.description) == ("", "changed")
    assert office.subscriptions.get("acme", "none") is None


def test_a_subscription_is_disabled_once_and_seen_so_at_once(aws: Aws) -> None:
    office = Office(aws)
    office.put("sub_1")
    office.subscriptions.get("acme", "sub_1")
    assert office.subscriptions.disable(SUBSCRIPTION, "gone", START)
    assert not office.subscriptions.disable(SUBSCRIPTION, "again", START)
    found = office.subscriptions.get("acme", "sub_1")
    assert found is not None
    assert (found.enabled, found.disabled_reason) == (False, "gone")


def test_a_subscription_that_was_removed_is_not_brought_back_by_disabling_it(aws: Aws) -> None:
    office = Office(aws)
    assert not office.subscriptions.disable(SUBSCRIPTION, "gone", START)
    assert office.item("sub_1") == {}


def test_a_subscription_that_has_another_url_by_now_is_not_disabled_for_the_old_one(aws: Aws) -> None:
    office = Office(aws)
    office.put("sub_1", url="https://new.example.com/")
    assert not office.subscriptions.disable(SUBSCRIPTION, "gone", START)
    assert "enabled" not in office.item("sub_1")


def test_what_is_asked_for_fresh_is_read_whatever_is_cached(aws: Aws) -> None:
    office = Office(aws)
    assert office.subscriptions.get("acme", "sub_1") is None
    office.put("sub_1")
    assert office.subscriptions.get("acme", "sub_1") is None
    assert office.subscriptions.get("acme", "sub_1", fresh=True) == office.subscriptions.get("acme", "sub_1")
    assert office.subscriptions.get("acme", "sub_1") is not None


def test_a_source_is_read_and_a_broken_one_is_named(aws: Aws) -> None:
    table = aws.table("SourcesTable")
    sources = SourceTable(aws.dynamodb, table, FakeClock(), lambda reference, secret: True)
    good = {"source_id": "gh", "provider": "github", "secrets": ["ssm:/doorbell/gh"]}
    for item in (good, {"source_id": "bad", "provider": 7}):
        aws.dynamodb.put_item(TableName=table, Item=marshal(item))
    found = sources.get("gh")
    assert found is not None
    assert (found.provider, found.secrets) == ("github", ("ssm:/doorbell/gh",))
    assert sources.get("none") is None
    with pytest.raises(ConfigError, match="provider"):
        sources.get("bad")


@pytest.fixture
def endpoints(aws: Aws) -> EndpointTable:
    return EndpointTable(aws.dynamodb, aws.table("EndpointsTable"))


def test_an_endpoint_that_was_never_written_is_healthy(endpoints: EndpointTable) -> None:
    assert endpoints.health(NAME) == Health()


def test_health_is_written_only_over_the_version_that_was_seen(endpoints: EndpointTable) -> None:
    failing = Health(
        failures=2, failing_since=START, parked_until=START + 30.5, parks=1, probe_until=START + 60
    )
    assert endpoints.write_health(NAME, failing)
    stored = endpoints.health(NAME)
    assert (stored.version, stored.failures, stored.parked_until) == (1, 2, START + 30.5)
    assert not endpoints.write_health(NAME, Health(failures=9))
    assert endpoints.write_health(NAME, Health(version=1))
    assert endpoints.health(NAME) == Health(version=2)
    assert not endpoints.write_health(NAME, Health(failures=9, version=1))


def test_of_many_probes_at_the_same_time_one_is_taken(endpoints: EndpointTable) -> None:
    parked = Health(failures=5, parked_until=START, parks=1)
    endpoints.write_health(NAME, parked)
    seen = endpoints.health(NAME)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: endpoints.write_health(NAME, seen), range(16)))
    assert sum(taken) == 1


def test_rate_slots_are_unique_under_contention(endpoints: EndpointTable) -> None:
    with ThreadPoolExecutor(8) as pool:
        slots = pool.map(lambda _: endpoints.take_slot(NAME, Rate(0.5), START, LAST) or 0, range(40))
    assert [slot - START for slot in sorted(slots)] == [2.0 * n for n in range(40)]


def test_drain_slots_are_unique_under_contention_and_start_at_the_floor(endpoints: EndpointTable) -> None:
    with ThreadPoolExecutor(8) as pool:
        slots = pool.map(lambda _: endpoints.take_drain_slot(NAME, 4, START + 30, LAST) or 0, range(40))
    assert [slot - START for slot in sorted(slots)] == pytest.approx([30 + n / 4 for n in range(40)])


def test_slots_go_on_from_now_after_a_quiet_time(endpoints: EndpointTable) -> None:
    for _ in range(3):
        endpoints.take_slot(NAME, Rate(1), START, LAST)
    assert endpoints.take_slot(NAME, Rate(1), START + 100, LAST) == START + 100
    endpoints.take_drain_slot(NAME, 1, START, LAST)
    assert endpoints.take_drain_slot(NAME, 1, START + 100, LAST) == START + 100


def test_a_rate_that_was_changed_does_not_hand_out_a_slot_twice(endpoints: EndpointTable) -> None:
    first = [endpoints.take_slot(NAME, Rate(0.1), START, LAST) for _ in range(2)]
    then = [endpoints.take_slot(NAME, Rate(1), START, LAST) for _ in range(2)]
    assert len({*first, *then}) == 4


def test_a_slot_after_the_last_time_is_not_taken_and_those_before_it_are(endpoints: EndpointTable) -> None:
    took = [endpoints.take_slot(NAME, Rate(0.1), START, START + 25) for _ in range(5)]
    assert took == [START, START + 10, START + 20, None, None]
    assert endpoints.take_slot(NAME, Rate(0.1), START + 3, START + 30) == START + 30
    assert endpoints.take_drain_slot(NAME, 1, START + 9, START + 8) is None
    drained = [endpoints.take_drain_slot(NAME, 1, START + 9, START + 10) for _ in range(3)]
    turns = [endpoints.take_turn(NAME, 1, START + 9, START + 10) for _ in range(3)]
    assert drained == turns == [START + 9, START + 10, None]


def test_an_endpoint_that_starts_anew_is_healthy_and_nobody_waits_for_it(endpoints: EndpointTable) -> None:
    endpoints.enter(NAME, lease("a"), 1, START)
    for _ in range(2):
        endpoints.take_slot(NAME, Rate(0.001), START, LAST)
        endpoints.take_drain_slot(NAME, 1, START + 8000, LAST)
        endpoints.take_turn(NAME, 1, START + 8000, LAST)
        endpoints.reset(NAME)
        assert endpoints.take_slot(NAME, Rate(1), START, LAST) == START
        assert endpoints.take_drain_slot(NAME, 1, START, LAST) == START
        assert endpoints.take_turn(NAME, 1, START, LAST) == START
        assert endpoints.write_health(NAME, Health(failures=7, version=endpoints.health(NAME).version))
        endpoints.reset(NAME)
        assert endpoints.health(NAME) == Health(version=endpoints.health(NAME).version)
    assert not endpoints.enter(NAME, lease("b"), 1, START), "a place in flight stays taken"


def test_a_place_that_was_taken_by_a_call_whose_answer_was_lost_is_ones_own(endpoints: EndpointTable) -> None:
    class Lossy:
        """Its first write takes effect, is made again, and meets itself."""

        def __init__(self, client: Any) -> None:
            self.client, self.lost = client, False

        def __getattr__(self, name: str) -> Any:
            return getattr(self.client, name)

        def update_item(self, **call: Any) -> Any:
            if not self.lost:
                self.lost = True
                self.client.update_item(**call)
            return self.client.update_item(**call)

    lossy = EndpointTable(Lossy(endpoints.client), endpoints.table)
    assert lossy.enter(NAME, lease("a"), 1, START)
    assert not lossy.enter(NAME, lease("b"), 1, START)


def lease(name: str, until: float = 30) -> Lease:
    return Lease(name, START + until)


def test_no_more_than_the_limit_are_in_flight_and_a_place_is_given_back(endpoints: EndpointTable) -> None:
    assert endpoints.enter(NAME, lease("a"), 2, START)
    assert endpoints.enter(NAME, lease("b"), 2, START)
    assert not endpoints.enter(NAME, lease("c"), 2, START)
    endpoints.leave(NAME, lease("a"))
    assert endpoints.enter(NAME, lease("c"), 2, START)
    assert not endpoints.enter(NAME, lease("d"), 2, START)


def test_entering_twice_with_one_lease_takes_one_place(endpoints: EndpointTable) -> None:
    assert endpoints.enter(NAME, lease("a"), 2, START)
    assert endpoints.enter(NAME, lease("a"), 2, START)
    assert endpoints.enter(NAME, lease("b"), 2, START)


def test_a_dead_workers_place_is_free_when_its_lease_has_ended(endpoints: EndpointTable) -> None:
    assert endpoints.enter(NAME, lease("dead", 10), 1, START)
    assert not endpoints.enter(NAME, lease("b", 40), 1, START + 10)
    assert endpoints.enter(NAME, lease("b", 40), 1, START + 10.001)


def test_many_at_the_same_time_never_take_more_than_the_limit(endpoints: EndpointTable) -> None:
    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(lambda n: endpoints.enter(NAME, lease(f"l{n}"), 3, START), range(24)))
    assert 1 <= sum(entered) <= 3


def test_leaving_what_was_never_entered_is_harmless(endpoints: EndpointTable) -> None:
    endpoints.leave(NAME, lease("a"))
    endpoints.enter(NAME, lease("b"), 1, START)
    endpoints.leave(NAME, lease("a"))
    assert not endpoints.enter(NAME, lease("c"), 1, START)


def test_health_rate_and_places_share_an_item_without_harm(endpoints: EndpointTable) -> None:
    endpoints.take_slot(NAME, Rate(1), START, LAST)
    endpoints.enter(NAME, lease("a"), 1, START)
    assert endpoints.health(NAME) == Health()
    assert endpoints.write_health(NAME, Health(failures=1))
    assert endpoints.take_slot(NAME, Rate(1), START, LAST) == START + 1
    assert not endpoints.enter(NAME, lease("b"), 1, START)

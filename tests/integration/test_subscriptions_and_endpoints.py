"""Subscriptions, sources and endpoints in their tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doorbell.domain.deliveries import Lease
from doorbell.domain.errors import ConfigError
from doorbell.domain.filing import Question
from doorbell.domain.health import Health
from doorbell.domain.places import Places, Turn
from doorbell.domain.rate import Rate
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.filters import Filters
from doorbell.signatures.gate import Gate
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.configuration.subscriptions import LONG_BYTES, MANY_SECONDS, SubscriptionTable
from doorbell.store.dynamodb.query import Unread
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.endpoints import EndpointTable
from doorbell.usecases.route import Route
from tests.integration.conftest import Aws
from tests.support.builders import an_incoming
from tests.support.clocks import both
from tests.support.fakes import START, FakeBodies, FakeClock, RecordingMetrics

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
            self.client, self.table, self.broken.append, both(self.clock), page_size=page_size
        )

    def put(self, subscription_id: str, tenant_id: str = "acme", **changes: Any) -> None:
        item = {"tenant_id": tenant_id, "subscription_id": subscription_id, "url": "https://example.com/"}
        self.client.put_item(TableName=self.table, Item=marshal({**item, "signing": "none", **changes}))

    def item(self, subscription_id: str) -> dict[str, Any]:
        key = marshal({"tenant_id": "acme", "subscription_id": subscription_id})
        return unmarshal(self.client.get_item(TableName=self.table, Key=key).get("Item", {}))

    def wanting(self, event_type: str) -> list[str]:
        """As fan-out finds them."""
        incoming = an_incoming(event_type=event_type, source_id="hub")
        clock, metrics = FakeClock(), RecordingMetrics()
        page = Route(self.subscriptions, FakeBodies(), Filters(), clock, metrics).quickly(incoming)
        assert page is not None
        return list(page.matched)

    def all_ids(self) -> list[list[str]]:
        """The ids of each page."""
        pages, after = [], None
        while True:
            page = self.subscriptions.page("acme", after)
            wanting = page.subscriptions.concerning(Question("hub", ("push",), lambda path: None))
            pages.append([one.subscription_id for one in wanting if one.is_sound()])
            if page.after is None:
                return pages
            after = page.after


def test_a_tenants_subscriptions_come_page_by_page_in_order_and_no_other_tenants(aws: Aws) -> None:
    office = Office(aws, page_size=3)
    for n in (4, 2, 7, 1, 3, 6, 5):
        office.put(f"sub_{n}")
    office.put("sub_0", tenant_id="other")
    assert office.all_ids() == [["sub_1", "sub_2", "sub_3"], ["sub_4", "sub_5", "sub_6"], ["sub_7"]]


class Unhurried:
    """A client whose answers are read when they are asked for what they say."""

    def __init__(self, client: Any, size: int = 0) -> None:
        self.client, self.size = client, size
        self.asked, self.read = list[int](), 0

    def query_unread(self, **call: Any) -> Unread:
        self.asked.append(call["Limit"])

        def read() -> dict[str, Any]:
            self.read += 1
            found: dict[str, Any] = self.client.query(**call)
            return found

        return Unread(self.size, read)


@pytest.mark.parametrize(
    ("count", "size", "at_hand"),
    [(25, LONG_BYTES, True), (25, LONG_BYTES + 1, False), (27, 0, False), (0, 0, True)],
)
def test_guarantee_4_a_page_of_many_or_of_long_ones_is_not_read_while_others_wait(
    aws: Aws, count: int, size: int, at_hand: bool
) -> None:
    office = Office(aws)
    client = Unhurried(office.client, size)
    for number in range(count):
        office.put(f"sub_{number:02}")
    table = SubscriptionTable(
        office.client, office.table, office.broken.append, both(office.clock), queries=client
    )
    assert (table.is_at_hand("acme"), client.asked) == (at_hand, [26])
    assert client.read == (0 if size > LONG_BYTES else 1)
    question = Question("hub", ("push",), lambda path: None)
    for _ in range(2):
        found = table.page("acme", None).subscriptions.concerning(question)
        assert len(list(found)) == count
        assert table.is_at_hand("acme"), "it is read"
    assert client.asked == ([26] if at_hand else [26, 500]), "each is read once"
    office.clock.advance(10)
    assert table.is_at_hand("acme") is at_hand
    assert client.asked == ([26, 26] if at_hand else [26, 500]), "that they are many is remembered"
    office.clock.advance(MANY_SECONDS)
    assert table.is_at_hand("acme") is at_hand
    assert client.asked[-1] == 26, "and not for ever"


def test_an_item_is_checked_when_an_event_would_go_to_it_and_once(aws: Aws) -> None:
    office = Office(aws)
    office.put("sub_1")
    office.put("sub_2", url=7, event_types=["invoice.*"])
    assert office.wanting("push") == ["sub_1"]
    assert office.broken == []
    for _ in range(2):
        assert office.wanting("invoice.paid") == ["sub_1"]
    assert [error.item for error in office.broken] == ["subscription acme/sub_2"]


@pytest.mark.parametrize(
    "odd",
    [
        {"event_types": {"push", "pull"}},
        {"sources": {"hub"}},
        {"filter": None, "event_types": None},
        {"description": "ä", "enabled": None},
    ],
)
def test_an_item_that_is_written_in_another_way_is_read_by_the_model(aws: Aws, odd: dict[str, Any]) -> None:
    office = Office(aws)
    item = {"tenant_id": "acme", "subscription_id": "sub_1", "url": "https://example.com/", "signing": "none"}
    nulls = {name: {"NULL": True} for name, value in odd.items() if value is None}
    office.client.put_item(TableName=office.table, Item={**marshal({**item, **odd}), **nulls})
    assert office.wanting("push") == ["sub_1"]
    assert office.broken == []


@pytest.mark.parametrize(
    "broken",
    [
        {"event_types": "push"},
        {"event_types": ["push", ""]},
        {"event_types": ["push", "x" * 257]},
        {"event_types": ["push"] * 101},
        {"event_types": [b"push"]},
        {"sources": [7]},
        {"enabled": "yes"},
        {"filter": ""},
        {"filter": "a ||"},
        {"filter": b"body"},
        {"event_typs": ["push"]},
    ],
)
def test_an_item_that_is_broken_in_what_it_wants_is_told_of_by_the_first_event(
    aws: Aws, broken: dict[str, Any]
) -> None:
    office = Office(aws)
    office.put("sub_1", **broken)
    assert office.wanting("push") == []
    assert len(office.broken) == 1


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
    sources = SourceTable(aws.dynamodb, table, lambda *_: True, Gate().check_source)
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


def test_slots_are_counted_anew_when_the_rate_is_another(endpoints: EndpointTable) -> None:
    for _ in range(100):
        endpoints.take_slot(NAME, Rate(0.1), START, LAST)
    later = START + 60
    raised = [endpoints.take_slot(NAME, Rate(2), later, later + 30) for _ in range(4)]
    assert raised == [later, later + 0.5, later + 1, later + 1.5], "not behind what was promised"
    lowered = [endpoints.take_slot(NAME, Rate(0.1), later + 60, LAST) for _ in range(3)]
    assert lowered == [later + 60, later + 70, later + 80]


def test_whoever_still_knows_the_old_rate_does_not_count_the_slots_back(endpoints: EndpointTable) -> None:
    for _ in range(5):
        endpoints.take_slot(NAME, Rate(0.1), START, LAST)
    later = START + 60
    took = [endpoints.take_slot(NAME, Rate(rate), later, LAST) or 0 for rate in (1, 0.1, 1, 0.1, 1)]
    assert [slot - later for slot in took] == [0, 1, 11, 12, 22]


def test_a_line_that_the_release_before_counted_goes_on_as_it_is(endpoints: EndpointTable) -> None:
    table = {"TableName": endpoints.table, "Key": marshal({"subscription_id": NAME})}
    endpoints.client.put_item(
        TableName=endpoints.table, Item=marshal({"subscription_id": NAME, "tat": START + 40})
    )
    assert endpoints.take_slot(NAME, Rate(0.1), START, LAST) == START + 40
    stored = unmarshal(endpoints.client.get_item(**table)["Item"])
    assert (stored["tat"], stored["tat_rate"]) == (START + 50, 0.1)


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
    turns = [endpoints.take_turn(NAME, Turn(START + 9, 1), START + 10, crowded=False) for _ in range(3)]
    assert drained == turns == [START + 9, START + 10, None]


def test_an_endpoint_that_starts_anew_is_healthy_and_nobody_waits_for_it(endpoints: EndpointTable) -> None:
    enters(endpoints, lease("a"), 1, START)
    for _ in range(2):
        endpoints.take_slot(NAME, Rate(0.001), START, LAST)
        endpoints.take_drain_slot(NAME, 1, START + 8000, LAST)
        endpoints.take_turn(NAME, Turn(START + 8000, 1), LAST, crowded=True)
        endpoints.reset(NAME)
        assert endpoints.take_slot(NAME, Rate(1), START, LAST) == START
        assert endpoints.take_drain_slot(NAME, 1, START, LAST) == START
        assert endpoints.take_turn(NAME, Turn(START, 1), LAST, crowded=True) == START
        assert endpoints.write_health(NAME, Health(failures=7, version=endpoints.health(NAME).version))
        endpoints.reset(NAME)
        assert endpoints.health(NAME) == Health(version=endpoints.health(NAME).version)
    assert not enters(endpoints, lease("b"), 1, START), "a place in flight stays taken"


@pytest.mark.parametrize(
    ("left", "asked", "until"),
    [
        (1800, None, 0),
        (3600, None, 0),
        (3601, None, 3601),
        (-5, None, -5),
        (20.25, 20.25, 20.25),
        (1800, 20.25, 0),
    ],
)
def test_when_a_pause_is_over_a_parking_ends_that_no_subscriber_can_have_asked_for(
    endpoints: EndpointTable, left: float, asked: float | None, until: float
) -> None:
    asked_until = None if asked is None else START + asked
    parked = Health(5, START - 60, parked_until=START + left, parks=3, asked_until=asked_until)
    endpoints.write_health(NAME, parked)
    endpoints.resumed(NAME, START)
    found = endpoints.health(NAME, fresh=True)
    assert (found.parked_until, found.failing_since) == (START + until, None)
    assert (found.failures, found.parks) == (5, 3)


def test_of_an_endpoint_of_which_nothing_is_known_the_end_of_a_pause_writes_nothing(
    endpoints: EndpointTable,
) -> None:
    endpoints.resumed(NAME, START)
    assert endpoints.health(NAME, fresh=True) == Health()


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
    assert enters(lossy, lease("a"), 1, START)
    assert not enters(lossy, lease("b"), 1, START)


def lease(name: str, until: float = 30) -> Lease:
    return Lease(name, START + until)


def enters(endpoints: EndpointTable, lease: Lease, limit: int, now: float, in_turn: bool = True) -> bool:
    return endpoints.enter(NAME, lease, limit, now, in_turn=in_turn).is_in


def test_no_more_than_the_limit_are_in_flight_and_a_place_is_given_back(endpoints: EndpointTable) -> None:
    assert enters(endpoints, lease("a"), 2, START)
    assert enters(endpoints, lease("b"), 2, START)
    assert not enters(endpoints, lease("c"), 2, START)
    endpoints.leave(NAME, lease("a"), None)
    assert enters(endpoints, lease("c"), 2, START)
    assert not enters(endpoints, lease("d"), 2, START)


def test_entering_twice_with_one_lease_takes_one_place(endpoints: EndpointTable) -> None:
    assert enters(endpoints, lease("a"), 2, START)
    assert enters(endpoints, lease("a"), 2, START)
    assert enters(endpoints, lease("b"), 2, START)


def test_a_dead_workers_place_is_free_when_its_lease_has_ended(endpoints: EndpointTable) -> None:
    assert enters(endpoints, lease("dead", 10), 1, START)
    assert not enters(endpoints, lease("b", 40), 1, START + 10)
    assert enters(endpoints, lease("b", 40), 1, START + 10.001)


def test_many_at_the_same_time_never_take_more_than_the_limit(endpoints: EndpointTable) -> None:
    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(lambda n: enters(endpoints, lease(f"l{n}"), 3, START), range(24)))
    assert 1 <= sum(entered) <= 3


def test_whoever_does_not_wait_in_line_lets_it_pass(endpoints: EndpointTable) -> None:
    enters(endpoints, lease("a"), 2, START)
    assert endpoints.take_turn(NAME, Turn(START + 5, 2), LAST, crowded=False) == START + 5
    assert not enters(endpoints, lease("b"), 2, START, in_turn=False)
    assert enters(endpoints, lease("b"), 2, START, in_turn=True)


def test_how_long_an_answer_took_is_kept_as_its_place_is_left(endpoints: EndpointTable) -> None:
    enters(endpoints, lease("a"), 1, START)
    assert endpoints.enter(NAME, lease("b"), 1, START, in_turn=True).places.stay_seconds is None
    endpoints.leave(NAME, lease("a"), 12.5)
    endpoints.leave(NAME, lease("a"), None)
    seen = endpoints.enter(NAME, lease("b"), 1, START, in_turn=True)
    assert (seen.is_in, seen.places) == (True, Places({}, 12.5, None))
    endpoints.reset(NAME)
    assert endpoints.enter(NAME, lease("c"), 1, START, in_turn=True).places.stay_seconds is None


def test_leaving_what_was_never_entered_is_harmless(endpoints: EndpointTable) -> None:
    endpoints.leave(NAME, lease("a"), None)
    enters(endpoints, lease("b"), 1, START)
    endpoints.leave(NAME, lease("a"), None)
    assert not enters(endpoints, lease("c"), 1, START)


def test_health_rate_and_places_share_an_item_without_harm(endpoints: EndpointTable) -> None:
    endpoints.take_slot(NAME, Rate(1), START, LAST)
    enters(endpoints, lease("a"), 1, START)
    assert endpoints.health(NAME) == Health()
    assert endpoints.write_health(NAME, Health(failures=1))
    assert endpoints.take_slot(NAME, Rate(1), START, LAST) == START + 1
    assert not enters(endpoints, lease("b"), 1, START)


def test_a_subscription_is_disabled_for_the_target_that_it_still_has(aws: Aws) -> None:
    office, arn = Office(aws), "arn:aws:sqs:eu-central-1:123456789012:orders"
    gone = Subscription("acme", "sub_1", url=arn)
    key = {"tenant_id": "acme", "subscription_id": "sub_1"}
    office.client.put_item(TableName=office.table, Item=marshal({**key, "target": f"{arn}-2"}))
    assert not office.subscriptions.disable(gone, "gone", START)
    office.client.put_item(TableName=office.table, Item=marshal({**key, "target": arn}))
    assert office.subscriptions.disable(gone, "gone", START)
    assert office.item("sub_1")["enabled"] is False

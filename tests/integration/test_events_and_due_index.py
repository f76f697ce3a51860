"""Events, routing pages, stories and the due index in the Events table; bodies in the bucket."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.domain.deliveries import Lease, State
from doorbell.domain.errors import Unavailable
from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.domain.uses import differ
from doorbell.store.bodies import BodyBucket
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.due_index import DueIndexQuery
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import event_values
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.events import EventTable
from doorbell.store.events.stories import StoryTable
from tests.integration.conftest import Aws, Repeating
from tests.support.builders import a_delivery, a_stored_event, an_incoming
from tests.support.fakes import START, FakeClock

SHARDS = 4
DAY = 86_400


@pytest.fixture
def table(aws: Aws) -> str:
    return aws.table("EventsTable")


@pytest.fixture
def events(aws: Aws, table: str) -> EventTable:
    return EventTable(aws.dynamodb, table)


@pytest.fixture
def deliveries(aws: Aws, table: str) -> DeliveryTable:
    return DeliveryTable(aws.dynamodb, table, SHARDS)


def test_an_event_is_put_once_and_the_second_learns_of_the_first(events: EventTable) -> None:
    first, second = a_stored_event(), a_stored_event(an_incoming(b"other", ingest_id="ing_2"))
    assert events.put_new(first) is None
    assert events.put_new(second) == first
    assert events.get("evt_1", START) == first


def test_guarantee_3_of_two_events_on_one_dedupe_key_one_is_kept_and_the_other_can_tell(
    events: EventTable,
) -> None:
    events.put_new(a_stored_event())
    there = events.put_new(a_stored_event(an_incoming(ingest_id="ing_2")))
    assert there is not None
    assert there.incoming.ingest_id == "ing_1"


def test_guarantee_2_a_put_that_the_client_repeats_recognises_itself(aws: Aws, events: EventTable) -> None:
    repeating = EventTable(Repeating(aws.dynamodb), events.table)
    there = repeating.put_new(a_stored_event())
    assert there == a_stored_event(), "the same ingest id: fan-out goes on"


def test_an_event_that_is_not_there_is_none(events: EventTable) -> None:
    assert events.get("evt_none", START) is None


def test_an_event_with_every_kind_of_byte_and_header_comes_back_whole(events: EventTable) -> None:
    odd = an_incoming(bytes(range(256)), headers={"x-empty": "", "x-uni": "Zürich ☎", "cookie": "a=b; c"})
    event = a_stored_event(odd, routing=RoutingPage((Match("a", Reason.FILTER_ERROR, "why"),), "a"))
    events.put_new(event)
    assert events.get("evt_1", START) == event


def test_an_event_in_the_bucket_keeps_its_key(events: EventTable) -> None:
    event = a_stored_event(an_incoming(BodyAt(300_000, key="acme/ing_1")))
    events.put_new(event)
    assert events.get("evt_1", START) == event


def test_a_routing_page_is_put_once_and_the_second_learns_of_the_first(events: EventTable) -> None:
    first = RoutingPage((Match("a", Reason.MATCHED),), "a")
    second = RoutingPage((Match("b", Reason.MATCHED),), None)
    assert events.put_page(a_stored_event(), 1, first) is None
    assert events.put_page(a_stored_event(), 1, second) == first
    assert events.put_page(a_stored_event(), 2, second) is None


def test_a_routing_page_is_there_when_it_was_put(events: EventTable) -> None:
    page = RoutingPage((Match("a", Reason.MATCHED),), "a")
    events.put_page(a_stored_event(), 1, page)
    assert events.page(a_stored_event(), 1) == page
    assert events.page(a_stored_event(), 2) is None


def test_the_largest_routing_page_fits_its_item(events: EventTable) -> None:
    page = RoutingPage(
        tuple(Match(f"sub-{n * 7919:064d}", Reason.FILTER_ERROR, "x" * 200) for n in range(500))
    )
    assert events.put_page(a_stored_event(), 1, page) is None


def a_use(generation: int, **changes: Any) -> StoredEvent:
    incoming = an_incoming(f"use {generation}".encode(), ingest_id=f"ing_{generation}", received_at=START)
    return a_stored_event(incoming, generation=generation, **changes)


def test_a_key_that_was_used_once_has_no_newest_use(events: EventTable) -> None:
    events.put_new(a_use(0))
    assert events.newest("evt_1", START) is None


def test_the_newest_use_tells_all_that_a_duplicate_is_known_by(events: EventTable) -> None:
    events.move_newest(a_use(7))
    found = events.newest("evt_1", START)
    assert found is not None
    assert (found.generation, found.ingest_id, found.received_at) == (7, "ing_7", START)
    assert found.dedupe_until == a_use(7).dedupe_until
    assert not differ(found.body, BodyAt(5, b"use 7"))
    assert differ(found.body, BodyAt(5, b"use 8"))


def test_the_newest_use_moves_forward_only(events: EventTable) -> None:
    for generation in (3, 5, 4):
        events.move_newest(a_use(generation))
    found = events.newest("evt_1", START)
    assert found is not None
    assert found.generation == 5


def test_a_newest_use_that_has_expired_is_gone_and_numbers_may_begin_anew(events: EventTable) -> None:
    events.move_newest(a_use(720, expires_at=int(START) + 10))
    assert events.newest("evt_1", START + 10) is None
    events.move_newest(a_use(1, created_at=START + 10, expires_at=int(START) + 100))
    found = events.newest("evt_1", START + 11)
    assert found is not None
    assert found.generation == 1


def test_two_tenants_keys_have_pointers_of_their_own(events: EventTable) -> None:
    """The first event's id is made of tenant, source and key."""
    events.move_newest(a_use(1))
    assert events.newest("evt_2", START) is None


def test_what_lies_beside_an_event_is_no_part_of_its_story(aws: Aws, events: EventTable) -> None:
    events.put_new(a_use(0))
    events.move_newest(a_use(1))
    stories = StoryTable(aws.dynamodb, events.table, FakeClock())
    assert stories.story("evt_1") == (a_use(0), [])
    assert stories.page("evt_1", None, 10) == (a_use(0), [], None)


def test_the_digest_of_a_body_in_the_bucket_comes_back(events: EventTable) -> None:
    body = BodyAt(300_000, key="acme/ing_1", digest=bytes(32))
    event = a_stored_event(an_incoming(body))
    events.put_new(event)
    assert events.get("evt_1", START) == event


def test_the_event_log_lists_a_tenants_day_in_order_and_no_deliveries(
    aws: Aws, events: EventTable, deliveries: DeliveryTable
) -> None:
    """Whatever key of its day an event is under; two of one time are both there."""
    ats = [*(float(7 * number % 40) for number in range(40)), 5.0, 2 * 3600.0]
    for number, at in enumerate(ats):
        events.put_new(a_stored_event(event_id=f"evt_{number}", created_at=START + at))
    events.put_new(a_stored_event(an_incoming(tenant_id="other"), event_id="evt_other", created_at=START))
    deliveries.create([a_delivery()])
    log = EventLog(aws.dynamodb, events.table)
    rows = list(log.between("acme", START, START + DAY))
    assert [row.created_at - START for row in rows] == sorted(ats)
    assert {row.event_id for row in rows} == {f"evt_{number}" for number in range(len(ats))}
    assert [row.created_at for row in log.between("acme", START, START + DAY, newest_first=True)] == [
        row.created_at for row in reversed(rows)
    ]
    assert [row.created_at - START for row in log.between("acme", START + 10, START + 20)] == [
        at for at in sorted(ats) if 10 <= at <= 20
    ]


def test_an_event_recorded_before_a_tenants_day_had_several_keys_is_still_listed(
    aws: Aws, events: EventTable
) -> None:
    item = {**event_values(a_stored_event(event_id="evt_9")), "tenant_day": "acme#2023-11-14"}
    aws.dynamodb.put_item(TableName=events.table, Item=marshal(item))
    log = EventLog(aws.dynamodb, events.table)
    assert [row.event_id for row in log.between("acme", START, START + DAY)] == ["evt_9"]


def test_a_story_is_the_event_and_its_deliveries_in_one_query(
    aws: Aws, events: EventTable, deliveries: DeliveryTable
) -> None:
    events.put_new(a_stored_event())
    events.put_page(a_stored_event(), 1, RoutingPage())
    deliveries.create([a_delivery("sub_2"), a_delivery("sub_1")])
    deliveries.claim(a_delivery("sub_2").key, 1, Lease("l", START + 30), START)
    found = StoryTable(aws.dynamodb, events.table, FakeClock()).story("evt_1")
    assert found is not None
    event, told = found
    assert event == a_stored_event()
    assert [(d.key.subscription_id, d.lease is not None) for d in told] == [("sub_1", False), ("sub_2", True)]


def test_a_story_of_many_pages_is_told_whole(aws: Aws, events: EventTable, deliveries: DeliveryTable) -> None:
    events.put_new(a_stored_event(an_incoming(b"")))
    many = [a_delivery(f"sub_{n:03d}", reason=None) for n in range(300)]
    deliveries.create(many)

    class SmallPages:
        def query(self, **call: object) -> object:
            return aws.dynamodb.query(**call, Limit=70)

    found = StoryTable(SmallPages(), events.table, FakeClock()).story("evt_1")
    assert found is not None
    assert [d.key.subscription_id for d in found[1]] == [d.key.subscription_id for d in many]


def test_a_page_of_a_story_has_no_more_deliveries_than_asked_for_and_goes_on_behind_them(
    aws: Aws, events: EventTable, deliveries: DeliveryTable
) -> None:
    events.put_new(a_stored_event())
    events.put_page(a_stored_event(), 1, RoutingPage())
    deliveries.create([a_delivery(f"sub_{n}") for n in range(5)])
    stories = StoryTable(aws.dynamodb, events.table, FakeClock())
    seen: list[list[str]] = []
    after: str | None = None
    while not seen or after is not None:
        found = stories.page("evt_1", after, 2)
        assert found is not None
        event, told, after = found
        assert event == a_stored_event()
        seen.append([delivery.key.subscription_id for delivery in told])
    assert seen == [["sub_0", "sub_1"], ["sub_2", "sub_3"], ["sub_4"]]
    assert stories.page("evt_none", None, 2) is None
    assert StoryTable(aws.dynamodb, events.table, FakeClock(2e9)).page("evt_1", None, 2) is None


@pytest.mark.parametrize(
    ("deliveries_there", "pages_of_routing", "queries"),
    [(0, 0, 1), (3, 1, 1), (4, 0, 1), (6, 0, 2), (2, 5, 2)],
)
def test_a_page_is_one_query_unless_something_is_behind_it(
    aws: Aws,
    events: EventTable,
    deliveries: DeliveryTable,
    deliveries_there: int,
    pages_of_routing: int,
    queries: int,
) -> None:
    events.put_new(a_stored_event())
    for number in range(1, pages_of_routing + 1):
        further = RoutingPage((Match(f"sub_{number}", Reason.MATCHED),))
        events.put_page(a_stored_event(), number, further)
    names = [f"sub_{n}" for n in range(deliveries_there)]
    deliveries.create([a_delivery(name) for name in names])
    calls = list[str]()
    aws.dynamodb.meta.events.register(
        "before-call.dynamodb.Query", lambda model, **_: calls.append(model.name)
    )
    found = StoryTable(aws.dynamodb, events.table, FakeClock()).page("evt_1", None, 3)
    assert found is not None
    event, told, after = found
    assert len(calls) == queries
    assert [delivery.key.subscription_id for delivery in told] == names[:3]
    assert after == (names[2] if deliveries_there > 3 else None)
    assert len(event.routing.matches) == len(a_stored_event().routing.matches) + pages_of_routing


def test_an_event_that_expired_and_only_awaits_removal_has_no_story(aws: Aws, events: EventTable) -> None:
    events.put_new(a_stored_event(expires_at=int(START) + 100))
    clock = FakeClock(START + 99)
    stories = StoryTable(aws.dynamodb, events.table, clock)
    assert stories.story("evt_1") is not None
    clock.advance(1)
    assert stories.story("evt_1") is None
    assert stories.story("evt_none") is None


def test_what_is_due_comes_earliest_first_and_no_later_than_asked(
    aws: Aws, deliveries: DeliveryTable
) -> None:
    for number, at in ((1, 30), (2, -500), (3, 60), (4, 61), (5, 0)):
        deliveries.create([a_delivery(f"sub_{number}", due_at=START + at)])
    index = DueIndexQuery(aws.dynamodb, deliveries.table, SHARDS)
    rows = [row for shard in range(SHARDS) for row in index.due(shard, START + 60)]
    assert sorted(row.due_at - START for row in rows) == [-500, 0, 30, 60]
    for shard in range(SHARDS):
        times = [row.due_at for row in index.due(shard, START + 60)]
        assert times == sorted(times)
    (row,) = [row for row in rows if row.key.subscription_id == "sub_1"]
    assert (row.key, row.tenant_id, row.attempts_made) == (a_delivery("sub_1").key, "acme", 0)


def test_every_page_of_a_shard_is_read(aws: Aws, deliveries: DeliveryTable) -> None:
    deliveries.create([a_delivery(f"sub_{n}", due_at=START - n) for n in range(90)])

    class SmallPages:
        def query(self, **call: object) -> object:
            return aws.dynamodb.query(**{**call, "Limit": 7})

    index = DueIndexQuery(SmallPages(), deliveries.table, SHARDS)
    rows = [row for shard in range(SHARDS) for row in index.due(shard, START)]
    assert len({row.key for row in rows}) == len(rows) == 90


def test_guarantee_2_whatever_is_pending_is_in_the_index_and_what_ended_is_not(
    aws: Aws, deliveries: DeliveryTable
) -> None:
    deliveries.create([a_delivery(f"sub_{n}") for n in range(6)])
    index = DueIndexQuery(aws.dynamodb, deliveries.table, SHARDS)
    for n in range(3):
        won = deliveries.claim(a_delivery(f"sub_{n}").key, 1, Lease(f"l{n}", START + 30), START)
        ended = a_delivery(f"sub_{n}", state=State.DELIVERED, due_at=None, ended_at=START)
        assert deliveries.record(won.delivery, None, ended)  # type: ignore[arg-type]
    found = {row.key.subscription_id for shard in range(SHARDS) for row in index.due(shard, START + 900)}
    assert found == {"sub_3", "sub_4", "sub_5"}


def test_a_body_comes_back_byte_for_byte_and_may_be_put_twice(aws: Aws) -> None:
    bodies = BodyBucket(lambda: aws.s3, aws.bucket())
    bodies.put("acme/ing_1", bytes(range(256)))
    bodies.put("acme/ing_1", bytes(range(256)))
    assert bodies.get("acme/ing_1") == bytes(range(256))


def test_a_body_that_is_gone_is_a_key_error_and_a_bucket_that_is_gone_is_unavailable(aws: Aws) -> None:
    with pytest.raises(KeyError):
        BodyBucket(lambda: aws.s3, aws.bucket()).get("acme/none")
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        BodyBucket(lambda: aws.s3, "no-such-bucket").put("acme/x", b"x")


def test_a_story_says_for_every_subscription_why_also_beyond_the_first_page(events: EventTable) -> None:
    first = RoutingPage((Match("a", Reason.MATCHED),), after="a")
    second = RoutingPage((Match("b", Reason.EVENT_TYPE),))
    events.put_new(a_stored_event(event_id="evt_1", routing=first))
    events.put_page(a_stored_event(), 1, second)
    found = StoryTable(events.client, events.table, FakeClock()).story("evt_1")
    assert found is not None
    assert found[0].routing == RoutingPage(first.matches + second.matches)

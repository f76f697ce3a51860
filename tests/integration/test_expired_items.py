"""DynamoDB removes an item up to days after it has expired: meanwhile it is as good as gone, everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import RoutingPage, StoredEvent
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.events.events import EventTable
from doorbell.store.events.ledger import LedgerTable
from doorbell.store.events.new_together import EventsTogether, Inserts, NewDeliveriesTogether
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell.store.events.stories import StoryTable
from tests.integration.conftest import Aws
from tests.support.builders import a_delivery, a_stored_event, an_incoming
from tests.support.fakes import START, FakeClock

EXPIRED = int(START)
LATER = START + 3600.0
OLD = a_stored_event(created_at=START - 86_400, expires_at=EXPIRED, routing=RoutingPage(after="x"))
NEW = a_stored_event(an_incoming(ingest_id="ing_2"), created_at=LATER, expires_at=int(LATER) + 86_400)
OLD_PAGE, NEW_PAGE = (RoutingPage((Match(name, Reason.MATCHED),)) for name in ("old", "new"))


def ended(delivery: Delivery) -> Delivery:
    """A delivery of the old event, delivered long ago."""
    return replace(
        delivery, state=State.DELIVERED, due_at=None, created_at=START - 86_400, expires_at=EXPIRED
    )


def fresh(number: int) -> Delivery:
    return a_delivery(f"sub_{number}", created_at=LATER, expires_at=NEW.expires_at)


@dataclass
class Tables:
    """`create` is each of the ways in which new deliveries are put."""

    aws: Aws

    def __post_init__(self) -> None:
        client, name = self.aws.dynamodb, self.aws.table("EventsTable")
        self.events, self.deliveries = EventTable(client, name), DeliveryTable(client, name, 32)
        self.replays = ReplayTable(client, name, 32, clock=FakeClock(LATER))
        inserts = Inserts(Gathered(client, 1), lambda cause: None)
        self.events_together = EventsTogether(self.events, inserts)
        self.deliveries_together = NewDeliveriesTogether(self.deliveries, inserts)
        self.create: dict[str, Callable[[Sequence[Delivery]], Sequence[object]]] = {
            "by itself": self.deliveries.create,
            "in a call of many": self.deliveries.create,
            "in a batch's call": self.deliveries_together.create,
            "by a replay job": lambda wanted: self.replays.create(wanted, "j1"),
        }


@pytest.fixture
def tables(aws: Aws) -> Tables:
    return Tables(aws)


@pytest.mark.parametrize(
    ("way", "count"),
    [("by itself", 1), ("in a call of many", 12), ("in a batch's call", 3), ("by a replay job", 2)],
)
def test_a_new_delivery_is_put_over_one_that_expired_and_not_over_one_that_lives(
    tables: Tables, way: str, count: int
) -> None:
    wanted = [fresh(number) for number in range(count)]
    assert tables.deliveries.create([ended(one) for one in wanted]) == [None] * count
    assert tables.create[way](wanted) == [None] * count
    there = tables.create[way]([replace(one, next_attempt_at=LATER + 9) for one in wanted])
    assert None not in there


@pytest.mark.parametrize("together", [False, True])
def test_a_new_event_is_put_over_one_that_expired_and_not_over_one_that_lives(
    tables: Tables, together: bool
) -> None:
    events = tables.events_together if together else tables.events
    assert events.put_new(OLD) is None
    assert events.put_new(NEW) is None
    assert events.put_new(replace(NEW, created_at=LATER + 60)) == NEW


def test_a_routing_page_of_an_expired_event_is_not_the_new_ones(tables: Tables) -> None:
    """Taken for its own it would vouch for deliveries that were never made."""
    assert tables.events.put_page(OLD, 1, OLD_PAGE) is None
    assert tables.events.page(OLD, 1) == OLD_PAGE
    assert tables.events.page(NEW, 1) is None
    assert tables.events.put_page(NEW, 1, NEW_PAGE) is None
    assert tables.events.page(NEW, 1) == NEW_PAGE


def leftovers_beside(tables: Tables, event: StoredEvent) -> None:
    """What an expired event left behind, and then the new event with one delivery."""
    tables.events.put_page(OLD, 1, OLD_PAGE)
    tables.deliveries.create(
        [ended(a_delivery("gone")), ended(a_delivery(key=DeliveryKey("evt_1", "gone", 1)))]
    )
    tables.events.put_new(event)
    tables.deliveries.create([fresh(1)])


def test_a_story_and_its_pages_tell_nothing_of_what_expired(tables: Tables) -> None:
    leftovers_beside(tables, NEW)
    stories = StoryTable(tables.aws.dynamodb, tables.events.table, FakeClock(LATER + 60))
    whole, page = stories.story("evt_1"), stories.page("evt_1", None, 10)
    for found in (whole, page):
        assert found is not None
        assert (found[0].routing, [d.key.subscription_id for d in found[1]]) == (RoutingPage(), ["sub_1"])


def test_the_ledger_of_an_event_counts_nothing_that_expired_before_it(tables: Tables) -> None:
    leftovers_beside(tables, NEW)
    entry = LedgerTable(tables.aws.dynamodb, tables.events.table).entry("evt_1")
    assert entry is not None
    assert (entry.matched, [d.subscription_id for d in entry.deliveries]) == ((), ["sub_1"])


def test_a_replay_job_that_expired_is_gone(tables: Tables) -> None:
    job = ReplayJob("j1", Selection("acme", "billing", 0, LATER), 1.0, 0.0, version=1)
    assert tables.replays.save(job)
    assert tables.replays.load("j1") == job
    much_later = replace(tables.replays, clock=FakeClock(LATER + 32 * 86_400))
    assert much_later.load("j1") is None
    assert list(much_later.jobs("acme")) == []

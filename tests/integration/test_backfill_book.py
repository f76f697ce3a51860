"""Back-fill on record: one of two passes wins, what is due is found, and the sweeper sees none of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.backfill import Later, Progress, Stage, Tried
from doorbell.domain.sources import Source
from doorbell.store.deliveries.due_index import DueIndexQuery
from doorbell.store.deliveries.pending_walk import PendingWalk
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.store.events.backfill_plan import BackfillPlan
from tests.integration.conftest import Aws

NOW = 1_700_000_000.0
SOURCE = Source("gh", "github", ("ssm:/x",), tenant_id="acme")


@pytest.fixture
def book(aws: Aws) -> BackfillBook:
    return BackfillBook(aws.dynamodb, aws.table("EventsTable"), lambda: NOW)


@pytest.fixture
def plan(aws: Aws, book: BackfillBook) -> BackfillPlan:
    return BackfillPlan(aws.dynamodb, aws.table("SourcesTable"), book)


def test_what_was_saved_is_read_and_whoever_has_read_before_is_overtaken(book: BackfillBook) -> None:
    fresh = book.progress(SOURCE)
    assert fresh == Progress("gh", "acme")
    given = replace(fresh, began=NOW, since=NOW - 60, cursor="v1_7", due_at=NOW, failures=2, problem="why")
    saved = book.save(given)
    assert book.progress(SOURCE) == saved == replace(given, version=1)
    book.save(saved)
    with pytest.raises(Later, match="another back-fill"):
        book.save(replace(saved, cursor="v1_8"))


def test_another_tenant_of_the_source_begins_anew_and_sees_nothing_of_the_first(book: BackfillBook) -> None:
    book.save(replace(book.progress(SOURCE), done_until=NOW))
    assert book.ask(SOURCE, Tried("k", "evt_1", "push", NOW, 1, NOW))
    moved = replace(SOURCE, tenant_id="other")
    assert book.progress(moved) == Progress("gh", "other", version=1)
    assert (book.tried(moved, ["k"]), book.all_tried(moved)) == ({}, [])


def test_an_event_is_asked_for_by_one_of_two_and_what_became_of_it_stays(book: BackfillBook) -> None:
    first = Tried("k", "evt_1", "push", NOW - 60, 1, NOW)
    assert (book.ask(SOURCE, first), book.ask(SOURCE, replace(first, asked_at=NOW + 1))) == (True, False)
    assert book.ask(SOURCE, first), "the client repeats a call that took effect"
    assert book.ask(SOURCE, replace(first, asked=2, asked_at=NOW + 700))
    settled = replace(first, asked=2, stage=Stage.MISSING, why="refused")
    book.settle(SOURCE, settled)
    assert book.tried(SOURCE, ["k", "other"]) == {"k": settled}
    assert book.all_tried(SOURCE) == [settled]


def test_what_is_due_is_found_the_longest_first_and_no_sweep_finds_it(
    aws: Aws, book: BackfillBook, plan: BackfillPlan
) -> None:
    for name, due_at in (("b", NOW - 60), ("a", NOW - 120), ("later", NOW + 60), ("never", None)):
        book.save(Progress(name, "acme", due_at=due_at))
    assert list(plan.due(NOW)) == ["a", "b"]
    sweep = DueIndexQuery(aws.dynamodb, book.table, 32)
    assert [row for shard in range(32) for row in sweep.due(shard, NOW + 3600)] == []
    assert PendingWalk(aws.dynamodb, book.table).pending("acme").rows == []
    plan.off("a")
    plan.off("nobody")
    assert list(plan.due(NOW)) == ["b"]


def test_of_all_who_ask_at_once_one_looks_through_the_sources(aws: Aws, plan: BackfillPlan) -> None:
    for item in ({"source_id": "gh", "backfill": {}}, {"source_id": "plain"}):
        aws.dynamodb.put_item(TableName=plan.sources_table, Item=marshal(item))
    assert [plan.may_look(NOW, NOW + 3600) for _ in range(3)] == [True, False, False]
    assert plan.wanted() == ["gh"]
    assert (plan.may_look(NOW + 3599, NOW), plan.may_look(NOW + 3600, NOW + 7200)) == (False, True)

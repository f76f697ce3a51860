"""What is on record beside events: two tenants with the same ids, whose writes come in any order, each find
what they would find alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

import pytest

from doorbell.domain.backfill import Progress, Stage, Tried
from doorbell.domain.claims import Won
from doorbell.domain.deliveries import DeliveryKey, Lease
from doorbell.domain.incidents import Cause
from doorbell.domain.shelves import filed
from doorbell.domain.sources import Source
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.shelf_count import ShelfCount
from doorbell.store.deliveries.shelf_index import ShelfIndex
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.store.events.operations import Operation, OperationTable
from doorbell.store.health.incidents import IncidentTable
from doorbell.store.health.off_times import OffTimes
from doorbell.store.health.reads import HealthReads
from tests.integration.conftest import Aws
from tests.support.builders import a_delivery, a_subscription
from tests.support.fakes import START

TENANTS = ("acme", "acme.x", "x")
"""One's name begins, or ends, with another's."""
IDS = ("acme", "x", "x.acme")
STEPS = 40


@dataclass
class Book:
    """The tables, and what is written into them."""

    aws: Aws

    def __post_init__(self) -> None:
        self.events, self.endpoints = self.aws.table("EventsTable"), self.aws.table("EndpointsTable")
        client = self.aws.dynamodb
        self.operations = OperationTable(client, self.events)
        self.incidents = IncidentTable(client, self.endpoints)
        self.off, self.reads = OffTimes(client, self.endpoints), HealthReads(client, self.endpoints)
        self.deliveries = DeliveryTable(client, self.events, 32)
        self.shelves = ShelfIndex(client, self.events, lambda until: ())
        self.count = ShelfCount(client, self.events)
        self.backfill = BackfillBook(client, self.events, lambda: START)

    def operate(self, tenant: str, name: str, at: float) -> None:
        self.operations.record(Operation(tenant, "me", "disable", f"source {name}", at))

    def note(self, tenant: str, name: str, at: float) -> None:
        self.incidents.note(Cause.HEALTH, scoped(tenant, name), "endpoint.parked", {}, at, soon=True)

    def switch(self, tenant: str, name: str, at: float) -> None:
        self.off.add(scoped(tenant, name), at, at + 1)

    def file(self, tenant: str, name: str, at: float) -> None:
        """A delivery, on its endpoint's list."""
        one = a_subscription(name, tenant_id=tenant)
        key = DeliveryKey(f"evt_{tenant}_{at:.0f}", name)
        made = a_delivery(key=key, tenant_id=tenant, created_at=START, next_attempt_at=at)
        self.deliveries.create([made])
        claim = self.deliveries.claim(key, 1, Lease("me", at + 30), at)
        assert isinstance(claim, Won)
        assert self.deliveries.record(
            claim.delivery, None, filed(claim.delivery, one.endpoint_id, one.retry, at)
        )

    def ask(self, tenant: str, name: str, at: float) -> None:
        """Of a source that is the tenant's alone: a source's id is one tenant's."""
        source = Source(f"{name}-of-{tenant}", "github", (), tenant_id=tenant)
        self.backfill.save(replace(self.backfill.progress(source), done_until=at))
        event_id = f"evt_{tenant}_{at:.0f}"
        self.backfill.settle(source, Tried(f"k{at:.0f}", event_id, "push", at, 1, at, Stage.ASKED, ""))

    def seen(self, tenant: str) -> dict[str, object]:
        """All that the tenant can read of it."""
        told: dict[str, object] = {
            "operations": [(one.on, one.at) for one in self.operations.newest(tenant, START, 100)]
        }
        for name in IDS:
            endpoint = scoped(tenant, name)
            incident = self.incidents.get(Cause.HEALTH, endpoint)
            listed = self.shelves.waiting(endpoint, None, START * 2, 1000).rows
            source = Source(f"{name}-of-{tenant}", "github", (), tenant_id=tenant)
            progress: Progress = self.backfill.progress(source)
            told[name] = (
                None if incident is None else (incident.since, incident.count),
                list(self.reads.off_times(endpoint)),
                [(row.key.event_id, row.tenant_id) for row in listed],
                self.count.listed(endpoint),
                progress.done_until,
                [one.key for one in self.backfill.all_tried(source)],
            )
        return told


WRITES: tuple[Callable[[Book, str, str, float], None], ...] = (
    Book.operate,
    Book.note,
    Book.switch,
    Book.file,
    Book.ask,
)


@pytest.mark.parametrize("seed", range(3))
def test_tenants_with_the_same_ids_find_what_each_would_find_alone(aws: Aws, seed: int) -> None:
    dice, book = Random(seed), Book(aws)
    steps = [
        (dice.choice(WRITES), dice.choice(TENANTS), dice.choice(IDS), START + number)
        for number in range(STEPS)
    ]
    for write, tenant, name, at in steps:
        write(book, tenant, name, at)
    together = {tenant: book.seen(tenant) for tenant in TENANTS}
    for table in (book.events, book.endpoints):
        aws.dynamodb.delete_table(TableName=table)
    for tenant in TENANTS:
        alone = Book(aws)
        for write, owner, name, at in steps:
            if owner == tenant:
                write(alone, tenant, name, at)
        assert together[tenant] == alone.seen(tenant)
        for table in (alone.events, alone.endpoints):
            aws.dynamodb.delete_table(TableName=table)

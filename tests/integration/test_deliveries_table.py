"""Deliveries in the Events table: every condition of every write, one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.claims import Lost, Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.errors import Unavailable
from doorbell.domain.replays import Selection
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.deliveries_together import DeliveriesTogether
from doorbell.store.deliveries.delivery_items import delivery_key
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.dynamodb.tables import marshal, unmarshal
from tests.integration.conftest import Aws, Repeating
from tests.support.builders import a_delivery
from tests.support.fakes import START

LEASE = Lease("lease-1", START + 30)
ATTEMPT = Attempt(1, START + 0.5, 120, 500, None, "", "sorry")


class InBatch(DeliveryTable):
    """Claims and outcomes as a batch of one makes them."""

    @property
    def together(self) -> DeliveriesTogether:
        alone = DeliveryTable(self.client, self.table, self.shards)
        return DeliveriesTogether(alone, Gathered(self.client, 1), lambda cause: None)

    def claim(
        self, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost:
        return self.together.claim(key, attempt, lease, now, release=release)

    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        return self.together.record(claimed, attempt, after)


@pytest.fixture(params=[DeliveryTable, InBatch], ids=["alone", "in_batch"])
def table(aws: Aws, request: pytest.FixtureRequest) -> DeliveryTable:
    made: DeliveryTable = request.param(aws.dynamodb, aws.table("EventsTable"), 32)
    return made


@pytest.fixture
def repeating(table: DeliveryTable) -> DeliveryTable:
    """The same table through a client that repeats every write."""
    return replace(table, client=Repeating(table.client))


def item(table: DeliveryTable, key: DeliveryKey) -> dict[str, Any]:
    found = table.client.get_item(TableName=table.table, Key=marshal(delivery_key(key)), ConsistentRead=True)
    return unmarshal(found.get("Item", {}))


def claimed(table: DeliveryTable, delivery: Delivery | None = None, lease: Lease = LEASE) -> Delivery:
    delivery = delivery or a_delivery()
    table.create([delivery])
    won = table.claim(delivery.key, delivery.next_attempt, lease, START)
    assert isinstance(won, Won)
    return won.delivery


def after_failure(delivery: Delivery) -> Delivery:
    return replace(delivery, lease=None, next_attempt_at=START + 5, due_at=START + 905)


def after_success(delivery: Delivery) -> Delivery:
    return replace(delivery, lease=None, state=State.DELIVERED, due_at=None, ended_at=START + 1)


def test_one_that_is_made_as_ended_is_read_as_that_and_is_among_what_was_missed(table: DeliveryTable) -> None:
    made = a_delivery()
    ended = replace(made, state=State.CANCELLED, due_at=None, ended_at=START + 1, reason="test_over")
    table.create([ended])
    there = item(table, made.key)
    assert {"due_shard", "due_at"}.isdisjoint(there), "the sweeper does not look for it"
    assert DeliveryReads(table.client, table.table).by_key([made.key], fresh=True) == {made.key: ended}
    chosen = Selection(made.tenant_id, made.key.subscription_id, START, START + 2, ("cancelled",))
    (row,) = UndeliveredIndex(table.client, table.table).missed(chosen)
    assert (row.key, row.reason, row.ended_at) == (made.key, "test_over", START + 1)


def test_a_delivery_is_created_once_and_what_is_there_is_told_unchanged(table: DeliveryTable) -> None:
    assert table.create([a_delivery()]) == [None]
    again = replace(a_delivery(), created_at=START + 99)
    assert table.create([again]) == [a_delivery()]


def test_many_deliveries_are_created_and_answered_in_order(table: DeliveryTable) -> None:
    all_of_them = [a_delivery(f"sub_{n}") for n in range(30)]
    table.create([all_of_them[7]])
    answers = table.create(all_of_them)
    assert [n for n, there in enumerate(answers) if there is not None] == [7]


def test_guarantee_2_a_creation_never_puts_a_finished_delivery_back_to_its_start(
    table: DeliveryTable,
) -> None:
    delivery = claimed(table)
    table.record(delivery, ATTEMPT, after_success(delivery))
    (there,) = table.create([a_delivery()])
    assert there is not None
    assert there.state is State.DELIVERED
    assert item(table, delivery.key)["state"] == "delivered"


def test_a_claim_leases_what_is_pending_and_due_and_free(table: DeliveryTable) -> None:
    table.create([a_delivery()])
    assert table.claim(a_delivery().key, 1, LEASE, START) == Won(a_delivery(lease=LEASE))


@pytest.mark.parametrize("state", [State.DELIVERED, State.EXHAUSTED, State.CANCELLED])
def test_a_claim_needs_a_pending_delivery(table: DeliveryTable, state: State) -> None:
    delivery = claimed(table)
    ended = replace(delivery, lease=None, state=state, due_at=None, ended_at=START, reason="r")
    assert table.record(delivery, None, ended)
    lost = table.claim(delivery.key, 1, Lease("other", START + 60), START + 40)
    assert isinstance(lost, Lost)
    assert lost.delivery is not None
    assert lost.delivery.state is state


def test_a_state_that_only_a_newer_release_knows_is_read_as_it_is_and_is_nobody_s_turn(
    table: DeliveryTable,
) -> None:
    """After a way back: a row that raised would hold up all that are read with it."""
    delivery = claimed(table)
    newer = {**item(table, delivery.key), "state": "frozen"}
    table.client.put_item(TableName=table.table, Item=marshal(newer))
    lost = table.claim(delivery.key, 1, Lease("other", START + 60), START + 40)
    assert isinstance(lost, Lost)
    assert lost.delivery is not None
    assert (lost.delivery.state.value, lost.delivery.state.terminal) == ("frozen", True)
    assert lost.delivery.state not in list(State)
    assert item(table, delivery.key) == newer


@pytest.mark.parametrize("attempt", [0, 2, 3])
def test_guarantee_3_a_claim_needs_its_own_turn(table: DeliveryTable, attempt: int) -> None:
    table.create([a_delivery()])
    assert table.claim(a_delivery().key, attempt, LEASE, START) == Lost(a_delivery())


@pytest.mark.parametrize(("ahead", "wins"), [(0, True), (1.0, True), (1.001, False), (60, False)])
def test_a_claim_needs_its_time_to_have_come(table: DeliveryTable, ahead: float, wins: bool) -> None:
    table.create([a_delivery(next_attempt_at=START + ahead)])
    assert isinstance(table.claim(a_delivery().key, 1, LEASE, START), Won) is wins


@pytest.mark.parametrize(("later", "wins"), [(0, False), (29.9, False), (30, False), (30.001, True)])
def test_guarantee_3_a_claim_needs_that_no_lease_is_alive(
    table: DeliveryTable, later: float, wins: bool
) -> None:
    claimed(table)
    claim = table.claim(a_delivery().key, 1, Lease("other", START + 90), START + later)
    assert isinstance(claim, Won) is wins
    expected = "other" if wins else LEASE.lease_id
    assert item(table, a_delivery().key)["lease_id"] == expected


def test_a_claim_on_nothing_makes_nothing(table: DeliveryTable) -> None:
    assert table.claim(a_delivery().key, 1, LEASE, START) == Lost(None)
    assert item(table, a_delivery().key) == {}


def test_guarantee_3_of_many_claims_at_the_same_time_one_wins(table: DeliveryTable) -> None:
    table.create([a_delivery()])
    with ThreadPoolExecutor(8) as pool:
        claims = list(
            pool.map(lambda n: table.claim(a_delivery().key, 1, Lease(f"l{n}", START + 30), START), range(16))
        )
    assert sum(isinstance(claim, Won) for claim in claims) == 1


def test_a_failure_is_recorded_with_its_attempt_and_frees_the_lease(table: DeliveryTable) -> None:
    delivery = claimed(table)
    assert table.record(delivery, ATTEMPT, after_failure(delivery))
    stored = item(table, delivery.key)
    assert (stored["attempts_made"], len(stored["attempts"])) == (1, 1)
    assert "lease_id" not in stored
    assert "lease_until" not in stored
    again = table.claim(delivery.key, 2, Lease("next", START + 60), START + 5)
    assert isinstance(again, Won)
    assert again.delivery.attempts == (ATTEMPT,)
    assert again.delivery.due_at == START + 905


@pytest.mark.parametrize(
    ("state", "in_undelivered"),
    [(State.DELIVERED, False), (State.EXHAUSTED, True), (State.CANCELLED, True)],
)
def test_a_delivery_that_ended_leaves_the_due_index_and_only_a_missed_one_enters_undelivered(
    table: DeliveryTable, state: State, in_undelivered: bool
) -> None:
    delivery = claimed(table)
    reason = None if state is State.DELIVERED else "schedule"
    ended = replace(delivery, lease=None, state=state, due_at=None, ended_at=START + 1, reason=reason)
    assert table.record(delivery, ATTEMPT, ended)
    stored = item(table, delivery.key)
    assert "due_at" not in stored
    assert "due_shard" not in stored
    assert ("ended_at" in stored) is in_undelivered
    missed = table.client.query(
        TableName=table.table,
        IndexName="undelivered",
        KeyConditionExpression="subscription_id = :id",
        ExpressionAttributeValues=marshal({":id": "acme/sub_1"}),
    )["Items"]
    assert len(missed) == (1 if in_undelivered else 0)
    lost = table.claim(delivery.key, 2, LEASE, START + 99)
    assert isinstance(lost, Lost)
    assert lost.delivery is not None
    assert (lost.delivery.state, lost.delivery.ended_at, lost.delivery.reason) == (state, START + 1, reason)


def test_a_stale_worker_cannot_overwrite_a_newer_claim(table: DeliveryTable) -> None:
    stale = claimed(table)
    newer = table.claim(stale.key, 1, Lease("newer", START + 90), START + 31)
    assert isinstance(newer, Won)
    assert not table.record(stale, ATTEMPT, after_success(stale))
    assert item(table, stale.key)["state"] == "pending"
    assert table.record(newer.delivery, ATTEMPT, after_success(newer.delivery))


def test_a_stale_worker_cannot_overwrite_a_newer_outcome(table: DeliveryTable) -> None:
    stale = claimed(table)
    newer = table.claim(stale.key, 1, Lease("newer", START + 90), START + 31)
    assert isinstance(newer, Won)
    assert table.record(newer.delivery, ATTEMPT, after_success(newer.delivery))
    assert not table.record(stale, ATTEMPT, after_failure(stale))
    stored = item(table, stale.key)
    assert (stored["state"], stored["attempts_made"]) == ("delivered", 1)


def test_a_hold_moves_the_plan_and_not_the_count(table: DeliveryTable) -> None:
    delivery = claimed(table)
    held = replace(
        delivery, lease=None, next_attempt_at=START + 10.5, due_at=START + 910.5, slot_at=START + 10.5
    )
    assert table.record(delivery, None, held)
    stored = item(table, delivery.key)
    assert (stored["attempts_made"], stored["attempts"], stored["slot_at"]) == (0, [], START + 10.5)
    won = table.claim(delivery.key, 1, LEASE, START + 10.5)
    assert isinstance(won, Won)
    assert won.delivery.slot_at == START + 10.5


def test_a_slot_that_is_used_is_forgotten(table: DeliveryTable) -> None:
    delivery = claimed(table)
    table.record(delivery, None, replace(delivery, lease=None, slot_at=START))
    won = table.claim(delivery.key, 1, Lease("two", START + 60), START)
    assert isinstance(won, Won)
    table.record(won.delivery, ATTEMPT, after_failure(replace(won.delivery, slot_at=None)))
    assert "slot_at" not in item(table, delivery.key)


def test_guarantee_2_a_creation_that_the_client_repeats_is_recognised_as_untouched(
    repeating: DeliveryTable,
) -> None:
    assert repeating.create([a_delivery()]) == [a_delivery()]


def test_guarantee_2_a_claim_that_the_client_repeats_is_still_won(repeating: DeliveryTable) -> None:
    repeating.create([a_delivery()])
    assert repeating.claim(a_delivery().key, 1, LEASE, START) == Won(a_delivery(lease=LEASE))


def test_guarantee_2_an_outcome_that_the_client_repeats_is_recorded_once_and_known_as_recorded(
    table: DeliveryTable, repeating: DeliveryTable
) -> None:
    delivery = claimed(table)
    assert repeating.record(delivery, ATTEMPT, after_failure(delivery))
    assert item(table, delivery.key)["attempts_made"] == 1
    assert len(item(table, delivery.key)["attempts"]) == 1


def test_guarantee_2_a_final_outcome_that_the_client_repeats_is_known_as_recorded(
    table: DeliveryTable, repeating: DeliveryTable
) -> None:
    delivery = claimed(table)
    assert repeating.record(delivery, ATTEMPT, after_success(delivery))
    assert len(item(table, delivery.key)["attempts"]) == 1


def test_a_postponement_moves_due_at_only_from_what_was_seen(table: DeliveryTable) -> None:
    table.create([a_delivery(due_at=START + 900.123456)])
    key = a_delivery().key
    assert not table.postpone(key, START + 900, START + 1800)
    assert table.postpone(key, START + 900.123456, START + 1800)
    assert not table.postpone(key, START + 900.123456, START + 2700)
    assert item(table, key)["due_at"] == START + 1800


def test_a_postponement_brings_nothing_back_to_the_due_index(table: DeliveryTable) -> None:
    delivery = claimed(table)
    table.record(delivery, ATTEMPT, after_success(delivery))
    assert not table.postpone(delivery.key, START + 900, START + 1800)
    assert "due_at" not in item(table, delivery.key)
    assert not table.postpone(DeliveryKey("evt_none", "s"), START + 900, START + 1800)
    assert item(table, DeliveryKey("evt_none", "s")) == {}


def test_a_postponement_leaves_claim_and_plan_alone(table: DeliveryTable) -> None:
    delivery = claimed(table)
    table.postpone(delivery.key, START + 900, START + 1800)
    assert table.record(delivery, ATTEMPT, after_failure(delivery))
    assert item(table, delivery.key)["due_at"] == START + 905


def test_generations_are_items_of_their_own(table: DeliveryTable) -> None:
    replay = a_delivery(key=replace(a_delivery().key, generation=1))
    assert table.create([a_delivery(), replay]) == [None, None]
    assert isinstance(table.claim(replay.key, 1, LEASE, START), Won)
    assert "lease_id" not in item(table, a_delivery().key)


def test_every_other_error_of_the_client_is_unavailable(table: DeliveryTable) -> None:
    elsewhere = DeliveryTable(table.client, "no-such-table", 32)
    with pytest.raises(Unavailable, match="ResourceNotFoundException"):
        elsewhere.create([a_delivery()])
    with pytest.raises(Unavailable):
        elsewhere.claim(a_delivery().key, 1, LEASE, START)
    with pytest.raises(Unavailable):
        elsewhere.record(a_delivery(lease=LEASE), ATTEMPT, a_delivery())

"""The Rollups table: what is added is added up, read by time, and a tenant's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.domain.errors import Unavailable
from doorbell.domain.rollups import BUCKET_SECONDS, SPREAD, Holder, Kind, bucket_at
from doorbell.domain.scales import BOUNDS_MS
from doorbell.domain.summaries import Rollup
from doorbell.store.rollups.rollup_reads import RollupReads
from doorbell.store.rollups.rollup_table import RollupTable, prefixes
from tests.integration.conftest import Aws, Repeating
from tests.integration.ops.meter import size

DAY = 86_400
AT = bucket_at(1_795_000_000)
ORDERS = Holder(Kind.SUBSCRIPTION, "acme", "orders")


@pytest.fixture
def table(aws: Aws) -> RollupTable:
    return RollupTable(aws.dynamodb, aws.table("RollupsTable"), 14 * DAY)


@pytest.fixture
def reads(aws: Aws, table: RollupTable) -> RollupReads:
    return RollupReads(aws.dynamodb, table.table)


def test_what_is_added_to_five_minutes_is_added_up_and_has_one_end(
    aws: Aws, table: RollupTable, reads: RollupReads
) -> None:
    table.add(ORDERS, AT, {"delivered": 10, "failed.5xx": 1})
    table.add(ORDERS, AT, {"delivered": 5, "held.parked": 2})
    (item,) = aws.dynamodb.scan(TableName=table.table)["Items"]
    assert float(item["expires_at"]["N"]) == AT + BUCKET_SECONDS + 14 * DAY
    assert list(reads.between(ORDERS, AT, AT + 1, AT)) == [
        Rollup(AT, {"delivered": 15, "failed.5xx": 1, "held.parked": 2})
    ]


def test_they_are_read_newest_first_from_since_to_before_until_and_not_once_they_are_gone(
    table: RollupTable, reads: RollupReads
) -> None:
    for number in range(5):
        table.add(ORDERS, AT + number * BUCKET_SECONDS, {"delivered": number + 1})
    last = AT + 4 * BUCKET_SECONDS
    found = [one["delivered"] for one in reads.between(ORDERS, AT + BUCKET_SECONDS, last, last)]
    assert found == [4, 3, 2]
    late = AT + BUCKET_SECONDS * 3 + 14 * DAY
    assert [one["delivered"] for one in reads.between(ORDERS, AT, late, late)] == [5, 4]
    assert list(reads.between(ORDERS, AT, AT, AT)) == []


def test_the_last_hour_of_many_is_read_by_key(table: RollupTable, reads: RollupReads) -> None:
    others = [Holder(Kind.SOURCE, "acme", f"s{number}") for number in range(20)]
    for number, holder in enumerate(others[:10]):
        table.add(holder, AT - number * BUCKET_SECONDS, {"refused.signature_mismatch": number + 1})
    table.add(others[0], AT - 13 * BUCKET_SECONDS, {"refused.signature_mismatch": 100})
    found = reads.of_each(others, AT - 3600, AT + 60)
    sums = [sum(one["refused.signature_mismatch"] for one in found[holder]) for holder in others]
    assert sums == [*range(1, 11), *[0] * 10]


def test_what_environments_added_on_a_holder_s_keys_is_read_as_one(
    aws: Aws, table: RollupTable, reads: RollupReads
) -> None:
    for number in range(SPREAD):
        mine = RollupTable(aws.dynamodb, table.table, DAY, number)
        mine.add(ORDERS, AT, {"delivered": 1, f"failed.{number}xx": 1})
        mine.add(ORDERS, AT + BUCKET_SECONDS * (number + 1), {"delivered": 10})
    assert aws.dynamodb.scan(TableName=table.table, Select="COUNT")["Count"] == 2 * SPREAD
    found = list(reads.between(ORDERS, AT, AT + DAY, AT))
    assert [one.at for one in found] == [AT + BUCKET_SECONDS * n for n in range(SPREAD, -1, -1)]
    assert [one["delivered"] for one in found] == [*[10] * SPREAD, SPREAD]
    assert all(found[-1][f"failed.{number}xx"] == 1 for number in range(SPREAD))


ADDED = st.lists(
    st.tuples(
        st.sampled_from(["acme", "acme.x", "a", "acme-x"]),
        st.sampled_from(["acme", "x", "x.acme", "orders"]),
        st.sampled_from(list(Kind)),
        st.integers(1, 9),
    ),
    max_size=12,
)


@given(ADDED)
@settings(max_examples=25, deadline=None)
def test_no_two_holders_share_a_count_whatever_their_names(added: list[tuple[str, str, Kind, int]]) -> None:
    """Nor does what is one tenant's begin with what another's begins with."""
    store: dict[str, int] = {}
    wanted: dict[tuple[str, str, Kind], int] = {}
    for tenant, name, kind, count in added:
        key = Holder(kind, tenant, name).keys[count % SPREAD]
        store[key] = store.get(key, 0) + count
        wanted[tenant, name, kind] = wanted.get((tenant, name, kind), 0) + count
    keys = {one: Holder(one[2], one[0], one[1]).keys for one in wanted}
    assert {one: sum(store.get(key, 0) for key in keys[one]) for one in wanted} == wanted
    for tenant in {one[0] for one in wanted}:
        mine = [key for key in store if key.startswith(tuple(prefixes(tenant)))]
        assert sum(store[key] for key in mine) == sum(n for one, n in wanted.items() if one[0] == tenant)


def test_an_item_with_long_names_every_kind_of_failure_and_seven_decades_of_time_is_one_write_unit(
    aws: Aws, table: RollupTable
) -> None:
    kinds = ("3xx", "4xx", "5xx", "429", "timeout", "network", "doorbell", "address_not_allowed")
    reasons = ("parked", "probing", "rate_limited", "in_flight", "lookups_busy", "paused")
    counts = {f"failed.{kind}": 12_345 for kind in kinds} | {f"held.{reason}": 12_345 for reason in reasons}
    counts |= dict.fromkeys(("delivered", "exhausted", "cancelled"), 123_456)
    counts |= {f"l{number}": 1_234 for number in range(9, 54)}  # 22 ms to a day and a half
    counts |= {f"t{number}": 1_234 for number in range(30)}  # 1 ms to 30 s
    table.add(Holder(Kind.SUBSCRIPTION, "t" * 64, "s" * 64), AT, counts)
    (item,) = aws.dynamodb.scan(TableName=table.table)["Items"]
    assert BOUNDS_MS[53] > DAY * 1000
    assert size(item) <= 1024


def test_a_write_that_is_repeated_counts_twice_and_breaks_nothing(
    aws: Aws, table: RollupTable, reads: RollupReads
) -> None:
    again = RollupTable(Repeating(aws.dynamodb), table.table, DAY)
    again.add(ORDERS, AT, {"delivered": 1})
    assert [one["delivered"] for one in reads.between(ORDERS, AT, AT + 1, AT)] == [2]


def test_a_table_that_is_not_there_is_unavailable(aws: Aws, table: RollupTable, reads: RollupReads) -> None:
    aws.dynamodb.delete_table(TableName=table.table)
    calls: list[Any] = [
        lambda: table.add(ORDERS, AT, {"delivered": 1}),
        lambda: list(reads.between(ORDERS, AT, AT + 1, AT)),
        lambda: reads.of_each([ORDERS], AT, AT),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()

"""The Refused table: its bound is one conditional write, and an old request makes room for a new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doorbell.domain.errors import Unavailable
from doorbell.domain.refused import INLINE_BODY_BYTES, Accepted, Refused
from doorbell.store.bodies import BodyBucket
from doorbell.store.refused.refused_table import RefusedTable
from tests.integration.conftest import Aws, Repeating
from tests.support.builders import TENANT

HOUR = 3600.0
AT = 500_000 * HOUR


@pytest.fixture
def table(aws: Aws) -> RefusedTable:
    bodies = BodyBucket(lambda: aws.s3, aws.bucket())
    name = aws.table("RefusedTable")
    return RefusedTable(
        aws.dynamodb, name, bodies, most=3, hourly=2, keeps=72 * HOUR, events_keep=30 * 24 * HOUR
    )


def a_refused(refused_id: str = "0001", body: bytes = b"{}", at: float = AT, **changes: Any) -> Refused:
    fields: dict[str, Any] = {
        "refused_id": refused_id, "source_id": "github", "tenant_id": TENANT, "provider": "github", "at": at,
        "status": 401, "code": "signature_mismatch", "method": "POST", "url": "https://h/in/github?a=1",
        "path": "/in/github", "raw_query": "a=1", "headers": {"x": "y"}, "source_ip": "192.0.2.7",
        "size": len(body), "body": body,
    }  # fmt: skip
    return Refused(**{**fields, **changes})


def test_places_go_round_and_no_hour_has_more_than_its_own(table: RefusedTable) -> None:
    places = [table.place("github", AT + hour * HOUR) for hour in range(3) for _ in range(3)]
    assert places == [0, 1, None, 2, 0, None, 1, 2, None]
    assert table.place("other", AT) == 0


def test_a_late_environment_s_hour_takes_nothing_from_the_next_one(table: RefusedTable) -> None:
    table.place("github", AT + HOUR)
    assert table.place("github", AT) is None
    assert table.place("github", AT + HOUR) == 1


def test_of_many_at_once_no_two_have_one_place_and_none_is_above_the_bound(table: RefusedTable) -> None:
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda _: table.place("github", AT), range(16)))
    assert sorted(place for place in places if place is not None) == [0, 1]


def test_what_was_put_comes_back_word_for_word_newest_first_and_then_is_gone(table: RefusedTable) -> None:
    one = a_refused("0001")
    other = a_refused("0012", at=AT + 1, masked=("header x", "body"), cut=True, raw_query="", source_ip="")
    table.put(0, one)
    table.put(1, other)
    assert table.all("github", AT + 2) == [other, one]
    assert table.one("github", "0001", AT + 2) == one
    assert table.one("github", "0001", AT + 72 * HOUR) is None
    assert table.all("nobody", AT) == []


def test_a_newer_one_is_put_over_the_one_in_its_place(table: RefusedTable) -> None:
    table.put(0, a_refused("0001"))
    table.put(0, a_refused("0002"))
    assert [row.refused_id for row in table.all("github", AT)] == ["0002"]


def test_a_long_body_is_in_the_bucket_and_gone_with_it(aws: Aws, table: RefusedTable) -> None:
    long = a_refused(body=b"x" * (INLINE_BODY_BYTES + 1))
    table.put(0, long)
    (row,) = aws.s3.list_objects_v2(Bucket="bodies")["Contents"]
    assert row["Key"] == f"!refused/{TENANT}/github/0001"
    assert table.one("github", "0001", AT) == long
    assert table.all("github", AT)[0].body == b""
    aws.s3.delete_object(Bucket="bodies", Key=row["Key"])
    assert table.one("github", "0001", AT) is None


def test_who_accepted_one_stands_beside_it_for_as_long_as_events_are_kept(
    aws: Aws, table: RefusedTable
) -> None:
    one, accepted = a_refused(), Accepted("0001", "arn:ada", AT + 5, ("evt_1", "evt_2"))
    table.put(0, one)
    table.record(one, accepted)
    assert table.all("github", AT)[0].accepted == accepted
    items = aws.dynamodb.scan(TableName="RefusedTable")["Items"]
    until = {item["sk"]["S"]: float(item["expires_at"]["N"]) - AT for item in items}
    assert until == {"kept#000": 72 * HOUR, "accepted#0001": 30 * 24 * HOUR + 5}


def test_a_write_that_is_repeated_skips_a_place_and_breaks_nothing(aws: Aws, table: RefusedTable) -> None:
    again = RefusedTable(Repeating(aws.dynamodb), table.table, table.bodies, 3, 20, HOUR)
    places = [again.place("github", AT) for _ in range(4)]
    assert set(places) <= {0, 1, 2}
    assert [table.place("github", AT + HOUR) for _ in range(3)].count(None) == 1


def test_a_table_that_does_not_answer_is_unavailable(aws: Aws, table: RefusedTable) -> None:
    aws.dynamodb.delete_table(TableName=table.table)
    with pytest.raises(Unavailable):
        table.place("github", AT)


def test_none_are_kept_where_none_are_wanted(aws: Aws, table: RefusedTable) -> None:
    none = RefusedTable(aws.dynamodb, table.table, table.bodies, 0, 20, HOUR)
    assert none.place("github", AT) is None
    assert aws.dynamodb.scan(TableName=table.table)["Items"] == []

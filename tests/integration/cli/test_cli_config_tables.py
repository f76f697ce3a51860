"""The write side of the configuration: a write goes through only while the item is what the writer saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from doorbell.domain.health import Health
from doorbell.store.configuration.config_tables import SUBSCRIPTION_KEY, ConfigTable, Conflict, Stored
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.endpoints import EndpointTable
from tests.integration.conftest import Aws

KEY = {"tenant_id": "default", "subscription_id": "ci"}
WRITTEN = {
    **KEY,
    "url": "https://a.example/",
    "retry": {"schedule": [0, Decimal("2.50")]},
    "tags": {"x", "y"},
    "limit": Decimal("0.1"),
}


@pytest.fixture
def table(aws: Aws) -> ConfigTable:
    return ConfigTable(aws.dynamodb, aws.table("SubscriptionsTable"), SUBSCRIPTION_KEY)


def by_hand(table: ConfigTable, **values: object) -> None:
    table.client.put_item(TableName=table.table, Item=marshal({**WRITTEN, **values}))


def test_an_item_of_every_kind_of_value_can_be_replaced(table: ConfigTable) -> None:
    by_hand(table)
    seen = table.get("default", "ci")
    assert seen is not None
    table.put({**KEY, "url": "https://b.example/"}, seen, now=7.9)
    after = table.get("default", "ci")
    assert after is not None
    assert after.values == {**KEY, "url": "https://b.example/", "updated_at": 7}


@pytest.mark.parametrize(
    "change", [{"url": "https://c.example/"}, {"retry": {"schedule": [0]}}, {"filter": "x"}]
)
@pytest.mark.parametrize("write", ["put", "enable", "disable", "delete"])
def test_what_somebody_changed_meanwhile_is_not_overwritten(
    table: ConfigTable, change: dict[str, object], write: str
) -> None:
    by_hand(table)
    seen = table.get("default", "ci")
    assert seen is not None
    by_hand(table, **change)
    writes: dict[str, Callable[[], object]] = {
        "put": lambda: table.put({**KEY, "url": "https://b.example/", "filter": "y"}, seen, now=7),
        "enable": lambda: table.enable(seen, now=7),
        "disable": lambda: table.disable(seen, "because", now=7),
        "delete": lambda: table.delete(seen),
    }
    with pytest.raises(Conflict):
        writes[write]()
    after = table.get("default", "ci")
    assert after is not None
    assert after.values == Stored(marshal({**WRITTEN, **change})).values


def test_an_item_that_was_removed_meanwhile_is_not_brought_back(table: ConfigTable) -> None:
    by_hand(table)
    seen = table.get("default", "ci")
    assert seen is not None
    table.delete(seen)
    with pytest.raises(Conflict):
        table.put({**KEY, "url": "https://b.example/"}, seen, now=7)
    assert table.get("default", "ci") is None


def test_a_new_item_does_not_take_anothers_place(table: ConfigTable) -> None:
    by_hand(table)
    with pytest.raises(Conflict):
        table.put({**KEY, "url": "https://b.example/"}, None, now=7)


def test_pages_go_on_where_the_last_one_ended(table: ConfigTable) -> None:
    for number in range(7):
        by_hand(table, subscription_id=f"s{number}")
        by_hand(table, tenant_id="other", subscription_id=f"s{number}")
    first, after = table.page("default", limit=3)
    second, later = table.page("default", limit=5, after=after)
    assert [item.values["subscription_id"] for item in first + second] == [f"s{n}" for n in range(7)]
    assert later is None
    assert len(list(table.all())) == 14


def test_an_endpoint_that_is_unknown_is_not_written(aws: Aws) -> None:
    endpoints = EndpointTable(aws.dynamodb, aws.table("EndpointsTable"))
    endpoints.reset("default/ci")
    assert aws.dynamodb.scan(TableName=endpoints.table)["Count"] == 0


def test_a_parked_endpoint_starts_anew(aws: Aws) -> None:
    endpoints = EndpointTable(aws.dynamodb, aws.table("EndpointsTable"))
    endpoints.write_health("default/ci", Health(failures=6, failing_since=1.0, parked_until=9e9, parks=2))
    endpoints.reset("default/ci")
    assert endpoints.health("default/ci") == Health(version=2)


class AnswersLost:
    """The client, whose first answer of each writing call is lost: boto3 makes the call again."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.client, name)

        def twice(**arguments: Any) -> Any:
            call(**arguments)
            return call(**arguments)

        return twice if name in ("put_item", "delete_item") else call


def test_a_write_whose_answer_was_lost_is_no_conflict(table: ConfigTable) -> None:
    lossy = replace(table, client=AnswersLost(table.client))
    made = lossy.put({**WRITTEN, "limit": Decimal("0.10")}, None, now=7)
    off = lossy.disable(made, "because", now=8)
    changed = lossy.put({**off.values, "url": "https://b.example/"}, off, now=9)
    there = table.get("default", "ci")
    assert there is not None
    assert (there.values["url"], there.values["enabled"]) == ("https://b.example/", False)
    lossy.delete(changed)
    assert table.get("default", "ci") is None


def test_what_python_takes_for_equal_is_not_for_that_what_was_written(table: ConfigTable) -> None:
    """`enabled` as the number 1 is a broken item, and another than one with the boolean."""
    made = table.put({**KEY, "enabled": True}, None, now=7)
    table.client.put_item(TableName=table.table, Item={**made.raw, "enabled": {"N": "1"}})
    with pytest.raises(Conflict):
        table.put({**KEY, "enabled": True}, None, now=7)

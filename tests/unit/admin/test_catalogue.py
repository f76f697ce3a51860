"""The event-type catalogue at `POST /events`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, Refusal
from doorbell.runtime.catalogue import Catalogued
from doorbell.runtime.published import parse
from doorbell.store.configuration.event_types import EventTypeTable
from doorbell.store.dynamodb.tables import marshal
from tests.support.clocks import both

SCHEMA = '{"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}'


@dataclass
class OneTable:
    """The one DynamoDB call the catalogue makes, counted."""

    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    reads: int = 0

    def get_item(self, *, TableName: str, Key: Mapping[str, Any]) -> dict[str, Any]:
        self.reads += 1
        item = self.items.get((Key["tenant_id"]["S"], Key["event_type"]["S"]))
        return {} if item is None else {"Item": item}

    def put(self, json_schema: Any) -> None:
        values = {"tenant_id": "acme", "event_type": "invoice.paid", "json_schema": json_schema}
        self.items["acme", "invoice.paid"] = marshal(values)


@dataclass
class Office:
    table: OneTable = field(default_factory=OneTable)
    now: float = 0.0
    broken: list[ConfigError] = field(default_factory=list)

    def __post_init__(self) -> None:
        schemas = EventTypeTable(self.table, "EventTypesTable", both(lambda: self.now))
        self.parse = Catalogued(parse, schemas.schema, self.broken.append)

    def publish(self, data: Any, tenant_id: str = "acme") -> Any:
        return self.parse({"type": "invoice.paid", "tenant_id": tenant_id, "data": data}).data


def test_data_that_fits_passes_as_it_is_and_the_schema_is_read_once() -> None:
    office = Office()
    office.table.put(SCHEMA)
    assert [office.publish({"amount": n}) for n in range(3)] == [{"amount": n} for n in range(3)]
    assert office.table.reads == 1


def test_data_that_does_not_fit_is_422_and_names_the_json_pointer_and_no_value() -> None:
    office = Office()
    office.table.put(SCHEMA)
    with pytest.raises(Refusal) as refused:
        office.publish({"amount": "a lot"})
    assert (refused.value.status, refused.value.code) == (422, "schema_mismatch")
    assert refused.value.detail == "/amount: breaks the rule type"


def test_a_type_without_a_schema_is_not_checked_and_its_absence_is_remembered_too() -> None:
    office = Office()
    office.table.put(SCHEMA)
    assert [office.publish("anything", "other") for _ in range(3)] == ["anything"] * 3
    assert office.table.reads == 1


def test_a_new_schema_is_seen_within_half_a_minute() -> None:
    office = Office()
    assert office.publish("anything") == "anything"
    office.table.put(SCHEMA)
    office.now = 31.0
    with pytest.raises(Refusal):
        office.publish("anything")


@pytest.mark.parametrize(
    "json_schema", [None, {"type": "object"}, "{", "[]", '{"type": "thing"}', '{"$ref": "#/nowhere"}']
)
def test_what_cannot_be_checked_does_not_pass_and_is_not_silent(json_schema: Any) -> None:
    office = Office()
    office.table.put(json_schema)
    with pytest.raises(Refusal) as refused:
        office.publish({"amount": 1})
    assert (refused.value.status, refused.value.code) == (503, "event_type_misconfigured")
    assert [(e.item, e.field) for e in office.broken] == [("event_type acme/invoice.paid", "json_schema")]


def test_an_item_of_the_wrong_shape_is_refused_before_the_catalogue_is_asked() -> None:
    office = Office()
    with pytest.raises(Refusal) as refused:
        office.parse({"data": 1})
    assert (refused.value.code, office.table.reads) == ("event_invalid", 0)

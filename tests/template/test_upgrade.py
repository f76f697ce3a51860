"""What an update of a stack in use may change of its tables, held against the last release.

CloudFormation makes or removes one index of a table per update, does not wait until it is filled, and
replaces a table whose keys change. A local AWS shows none of this.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from tests.template.picture import last_release, tables_of
from tests.template.reading import ROOT

BEFORE: dict[str, Any] = last_release()["tables"]
NOW = tables_of((ROOT / "template.yaml").read_text())
INDEXES, TYPES = "GlobalSecondaryIndexes", "AttributeDefinitions"


def refused(before: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """Why the update from `before` to `now` must not be made."""
    found = {"keys change"} if before["KeySchema"] != now["KeySchema"] else set()
    was, is_ = _indexes(before), _indexes(now)
    found |= {"an index is changed in place" for name in was.keys() & is_.keys() if was[name] != is_[name]}
    moved = was.keys() ^ is_.keys()
    if len(moved) > 1:
        found.add("more than one index")
    types, new_types = _types(before), _types(now)
    found |= {"a type changes" for name in types.keys() & new_types.keys() if types[name] != new_types[name]}
    plain, new = _plain(before), _plain(now)
    others = (plain.keys() | new.keys()) - {INDEXES, TYPES}
    if moved and any(plain.get(name) != new.get(name) for name in others):
        found.add("an index and something else")
    return found


def _indexes(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(index) for name, index in _by(table.get(INDEXES, []), "IndexName").items()}


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is only there for who sets its parameter, by itself."""
    asked = {name for name, value in properties.items() if {"Ref": "AWS::NoValue"} in _branches(value)}
    return {name: value for name, value in properties.items() if name not in asked}


def _branches(value: Any) -> list[Any]:
    branches: list[Any] = value.get("Fn::If", []) if isinstance(value, dict) else []
    return branches


def _types(table: Mapping[str, Any]) -> dict[str, Any]:
    return _by(table[TYPES], "AttributeName")


def _by(many: Iterable[dict[str, Any]], name: str) -> dict[str, Any]:
    return {one[name]: one for one in many}


@pytest.mark.parametrize("name", sorted(BEFORE))
def test_a_table_of_the_last_release_can_be_updated(name: str) -> None:
    assert refused(BEFORE[name], NOW[name]) == set()


def test_no_table_of_the_last_release_is_gone() -> None:
    assert set(BEFORE) <= set(NOW)


def test_this_release_adds_the_list_of_those_who_wait_and_its_wakes() -> None:
    added = {name: set(_indexes(NOW[name])) - set(_indexes(BEFORE[name])) for name in BEFORE}
    assert {name: indexes for name, indexes in added.items() if indexes} == {
        "EventsTable": {"shelf"},
        "EndpointsTable": {"wake"},
    }


def _with(path: str, value: Any) -> dict[str, Any]:
    """The events table as it was, but for one thing."""
    table: dict[str, Any] = deepcopy(BEFORE["EventsTable"])
    table[path] = value(table[path]) if callable(value) else value
    return table


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (_with("KeySchema", [{"AttributeName": "event_id", "KeyType": "HASH"}]), "keys change"),
        (_with(INDEXES, lambda indexes: indexes[1:]), None),
        (_with(INDEXES, lambda indexes: indexes[2:]), "more than one index"),
        (
            _with(INDEXES, lambda indexes: [indexes[0] | {"KeySchema": []}, *indexes[1:]]),
            "an index is changed in place",
        ),
        (_with(TYPES, lambda types: [types[0] | {"AttributeType": "B"}, *types[1:]]), "a type changes"),
        (
            _with(INDEXES, lambda indexes: indexes[1:]) | {"BillingMode": "PROVISIONED"},
            "an index and something else",
        ),
    ],
)
def test_what_cloudformation_would_refuse_or_lose_is_found(changed: dict[str, Any], why: str | None) -> None:
    assert refused(BEFORE["EventsTable"], changed) == ({why} if why else set())

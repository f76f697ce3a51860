"""A broken item is read once in a while, and every caller gets an error of his own."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError
from doorbell.store.event_types import EventTypeTable
from doorbell.store.sources import SourceTable
from doorbell.store.subscriptions import SubscriptionTable
from doorbell.store.tables import marshal
from tests.support.fakes import FakeClock


class OneItem:
    """A table of one item, and how often it was read."""

    def __init__(self, item: dict[str, Any]) -> None:
        self.item, self.reads = marshal(item), 0

    def get_item(self, **_: object) -> dict[str, Any]:
        self.reads += 1
        return {"Item": self.item}


def from_sources(client: OneItem) -> Callable[[], object]:
    table = SourceTable(client, "Sources", FakeClock(), learn=lambda *_: False)
    return lambda: table.get("gh")


def from_subscriptions(client: OneItem) -> Callable[[], object]:
    table = SubscriptionTable(client, "Subscriptions", FakeClock(), on_broken=lambda _: None)
    return lambda: table.get("acme", "sub")


def from_event_types(client: OneItem) -> Callable[[], object]:
    table = EventTypeTable(client, "EventTypes", FakeClock())
    return lambda: table.schema("acme", "a.b")


@pytest.mark.parametrize(
    ("item", "table", "field"),
    [
        ({"source_id": "gh", "provider": "github", "enabled": "perhaps"}, from_sources, "enabled"),
        ({"tenant_id": "acme", "subscription_id": "sub"}, from_subscriptions, "url"),
        ({"tenant_id": "acme", "event_type": "a.b", "json_schema": "{"}, from_event_types, "json_schema"),
    ],
    ids=["source", "subscription", "event type"],
)
def test_the_error_of_a_broken_item_is_new_each_time_and_does_not_grow(
    item: dict[str, Any], table: Callable[[OneItem], Callable[[], object]], field: str
) -> None:
    """One that is kept collects the frames of all who met it, and with them their requests."""
    client = OneItem(item)
    get = table(client)
    errors: list[ConfigError] = []
    for _ in range(50):
        with pytest.raises(ConfigError) as caught:
            get()
        errors.append(caught.value)
    assert {error.field for error in errors} == {field}
    assert client.reads == 1
    assert len({id(error) for error in errors}) == 50
    assert len(traceback.extract_tb(errors[-1].__traceback__)) == len(
        traceback.extract_tb(errors[1].__traceback__)
    )

"""A broken item is read once in a while, and every caller gets an error of his own."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError
from doorbell.signatures.gate import Gate
from doorbell.store.configuration.event_types import EventTypeTable
from doorbell.store.configuration.sources import SourceTable
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.dynamodb.tables import marshal
from tests.support.clocks import both
from tests.support.fakes import FakeClock


class OneItem:
    """A table of one item, and how often it was read."""

    def __init__(self, item: dict[str, Any]) -> None:
        self.item, self.reads = marshal(item), 0

    def get_item(self, **_: object) -> dict[str, Any]:
        self.reads += 1
        return {"Item": self.item}


def from_sources(client: OneItem) -> Callable[[], object]:
    table = SourceTable(client, "Sources", lambda *_: False, Gate().check_source)
    return lambda: table.get("gh")


def from_subscriptions(client: OneItem) -> Callable[[], object]:
    table = SubscriptionTable(client, "Subscriptions", on_broken=lambda _: None)
    return lambda: table.get("acme", "sub")


def from_event_types(client: OneItem) -> Callable[[], object]:
    table = EventTypeTable(client, "EventTypes")
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


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"provider": "mailgun", "dedupe": {"from": "header", "key": "x-id"}}, "dedupe"),
        (
            {"provider": "jwt", "options": {"algorithms": "HS256", "body_claims": "hash"}},
            "options.body_claims",
        ),
        ({"provider": "jwt", "options": {"algorithms": "HS256"}}, "options.body_claim"),
        ({"source_id": "publish"}, "source_id"),
        ({"provider": "githup"}, "provider"),
        ({"scheme": {"signature": {"header": "x"}}}, "scheme"),
        (
            {"provider": "hmac", "scheme": {"signature": {"header": "x"}, "message": ["query"]}},
            "scheme.message",
        ),
        ({"secrets": []}, "secrets"),
        ({"public_url": "https:///in/gh"}, "public_url"),
    ],
)
def test_a_source_that_may_not_be_written_is_not_used_either(changes: dict[str, Any], field: str) -> None:
    """By hand anything can be put into a table: the rules are those of the CLI and the admin API."""
    item = {"source_id": "gh", "provider": "github", "secrets": ["ssm:/doorbell/gh"], **changes}
    with pytest.raises(ConfigError) as caught:
        from_sources(OneItem(item))()
    assert caught.value.field == field


def test_a_source_is_checked_once_for_each_time_that_it_is_loaded() -> None:
    checked: list[str] = []
    client = OneItem({"source_id": "gh", "provider": "github", "secrets": ["ssm:/doorbell/gh"]})
    clock = FakeClock()
    table = SourceTable(
        client, "Sources", lambda *_: False, lambda source: checked.append(source.source_id), both(clock)
    )
    for _ in range(3):
        table.get("gh")
    assert checked == ["gh"]
    clock.advance(31)
    table.get("gh")
    assert checked == ["gh", "gh"]

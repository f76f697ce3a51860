"""An item in the other ways to write it: none is shown that would write another item."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell_cli.configuration import SOURCE, SUBSCRIPTION, Kind
from doorbell_cli.ops.spelled import spelled

BOOKS = {"tenant_id": "acme", "subscription_id": "books", "url": "https://a.example/", "signing": "none"}
SHOP = {"source_id": "shop", "provider": "github", "tenant_id": "acme", "secrets": ["ssm:/doorbell/shop"]}


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        (SUBSCRIPTION, {**BOOKS, "retry": {"preset": "fast"}}),
        (SUBSCRIPTION, {**BOOKS, "paused": True}),
        (SOURCE, {**SHOP, "allowed_cidrs": ["192.0.2.0/24"]}),
    ],
)
def test_what_put_has_no_flags_for_is_read_from_the_yaml_by_a_command(
    kind: Kind, item: dict[str, Any]
) -> None:
    found = spelled(kind, item, "Table")
    assert found.command == f"doorbell {kind.name}s put --file -"
    assert found.reads == found.yaml
    assert all(name in found.yaml and name in found.put_item for name in item)


def test_what_put_has_flags_for_is_a_command_with_each_of_them() -> None:
    found = spelled(SUBSCRIPTION, {**BOOKS, "event_types": ["push", "pull"], "updated_at": 5}, "Table")
    assert found.command == (
        "doorbell subscriptions put acme/books --url https://a.example/ --signing none "
        "--event-type push --event-type pull"
    )

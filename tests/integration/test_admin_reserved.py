"""The admin API lets nobody make a source with a reserved name, and everybody change one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.store.dynamodb.tables import marshal
from tests.integration.admin_desk import Desk, close_desk, open_desk
from tests.integration.conftest import Aws

SOURCE = {"provider": "github", "secrets": ["ssm:/doorbell/gh"]}


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


@pytest.mark.parametrize(
    ("name", "more", "field"),
    [
        ("doorbell", {}, "source_id"),
        ("inbox", {}, "source_id"),
        ("gh", {"tenant_id": "doorbell"}, "tenant_id"),
    ],
)
def test_a_new_one_is_refused_and_an_old_one_can_be_written(
    desk: Desk, aws: Aws, name: str, more: dict[str, Any], field: str
) -> None:
    refused = desk.call("PUT", f"/admin/sources/{name}", {**SOURCE, **more})
    assert (refused.status, refused.json["field"]) == (422, field)
    assert desk.call("GET", f"/admin/sources/{name}").status == 404
    item = marshal({"source_id": name, **SOURCE, **more})
    aws.dynamodb.put_item(TableName="SourcesTable", Item=item)
    assert desk.call("PUT", f"/admin/sources/{name}", {**SOURCE, **more}).status == 200


def test_the_tenant_can_have_subscriptions_which_is_how_one_hears_of_it(desk: Desk) -> None:
    item = {"url": "https://hooks.slack.com/services/T0/B0/x", "preset": "slack", "sources": ["doorbell"]}
    assert desk.call("PUT", "/admin/tenants/doorbell/subscriptions/on-call", item).status == 200

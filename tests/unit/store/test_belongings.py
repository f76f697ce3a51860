"""What a purge says that a removal costs is what it then writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doorbell.store.belongings.configuration import EventTypes, Sources, Subscriptions, state_keys
from doorbell.store.belongings.kept import Bodies, refused, rollups
from doorbell.store.belongings.routed import Routes
from doorbell.store.belongings.stories import StoryRemoval
from doorbell.store.dynamodb.tables import marshal
from doorbell.usecases.purge import Drawer

NAMES = ["a", "b", "c"]
FILED = [
    marshal({"pk": "acme#manifests", "sk": name, "version": 1, "places": ["all#"], "leaving": {"type#x": 1}})
    for name in NAMES
]
UNDER_EVENT = ["event", "delivery#a", "delivery#a#0001", "delivery#b", "attempt#a#0000#0001"]
PLAIN = [sk for sk in UNDER_EVENT if sk.startswith("attempt#")]
"""Without a row in an index."""


class Aws:
    """How many items were removed of each table; what stands under an event."""

    def __init__(self) -> None:
        self.removed = Counter[str]()

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:
        self.removed.update({table: len(requests) for table, requests in RequestItems.items()})
        return {}

    def delete_item(self, *, TableName: str, **_: Any) -> None:
        self.removed[TableName] += 1

    def delete_objects(self, **_: Any) -> dict[str, Any]:
        return {}

    def query(self, **call: Any) -> dict[str, Any]:
        event = call["ExpressionAttributeValues"][":id"]
        return {"Items": [{"event_id": event, "sk": {"S": sk}} for sk in UNDER_EVENT]}


def drawers(aws: Aws) -> dict[str, tuple[Drawer, Sequence[Any]]]:
    """And what was found in each."""
    items = [marshal({"key": name}) for name in NAMES]
    return {
        "sources": (Sources(aws, "Sources", "Endpoints", "acme"), NAMES),
        "subscriptions": (Subscriptions(aws, "Subscriptions", "Endpoints", "acme"), NAMES),
        "event_types": (EventTypes(aws, "EventTypes", "acme"), NAMES),
        "routes": (Routes(aws, "Routes", "acme"), FILED),
        "refused": (refused(aws, "Refused", "acme"), items),
        "rollups": (rollups(aws, "Rollups", "acme"), items),
        "bodies": (Bodies("bodies", aws, "bucket", "acme/"), NAMES),
    }


@pytest.mark.parametrize("name", drawers(Aws()))
def test_a_removal_is_counted_before_as_it_is_after_and_as_it_is_written(name: str) -> None:
    aws = Aws()
    drawer, found = drawers(aws)[name]
    assert drawer.weigh(found) == drawer.remove(found) == aws.removed.total()
    assert (aws.removed.total() > 0) is (name != "bodies")


def test_of_an_event_all_under_it_costs_a_unit_and_one_more_where_an_index_has_it() -> None:
    """Whose state goes too is not known before: the estimate says what it costs at least."""
    aws = Aws()
    with ThreadPoolExecutor(1) as pool:
        stories = StoryRemoval(aws, "Events", "Endpoints", "acme", pool)
        estimated, written = stories.weigh(NAMES), stories.remove(NAMES)
    assert aws.removed["Events"] == len(NAMES) * len(UNDER_EVENT)
    assert estimated == len(NAMES) * (2 * len(UNDER_EVENT) - len(PLAIN))
    assert written == estimated + aws.removed["Endpoints"]
    once = len(state_keys("acme", ["a", "b"]))
    assert aws.removed["Endpoints"] == once, "of two subscriptions, each once for all events"

"""What changed of an endpoint: in order whoever wrote last, and no more of it than is kept."""

from typing import Any

import pytest

from doorbell.domain.conditions import Changed
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.changes import KEPT, ChangeTable, changes_from


class Endpoints:
    """A client, for an item of which so many changes are on record after the next."""

    def __init__(self, there: int) -> None:
        self.there, self.asked = there, list[str]()

    def update_item(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked["UpdateExpression"])
        assert asked["Key"] == {"subscription_id": {"S": "!notice/changes/acme/sub"}}
        return {"Attributes": marshal({"changes": [[float(n), "k", ""] for n in range(self.there)]})}


@pytest.mark.parametrize(("there", "removes"), [(KEPT, 0), (KEPT + 1, 1)])
def test_the_oldest_goes_where_there_are_more_than_are_kept(there: int, removes: int) -> None:
    client = Endpoints(there)
    ChangeTable(client, "Endpoints").add("acme/sub", Changed(1.0, "endpoint.parked", "500"))
    assert client.asked[1:] == ["REMOVE changes[0]"] * removes


def test_two_that_were_written_the_other_way_round_are_told_in_the_order_of_their_times() -> None:
    written = {"changes": [[2.0, "endpoint.recovered", ""], [1.0, "endpoint.parked", "500"]]}
    assert [change.at for change in changes_from(written)] == [1.0, 2.0]
    assert changes_from({}) == ()

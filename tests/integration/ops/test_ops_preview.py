"""`doorbell subscriptions preview`: what a changed subscription would have got of what is on record."""

import json
from pathlib import Path
from typing import Any

from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.routing import RoutingPage
from tests.integration.ops.deployed import Doorbell

DAY = 86_400.0


def previewed(doorbell: Doorbell, folder: Path, *options: str, **fields: Any) -> Any:
    item = {"tenant_id": "acme", "subscription_id": "billing", "url": "https://example.com/hook"}
    (folder / "new.json").write_text(json.dumps({**item, "signing": "none", **fields}))
    return doorbell.json("subscriptions", "preview", str(folder / "new.json"), *options)


def counted(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["events"], told["would_match"], told["did_match"], told["bodies_gone"]


def test_what_would_match_is_told_beside_what_did_and_why_the_others_would_not(
    doorbell: Doorbell, tmp_path: Path
) -> None:
    paid = doorbell.event(1, event_type="invoice.paid")
    sent = doorbell.event(2, event_type="invoice.sent")
    other = doorbell.event(3, event_type="user.made", routing=RoutingPage((Match("other", Reason.MATCHED),)))
    doorbell.event(4, tenant="globex", event_type="invoice.paid")
    told = previewed(doorbell, tmp_path, event_types=["invoice.paid", "user.*"])
    assert told["subscription"] == "acme/billing"
    assert counted(told) == (3, 2, 2, 0)
    assert {one["event_id"] for one in told["samples"]["matching"]} == {paid, other}
    (not_matching,) = told["samples"]["not_matching"]
    assert (not_matching["event_id"], not_matching["reason"]) == (sent, "event_type")


def test_a_disabled_subscription_is_tried_as_if_it_were_on_and_nothing_is_written(
    doorbell: Doorbell, tmp_path: Path
) -> None:
    doorbell.event(1)
    before = doorbell.target.client("dynamodb").scan(TableName="SubscriptionsTable")["Items"]
    assert counted(previewed(doorbell, tmp_path, enabled=False, sources=["github"])) == (1, 1, 1, 0)
    assert doorbell.target.client("dynamodb").scan(TableName="SubscriptionsTable")["Items"] == before


def test_a_filter_is_asked_of_the_bodies_and_those_that_are_gone_are_counted_apart(
    doorbell: Doorbell, tmp_path: Path
) -> None:
    doorbell.target.client("s3").put_object(Bucket="bodies", Key="acme/there", Body=b'{"paid": true}')
    doorbell.event(1, body=BodyAt(14, key="acme/there"))
    doorbell.event(2, body=BodyAt(14, key="acme/gone"))
    doorbell.event(3)
    told = previewed(doorbell, tmp_path, filter="body.paid")
    assert counted(told) == (2, 1, 2, 1)
    assert [one["reason"] for one in told["samples"]["not_matching"]] == ["filter"]
    assert counted(previewed(doorbell, tmp_path)) == (3, 3, 3, 0), "without a filter no body is needed"


def test_only_so_many_of_the_newest_are_looked_at_and_five_of_each_are_shown(
    doorbell: Doorbell, tmp_path: Path
) -> None:
    ids = [doorbell.event(number, age=600 - number) for number in range(7)]
    told = previewed(doorbell, tmp_path)
    assert (told["events"], len(told["samples"]["matching"])) == (7, 5)
    asked = list[int]()
    doorbell.target.client("dynamodb").meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params["Limit"])
    )
    told = previewed(doorbell, tmp_path, "--limit", "2")
    assert asked[0] == 2, "nor are more rows of the log read and paid"
    assert [one["event_id"] for one in told["samples"]["matching"]] == [ids[6], ids[5]]
    doorbell.event(9, age=2 * DAY)
    assert previewed(doorbell, tmp_path, "--since", "1d")["events"] == 7


def test_a_subscription_that_could_not_be_written_is_not_tried(doorbell: Doorbell, tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    path.write_text(
        json.dumps({"tenant_id": "acme", "subscription_id": "billing", "url": "ftp://example.com"})
    )
    result = doorbell.run("subscriptions", "preview", str(path))
    assert result.exit_code != 0
    assert "url" in result.stderr


def test_it_is_told_to_people_with_a_reason_for_each_example(doorbell: Doorbell, tmp_path: Path) -> None:
    doorbell.event(1, body=BodyAt(14, key="acme/gone"))
    doorbell.event(2)
    item = {"tenant_id": "acme", "subscription_id": "billing", "url": "https://example.com/hook"}
    (tmp_path / "new.json").write_text(json.dumps({**item, "signing": "none", "filter": "body.paid"}))
    said = " ".join(doorbell.run("subscriptions", "preview", str(tmp_path / "new.json")).stdout.split())
    assert "would have matched 0 of 1 (did match then: 1)" in said
    assert "1 more events could not be checked: their bodies have expired" in said
    assert "the filter says no" in said
    assert "would have matched, for example" not in said

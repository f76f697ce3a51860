"""What the console's forms do, who may send them, and that it goes on record."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.events import BodyAt
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from tests.integration.console.conftest import Browser, Opened
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep, secret

SWITCH = "/subscriptions/acme/billing/switch"


def subscription(doorbell: Doorbell) -> dict[str, object]:
    found = SUBSCRIPTION.table(doorbell.target).get("acme", "billing")
    assert found is not None
    return found.values


def test_a_subscription_is_switched_off_and_on_with_who_and_why_on_record(
    doorbell: Doorbell, browser: Browser
) -> None:
    assert browser.send(SWITCH, to="disable", reason="moving house") == "/subscriptions/acme/billing"
    assert subscription(doorbell)["enabled"] is False
    assert "moving house" in browser.page("/subscriptions/acme/billing")
    browser.send(SWITCH, to="enable")
    assert subscription(doorbell)["enabled"] is True
    record = browser.page("/audit?tenant=acme")
    assert record.count("subscription acme/billing") == 2
    assert "moving house" in record
    assert "arn:aws:" in record
    assert "subscription acme/billing" not in browser.page("/audit?tenant=another")


def test_what_is_switched_on_begins_as_new_though_its_endpoint_was_parked(
    doorbell: Doorbell, browser: Browser
) -> None:
    health = {"failures": 9, "failing_since": 1.0, "parked_until": 9e9, "parks": 3, "version": 4}
    doorbell.put("EndpointsTable", {"subscription_id": "acme/billing", **health})
    browser.send(SWITCH, to="disable")
    browser.send(SWITCH, to="enable")
    assert doorbell.json("status", "acme/billing")["circuit"] == "closed"


def test_a_source_is_switched_off_and_on(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.put(
        "SourcesTable", {"source_id": "github", "provider": "github", "secrets": ["ssm:/doorbell/x"]}
    )
    browser.send("/sources/github/switch", to="disable")
    found = SOURCE.table(doorbell.target).get("github")
    assert found is not None
    assert found.values["enabled"] is False
    assert browser.send("/sources/github/switch", to="enable") == "/sources/github"


def test_a_broken_source_is_not_switched_on(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.put("SourcesTable", {"source_id": "odd", "provider": "nobody", "enabled": False})
    assert "Repair it first" in browser.send("/sources/odd/switch", 409, to="enable")
    found = SOURCE.table(doorbell.target).get("odd")
    assert found is not None
    assert found.values["enabled"] is False
    assert "source odd" not in browser.page("/audit")


def test_what_was_let_in_is_on_record_where_it_came_in_whoever_has_the_source_now(
    doorbell: Doorbell, browser: Browser
) -> None:
    secret("theirs")
    path = f"/sources/github/refused/{keep(doorbell)}"
    item = {"source_id": "github", "provider": "github", "secrets": ["ssm:/doorbell/github"]}
    doorbell.put("SourcesTable", {**item, "tenant_id": "another"})
    assert 'name="tenant" value="acme"' in browser.page(path)
    browser.send(f"{path}/accept")
    assert "refused request" in browser.page("/audit?tenant=acme")
    assert "refused request" not in browser.page("/audit?tenant=another")


def test_an_event_is_replayed(doorbell: Doorbell, browser: Browser) -> None:
    event_id = doorbell.event(1, state="exhausted")
    assert browser.send(f"/events/{event_id}/replay", subscription_id="billing") == f"/events/{event_id}"
    assert "billing (replay 1)" in browser.page(f"/events/{event_id}")
    assert [message["event_id"] for message in doorbell.messages("Deliveries")] == [event_id]
    browser.send(f"/events/{event_id}/replay", 404, subscription_id="nobody")


def test_a_refused_request_is_accepted_once_the_secret_is_mended(
    doorbell: Doorbell, browser: Browser
) -> None:
    secret("ours")
    path = f"/sources/github/refused/{keep(doorbell)}"
    browser.send(f"{path}/accept", 409)
    assert doorbell.messages("Events") == []
    secret("theirs")
    browser.send(f"{path}/accept")
    assert len(doorbell.messages("Events")) == 1
    assert "Accepted by arn:aws:" in browser.page(path)


@pytest.mark.parametrize("token", ["", "guessed"])
def test_a_form_that_is_none_of_ours_changes_nothing(
    doorbell: Doorbell, browser: Browser, token: str
) -> None:
    said = browser.send(SWITCH, 403, token=token, to="disable")
    assert "older than this console" in said
    assert subscription(doorbell).get("enabled", True) is True


def test_a_post_from_elsewhere_changes_nothing(doorbell: Doorbell, browser: Browser) -> None:
    data = {"form_token": browser.door.form_token, "to": "disable"}
    answer = browser.client.post(SWITCH, data=data, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert subscription(doorbell).get("enabled", True) is True


def test_read_only_changes_nothing(doorbell: Doorbell, opened: Opened) -> None:
    browser = opened(read_only=True)
    assert "--read-only" in browser.send(SWITCH, 403, to="disable")
    assert subscription(doorbell).get("enabled", True) is True


def test_a_form_with_nonsense_says_so_and_changes_nothing(doorbell: Doorbell, browser: Browser) -> None:
    browser.send(SWITCH, 422, to="explode")
    browser.send(SWITCH, 413, reason="x" * 300_000, to="disable")
    doorbell.put(
        "SubscriptionsTable", {"tenant_id": "acme", "subscription_id": "broken", "url": 7, "enabled": False}
    )
    assert "Repair it first" in browser.send("/subscriptions/acme/broken/switch", 409, to="enable")
    assert "subscription acme" not in browser.page("/audit?tenant=acme")


def test_what_cannot_be_recorded_is_not_done(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = doorbell.target.client("dynamodb")
    put = client.put_item

    def no(**call: object) -> object:
        if call["TableName"] == "EventsTable":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "PutItem")
        return put(**call)

    monkeypatch.setattr(client, "put_item", no)
    browser.send(SWITCH, 502, to="disable")
    assert subscription(doorbell).get("enabled", True) is True


CHANGE = "/subscriptions/acme/billing/change"


def test_a_changed_filter_is_tried_on_what_is_on_record_and_then_saved(
    doorbell: Doorbell, browser: Browser
) -> None:
    for number in range(3):
        body = b'{"n":%d}' % number
        doorbell.event(number, body=BodyAt(len(body), body))
    tried = browser.page(f"{CHANGE}?try=1&filter=body.n+%3E+%60%d0%60&event_types=".replace("%d0", "0"))
    assert "Would have matched 2 of 3" in tried
    assert "did match then: 3" in tried
    assert "the filter says no" in tried
    assert "filter" not in subscription(doorbell)
    browser.send(CHANGE, filter="body.n > `0`", event_types="push, invoice.*", sources="", transform="")
    saved = subscription(doorbell)
    assert saved["filter"] == "body.n > `0`"
    assert set(saved["event_types"]) == {"push", "invoice.*"}  # type: ignore[call-overload]
    assert "transform" not in saved
    assert "body.n &gt; `0`" in browser.page(CHANGE)
    assert "body.n &gt; `0`" in browser.page("/audit?tenant=acme")
    browser.send(CHANGE, filter="", event_types="", sources="", transform="")
    assert "filter" not in subscription(doorbell)


def test_a_change_that_could_not_be_used_is_refused_with_the_field(
    doorbell: Doorbell, browser: Browser
) -> None:
    assert "filter" in browser.page(f"{CHANGE}?try=1&filter=body.%5B", 422)
    assert "filter" in browser.send(CHANGE, 422, filter="body.[")
    assert "filter" not in subscription(doorbell)
    assert "change" not in browser.page("/audit?tenant=acme").partition("<tbody>")[2]

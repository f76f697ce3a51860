"""A secret is rotated from the console: both in force for a while, then the new one alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from tests.integration.console.conftest import Browser, Opened
from tests.integration.console.test_console_setup import parameters
from tests.integration.console.test_console_sources import sound
from tests.integration.ops.deployed import Doorbell

OURS, THEIRS = "/subscriptions/acme/billing/rotate", "/sources/github/rotate"
OLD = "ssm:/doorbell/subscriptions/acme/billing"
NEW = "the-provider-s-new-secret"


def subscription(doorbell: Doorbell) -> dict[str, Any]:
    found = SUBSCRIPTION.table(doorbell.target).get("acme", "billing")
    assert found is not None
    return found.values


def source(doorbell: Doorbell) -> dict[str, Any]:
    found = SOURCE.table(doorbell.target).get("github")
    assert found is not None
    return found.values


def test_a_subscriptions_new_secret_is_shown_once_and_both_are_in_force_until_it_is_finished(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.subscribe("billing", secrets=[OLD], signing="standard", max_in_flight=7)
    assert "Deliveries carry both signatures" in browser.page(OURS)
    begun = browser.send(OURS, 200, to="begin")
    found = re.search(r'id="secret">(whsec_[^<]+)<', begun)
    assert found is not None
    new, old = subscription(doorbell)["secrets"]
    assert old == OLD
    assert parameters(doorbell)[new] == found[1]
    assert subscription(doorbell)["max_in_flight"] == 7
    under_way = browser.page(OURS)
    assert "Finish the rotation" in under_way
    assert "whsec_" not in under_way
    assert "Finish that rotation first" in browser.send(OURS, 409, to="begin")
    assert browser.send(OURS, to="finish") == "/subscriptions/acme/billing"
    assert subscription(doorbell)["secrets"] == [new]
    assert "No rotation is under way." in browser.send(OURS, 409, to="finish")
    record = browser.page("/audit?tenant=acme")
    assert "<td>begin a rotation</td>" in record
    assert f"no longer used: {OLD}" in record
    assert "whsec_" not in record


def test_a_sources_new_secret_is_pasted_and_kept_beside_the_old_one(
    doorbell: Doorbell, browser: Browser
) -> None:
    sound(doorbell)
    before = source(doorbell)["secrets"]
    assert "Begin the rotation" in browser.page(THEIRS)
    begun = browser.send(THEIRS, 200, to="begin", secret=NEW)
    assert NEW not in begun
    new, *old = source(doorbell)["secrets"]
    assert old == list(before)
    assert parameters(doorbell)[new] == NEW
    browser.send(THEIRS, to="finish")
    assert source(doorbell)["secrets"] == [new]


def test_a_new_secret_is_kept_where_the_present_one_is(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.target.client("secretsmanager").create_secret(Name="doorbell/acme", SecretString="x")
    doorbell.subscribe("billing", secrets=["secretsmanager:doorbell/acme"], signing="standard")
    begun = browser.send(OURS, 200, to="begin")
    found = re.search(r'id="secret">(whsec_[^<]+)<', begun)
    assert found is not None
    new, old = subscription(doorbell)["secrets"]
    assert old == "secretsmanager:doorbell/acme"
    kept = doorbell.target.client("secretsmanager").get_secret_value(
        SecretId=new.removeprefix("secretsmanager:")
    )
    assert kept["SecretString"] == found[1]
    assert parameters(doorbell) == {}


@pytest.mark.parametrize("given", ["", "  ", "ghp_" + "a" * 36])
def test_what_can_be_no_secret_stores_and_changes_nothing(
    doorbell: Doorbell, browser: Browser, given: str
) -> None:
    sound(doorbell)
    before, kept = source(doorbell), parameters(doorbell)
    assert "secret: " in browser.send(THEIRS, 422, to="begin", secret=given)
    assert source(doorbell) == before
    assert parameters(doorbell) == kept
    assert "<tbody>" not in browser.page("/audit?tenant=acme")


def test_where_there_is_room_for_one_signature_it_is_said_before(
    doorbell: Doorbell, browser: Browser
) -> None:
    doorbell.subscribe("billing", secrets=[OLD], signing="github")
    assert "room for one signature" in browser.page(OURS)
    doorbell.subscribe("billing", secrets=[], signing="none")
    page = browser.page(OURS)
    assert "would be of no use" in page
    assert "<button" not in page.partition("<main")[2]
    assert "of no use" in browser.send(OURS, 409, to="begin"), "of a page that was loaded before"


def test_a_routing_key_is_not_made_here_and_one_that_was_given_is_finished(
    doorbell: Doorbell, browser: Browser
) -> None:
    """With a made one in its place PagerDuty would take no alert any more."""
    doorbell.subscribe("billing", preset="pagerduty", secrets=[OLD])
    kept = parameters(doorbell)
    page = browser.page(OURS)
    assert "routing key" in page
    assert "<button" not in page.partition("<main")[2]
    assert "--secret-stdin" in browser.send(OURS, 409, to="begin")
    assert (subscription(doorbell)["secrets"], parameters(doorbell)) == ([OLD], kept)
    doorbell.subscribe("billing", preset="pagerduty", secrets=[f"{OLD}.2", OLD])
    assert "Finish the rotation" in browser.page(OURS)


def test_a_broken_item_is_not_rotated(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.subscribe("billing", url=7, secrets=[OLD], signing="standard")
    kept = parameters(doorbell)
    browser.page(OURS, 409)
    assert "Repair it first" in browser.send(OURS, 409, to="begin")
    assert parameters(doorbell) == kept
    browser.send(OURS, 422, to="explode")


def test_who_only_reads_sees_the_step_and_no_button(doorbell: Doorbell, opened: Opened) -> None:
    doorbell.subscribe("billing", secrets=[OLD], signing="standard")
    assert 'method="post"' not in opened(read_only=True).page(OURS)

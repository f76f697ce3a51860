"""A name that is mistyped is no answer: where a list is empty, it is told that nobody has that name."""

from __future__ import annotations

import pytest

from tests.integration.ops.deployed import Doorbell

OF_SOURCES = [
    ("events", "list", "--source", "{}"),
    ("refused", "list", "{}"),
    ("refused", "show", "{}"),
    ("refused", "accept", "{}", "--all"),
    ("logs", "--source", "{}", "--function", "ingest"),
]
NOBODY = "There is no source githbu now. `doorbell sources list` shows what there is."


def named(command: tuple[str, ...], name: str) -> list[str]:
    return [part.format(name) for part in command]


@pytest.fixture(autouse=True)
def log_group(doorbell: Doorbell) -> None:
    doorbell.target.client("logs").create_log_group(logGroupName="/doorbell/doorbell/ingest")


@pytest.mark.parametrize("command", OF_SOURCES, ids=" ".join)
def test_a_mistyped_source_is_told_and_one_that_is_there_is_not(
    doorbell: Doorbell, command: tuple[str, ...]
) -> None:
    doorbell.put("SourcesTable", {"source_id": "github", "provider": "github", "secrets": ["ssm:/x"]})
    assert NOBODY in doorbell.run(*named(command, "githbu")).stderr
    assert "There is no source" not in doorbell.run(*named(command, "github")).stderr


@pytest.mark.parametrize("name", ["publish", "inbox", "doorbell", "doorbell-test"])
def test_what_rings_without_an_item_is_there(doorbell: Doorbell, name: str) -> None:
    assert "There is no" not in doorbell.run("events", "list", "--source", name).stderr


def test_a_name_that_no_source_can_have_is_told_too(doorbell: Doorbell) -> None:
    done = doorbell.run("events", "list", "--source", "")
    assert (done.exit_code, "There is no source  now." in done.stderr) == (0, True)


def test_a_mistyped_subscription_has_not_just_no_counts(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", "acme")
    assert "There is no subscription acme/biling now." in doorbell.run("stats", "acme/biling").stderr
    assert "There is no" not in doorbell.run("stats", "acme/billing").stderr


def test_a_search_that_finds_nothing_says_in_how_many_events(doorbell: Doorbell) -> None:
    look = ("events", "list", "--tenant", "acme", "--type", "no.such")
    assert doorbell.run(*look).stdout == "No events in this time.\n"
    doorbell.event(1, event_type="push")
    assert doorbell.run(*look).stdout == "None of the events that were read is such: 1.\n"

"""Who purged whom, on record before anything is removed, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.store.events.operations import Operation, OperationTable
from doorbell_cli.output import Exit
from tests.integration.ops.deployed import Doorbell

PURGE = ("purge", "--tenant", "acme", "--yes")


pytestmark = pytest.mark.usefixtures("few_days")


def record(doorbell: Doorbell, tenant: str = "doorbell") -> Sequence[Operation]:
    """Earliest first."""
    table = OperationTable(doorbell.target.client("dynamodb"), "EventsTable")
    return sorted(table.newest(tenant, time.time()), key=lambda one: one.at)


def failing_on(monkeypatch: pytest.MonkeyPatch, client: Any, operation: str, error: BaseException) -> None:
    def fails(**call: Any) -> Any:
        raise error

    monkeypatch.setattr(client, operation, fails)


def refused(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)


def test_a_purge_is_on_record_with_who_whom_when_and_what_came_of_it(doorbell: Doorbell) -> None:
    began = time.time()
    doorbell.event(1)
    assert doorbell.run(*PURGE).exit_code == 0
    first, last = record(doorbell)
    for one in (first, last):
        assert one.by.startswith("arn:aws:")
        assert (one.what, one.on) == ("purge", "tenant acme")
        assert began <= one.at <= time.time()
    run, _, told = first.detail.partition(": ")
    assert told == "begun by the tool, found: 1 sources, 1 subscriptions, 1 events"
    assert last.detail == f"{run}: ended, left: nothing"
    assert record(doorbell, "acme") == []
    assert doorbell.run(*PURGE).exit_code == 0
    runs = [one.detail.partition(":")[0] for one in record(doorbell)]
    assert (len(runs), len(set(runs))) == (4, 2)


def test_it_is_on_record_before_anything_is_removed_and_what_is_not_on_record_is_not_done(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = doorbell.event(1)
    failing_on(monkeypatch, doorbell.target.client("dynamodb"), "put_item", refused("PutItem"))
    result = doorbell.run(*PURGE)
    assert result.exit_code == Exit.AWS
    assert "PutItem" in result.stderr
    assert "event" in doorbell.items(event_id)
    assert doorbell.target.client("dynamodb").scan(TableName="SubscriptionsTable")["Count"] == 1


@pytest.mark.parametrize("error", [refused("BatchWriteItem"), KeyboardInterrupt()])
def test_one_that_breaks_off_is_on_record_as_such(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    doorbell.event(1)
    failing_on(monkeypatch, doorbell.target.client("dynamodb"), "batch_write_item", error)
    assert doorbell.run(*PURGE).exit_code != 0
    first, last = record(doorbell)
    run = first.detail.partition(":")[0]
    assert last.detail == f"{run}: interrupted: some of it may be left"


def test_what_is_left_is_on_record(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    doorbell.event(1)
    monkeypatch.setattr(doorbell.target.client("dynamodb"), "batch_write_item", lambda **call: {})
    assert doorbell.run(*PURGE).exit_code == Exit.PROBLEM
    assert record(doorbell)[-1].detail.endswith(": ended, left: 1 subscriptions, 1 events")


def test_a_count_and_a_no_leave_nothing_on_record(doorbell: Doorbell) -> None:
    doorbell.event(1)
    assert doorbell.run("purge", "--tenant", "acme", "--dry-run").exit_code == 0
    assert doorbell.run("purge", "--tenant", "acme").exit_code == Exit.PROBLEM
    assert record(doorbell) == []


@pytest.mark.parametrize("more", [("--yes",), ("--dry-run",), ("--yes", "--background")])
def test_the_tenant_that_has_the_record_is_not_purged(doorbell: Doorbell, more: tuple[str, ...]) -> None:
    doorbell.target.parameters.update({"PurgeJobs": "true"})  # type: ignore[attr-defined]
    assert doorbell.run(*PURGE).exit_code == 0
    before = record(doorbell)
    result = doorbell.run("purge", "--tenant", "doorbell", *more)
    assert result.exit_code == Exit.PROBLEM
    assert "not purged" in result.stderr
    assert record(doorbell) == before

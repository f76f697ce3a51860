"""The operator's commands when AWS answers in small pages, and when it throttles one of them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.ops.deployed import Doorbell

COMMANDS = {
    "audit": ("audit", "--since", "1d"),
    "deliveries list": ("deliveries", "list", "--tenant", "acme", "--state", "exhausted"),
    "events list": ("events", "list", "--tenant", "acme", "--since", "1d"),
    "purge": ("purge", "--tenant", "acme", "--dry-run"),
    "replay": ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h", "--dry-run"),
    "sources list": ("sources", "list"),
    "status": ("status",),
    "subscriptions list": ("subscriptions", "list", "--tenant", "acme"),
}


@pytest.fixture(autouse=True)
def filled(doorbell: Doorbell) -> None:
    """Three of everything."""
    for number, state in enumerate(("exhausted", "exhausted", "pending")):
        doorbell.event(number, state=state, age=600 + number)
        doorbell.subscribe(f"more_{number}")
        doorbell.put("SourcesTable", {"source_id": f"s{number}", "provider": "github", "tenant_id": "acme"})
        item = {"tenant_id": "acme", "event_type": f"t{number}", "json_schema": "{}"}
        doorbell.put("EventTypesTable", item)


def reads(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch, does: Callable[..., Any]) -> None:
    """`does(real, **call)` in place of every Query and Scan."""
    client = doorbell.target.client("dynamodb")
    for operation in ("query", "scan"):
        monkeypatch.setattr(client, operation, partial(does, getattr(client, operation)))


def one_at_a_time(real: Callable[..., Any], **call: Any) -> Any:
    return real(**{**call, "Limit": 1})


def of_any_moment(told: Any) -> Any:
    """Without the range of time that was looked at: it ends now."""
    if not isinstance(told, dict):
        return told
    of_now = ("since", "until", "ended between")
    return {name: value for name, value in told.items() if name not in of_now}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_small_pages_change_nothing_of_what_is_told(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    told = of_any_moment(doorbell.json(*command))
    reads(doorbell, monkeypatch, one_at_a_time)
    assert of_any_moment(doorbell.json(*command)) == told


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_page_that_aws_throttles_is_an_error_of_aws_and_no_shorter_answer(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """For longer than the AWS client tries again."""

    def throttled(real: Callable[..., Any], **call: Any) -> Any:
        if "ExclusiveStartKey" not in call:
            return one_at_a_time(real, **call)
        error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
        raise ClientError({"Error": error}, "Query")  # type: ignore[typeddict-item]

    reads(doorbell, monkeypatch, throttled)
    result = doorbell.run(*command, "--json")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "ThrottlingException" in result.stderr

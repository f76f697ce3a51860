"""`doorbell deliveries list` over histories: delivered ones too, by answer, error and type."""

import json
import time
from dataclasses import replace

import pytest

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.outbound import Wire
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from tests.integration.ops.deployed import Doorbell

LIST = ("deliveries", "list", "--tenant", "acme")


@pytest.fixture
def keeping(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> Doorbell:
    """Its stack says that it keeps histories."""
    target = replace(doorbell.target, parameters={**doorbell.target.parameters, "History": "all"})
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: target)
    return doorbell


def listed(doorbell: Doorbell, *more: str) -> list[str]:
    return [row["event_id"] for row in doorbell.json(*LIST, *more)]


def test_all_that_ended_is_listed_newest_first_with_its_type(keeping: Doorbell) -> None:
    first, second = keeping.event(1), keeping.event(2, state="exhausted")
    third = keeping.event(3, state="pending")
    assert listed(keeping, "--state", "ended") == [second, first]
    assert third in listed(keeping, "--state", "waiting")
    (row,) = [one for one in keeping.json(*LIST, "--state", "ended") if one["event_id"] == first]
    assert (row["state"], row["reason"], row["status"], row["replay"]) == ("delivered", None, 204, None)
    shown = keeping.run(*LIST, "--state", "ended").stdout
    assert first in shown
    assert "delivered" in shown


def test_delivered_ones_are_found_however_many_events_came_after_them(
    keeping: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell_cli.ops.deliveries_by_state.EVENTS", 1)
    old, new = keeping.event(1), keeping.event(2)
    keeping.event(3, state="exhausted")
    assert listed(keeping, "--state", "delivered") == [new, old]
    (row, _) = keeping.json(*LIST, "--state", "delivered")
    assert row["attempts"][0]["status"] == 204


def test_they_are_narrowed_by_the_last_answer_and_by_type(keeping: Doorbell) -> None:
    good, bad = keeping.event(1), keeping.event(2, state="exhausted")
    assert listed(keeping, "--status", "5xx") == [bad]
    assert listed(keeping, "--state", "ended", "--status", "204") == [good]
    assert listed(keeping, "--state", "ended", "--error", "timeout") == []
    assert "No such delivery ended" in keeping.run(*LIST, "--error", "timeout").stdout


def test_a_list_that_stops_says_where_and_how_to_go_on(
    keeping: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        keeping.event(number)
    cut = keeping.run(*LIST, "--state", "ended", "--limit", "2")
    assert "There are more than these 2" in cut.stderr
    monkeypatch.setattr("doorbell_cli.ops.deliveries_by_state.ROWS", 3)
    stopped = keeping.run(*LIST, "--state", "ended", "--status", "5xx")
    assert "It stopped after 3 deliveries" in stopped.stderr
    assert "--until" in stopped.stderr


def test_what_ended_before_the_stack_kept_histories_is_told_where_it_does_not_say(keeping: Doorbell) -> None:
    event_id = keeping.event(1, state="exhausted")
    item = keeping.items(event_id)["delivery#billing"]
    left = {name: value for name, value in item.items() if name not in ("shelf", "shelf_at", "status")}
    keeping.target.client("dynamodb").put_item(TableName="EventsTable", Item=left)
    assert listed(keeping, "--state", "ended") == [event_id]
    asked = keeping.run(*LIST, "--status", "5xx")
    assert event_id not in asked.stdout
    assert "1 deliveries ended before this stack kept histories" in asked.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--status", "700"), "no status"),
        (("--status", "bad"), "such as 5xx"),
        (("--state", "waiting", "--status", "5xx"), "among deliveries that ended"),
        (("--state", "failing", "--type", "push"), "among deliveries that ended"),
        (("--state", "done"), "'done'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_asked(
    doorbell: Doorbell, given: tuple[str, ...], said: str
) -> None:
    result = doorbell.run(*LIST, *given)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_the_details_of_attempts_are_shown_where_they_are_asked_for_and_only_then(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    show = ("deliveries", "show", event_id, "billing", "--tenant", "acme")
    assert "No details of its attempts are kept" in doorbell.run(*show, "--details").stdout
    assert doorbell.json(*show, "--details")[0]["attempts"][0]["details"] is None
    sent, answered = (("webhook-id", "x1"),), (("retry-after", "9"),)
    wire = Wire(sent, answered, True, ("ssm:/k",), "192.0.2.1", False, 1, 2, 3, 4)
    table = AttemptDetailTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)
    later, key = int(time.time()) + 60, DeliveryKey(event_id, "billing")
    table.put(AttemptDetails(key, "acme", 1, time.time(), 40, wire, later))
    said = doorbell.run(*show, "--details").stdout
    parts = ("to 192.0.2.1", "TLS 3 ms", "40 ms in all", "signed by ssm:/k")
    for part in (*parts, "> webhook-id: x1", "< retry-after: 9", "Not all headers are kept"):
        assert part in said
    assert doorbell.json(*show, "--details")[0]["attempts"][0]["details"]["address"] == "192.0.2.1"
    assert "192.0.2.1" not in doorbell.run(*show).stdout
    assert "details" not in doorbell.json(*show)[0]["attempts"][0]


@pytest.mark.parametrize("how", [("--state", "ended"), ("--state", "exhausted"), ("--status", "5xx"), ()])
def test_a_list_goes_on_with_its_cursor_and_refuses_one_of_other_filters(
    keeping: Doorbell, how: tuple[str, ...]
) -> None:
    made = [keeping.event(number, state="exhausted") for number in range(1, 6)]
    found, more = list[str](), tuple[str, ...]()
    while True:
        page = keeping.run(*LIST, *how, "--limit", "2", "--json", *more)
        found += [row["event_id"] for row in json.loads(page.stdout)]
        if "--cursor" not in page.stderr:
            break
        more = ("--cursor", page.stderr.split("--cursor ")[1].split()[0])
    assert found == made[::-1]
    refused = keeping.run(*LIST, *how, "--type", "other.*", *more)
    assert refused.exit_code != 0
    assert "other filters" in refused.stderr
    waiting = keeping.run(*LIST, "--state", "waiting", *more)
    assert waiting.exit_code == 2


def test_what_the_histories_of_many_cost_is_said_first(
    keeping: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.event(1)
    assert "Reads the histories" not in keeping.run(*LIST, "--state", "ended").stderr
    monkeypatch.setattr("doorbell_cli.commands.operations.deliveries_ended.MANY", 0)
    said = keeping.run(*LIST, "--state", "ended").stderr
    assert "less than 0.1 cents for each page" in said

"""Disable, enable and delete say in numbers what they do to what waits; a replay says what it leaves out."""

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.health.off_times import KEPT, OffTimes
from doorbell.store.health.reads import HealthReads
from doorbell_cli.cells import clock
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_status import flat, on_list, parked, pending

NAME = "acme/billing"
MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1d")


def off_since(doorbell: Doorbell, seconds: float, **fields: Any) -> None:
    doorbell.subscribe(
        "billing", enabled=False, disabled_at=int(time.time() - seconds), disabled_reason="410", **fields
    )


def unwanted(doorbell: Doorbell, number: int, age: float, **changes: Any) -> str:
    """An event that nobody got: its delivery is another's."""
    return doorbell.event(number, to="other", age=age, **changes)


def is_on(doorbell: Doorbell) -> bool:
    item = doorbell.target.client("dynamodb").get_item(
        TableName="SubscriptionsTable", Key={"tenant_id": {"S": "acme"}, "subscription_id": {"S": "billing"}}
    )["Item"]
    return bool(unmarshal(item).get("enabled", True))


def test_disable_says_how_many_wait_and_when_they_are_cancelled(doorbell: Doorbell) -> None:
    now = time.time()
    pending(doorbell, 1, failures=1, due_at=now + 100)
    pending(doorbell, 2, due_at=now + 7200)
    result = doorbell.run("subscriptions", "disable", NAME)
    said = flat(result.stderr)
    assert "Deliveries that wait for it: 2 (1 of them failed before)." in said
    assert "They are cancelled within two minutes." in said
    assert (result.exit_code, is_on(doorbell)) == (0, False)


def test_disable_says_of_many_which_come_up_by_their_own_time(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell_cli.ops.switching.MOST", 1)
    now = time.time()
    pending(doorbell, 1, due_at=now + 100)
    pending(doorbell, 2, due_at=now + 7200)
    said = flat(doorbell.run("subscriptions", "disable", NAME).stderr)
    last = clock(int(now) + 7200)  # of tomorrow, it has its date
    assert f"Of these the first 1; each other one when it comes up next, the last by {last}" in said


def test_disable_says_how_long_the_waiting_list_takes(doorbell: Doorbell) -> None:
    for number in range(3):
        on_list(doorbell, number)
    parked(doorbell, 600, wake_at=time.time() + 120, wake_shard="0")
    said = flat(doorbell.run("subscriptions", "disable", NAME).stderr)
    assert "The endpoint's waiting list, 3 of them, takes" in said


def planned(doorbell: Doorbell, event_id: str) -> tuple[float, float]:
    item = doorbell.items(event_id)["delivery#billing"]
    return tuple(float(item[name]["N"]) for name in ("next_attempt_at", "due_at"))  # type: ignore[return-value]


@pytest.mark.parametrize("way", ["disable", "delete", "apply"])
def test_what_waits_comes_up_soon_once_it_is_off_or_gone_and_others_do_not(
    doorbell: Doorbell, way: str, tmp_path: Path
) -> None:
    now = time.time()
    mine = pending(doorbell, 1, due_at=now + 7200, next_attempt_at=now + 7200)
    soon = pending(doorbell, 2, due_at=now + 40, next_attempt_at=now + 40)
    on_list(doorbell, 3)
    before, (_, looked_at) = planned(doorbell, soon), planned(doorbell, "evt_p0003")
    parked(doorbell, 600, wake_at=now + 300, wake_shard="0", version=4)
    if way == "apply":
        file = tmp_path / "off.yaml"
        item = {"tenant_id": "acme", "subscription_id": "billing", "url": "https://example.com/hook"}
        off = {**item, "signing": "none", "enabled": False}
        file.write_text(json.dumps({"subscriptions": [off]}))
        result = doorbell.run("apply", "-f", str(file), "--yes")
    else:
        result = doorbell.run("subscriptions", way, NAME, "--yes")
    assert result.exit_code == 0, result.output
    assert now < min(planned(doorbell, mine)) <= max(planned(doorbell, mine)) < now + 60
    assert planned(doorbell, soon) == before
    listed = unmarshal(doorbell.items("evt_p0003")["delivery#billing"])
    assert listed["due_at"] == looked_at
    assert now < listed["shelf_at"] == listed["next_attempt_at"] < now + 45
    health = doorbell.target.client("dynamodb").get_item(
        TableName="EndpointsTable", Key={"subscription_id": {"S": NAME}}
    )["Item"]
    assert float(health["wake_at"]["N"]) < now + 60
    assert health["version"]["N"] == "5"


def test_where_aws_says_no_it_is_off_all_the_same_and_what_waits_is_told(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object) -> bool:
        raise Unavailable("dynamodb", "UpdateItem", "AccessDeniedException")

    monkeypatch.setattr("doorbell_cli.ops.bringing_forward.HastenTable.__call__", refuse)
    pending(doorbell, 1, due_at=time.time() + 7200)
    result = doorbell.run("subscriptions", "disable", NAME)
    assert (result.exit_code, is_on(doorbell)) == (0, False)
    assert "was not brought forward (" in result.stderr
    assert "AccessDeniedException" in result.stderr
    said = flat(doorbell.run("status", NAME).stdout)
    assert "not brought forward 1: each is cancelled when it comes up by its own schedule" in said
    assert f"Sooner: doorbell subscriptions disable {NAME}" in said


def test_of_what_was_brought_forward_status_says_nothing(doorbell: Doorbell) -> None:
    pending(doorbell, 1, due_at=time.time() + 7200)
    on_list(doorbell, 2)
    parked(doorbell, 600, wake_at=time.time() + 120, wake_shard="0")
    assert "not brought forward" not in doorbell.run("status", NAME).stdout, "it is on"
    doorbell.run("subscriptions", "disable", NAME)
    assert "not brought forward" not in doorbell.run("status", NAME).stdout


def test_where_nothing_waits_disable_and_delete_say_so(doorbell: Doorbell) -> None:
    assert "No delivery waits for it." in doorbell.run("subscriptions", "disable", NAME).stderr
    deleted = doorbell.run("subscriptions", "delete", NAME, "--yes")
    assert deleted.exit_code == 0


def test_on_a_terminal_disable_asks_and_a_no_changes_nothing(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("doorbell_cli.commands.configuration.items.sys", shell)
    asked: list[str] = []

    def confirm(question: str, **how: object) -> None:
        asked.append(question)
        raise typer.Abort

    monkeypatch.setattr("doorbell_cli.commands.configuration.items.typer.confirm", confirm)
    assert doorbell.run("subscriptions", "disable", NAME).exit_code == 1
    assert asked == ["Disable subscription acme/billing?"]
    assert is_on(doorbell)
    assert doorbell.run("subscriptions", "disable", NAME, "--yes").exit_code == 0
    assert not is_on(doorbell)


def test_enable_says_what_goes_on_what_stays_cancelled_and_what_came_meanwhile(doorbell: Doorbell) -> None:
    off_since(doorbell, 3600)
    pending(doorbell, 1)
    event_id, now = doorbell.event(2, to="none"), time.time()
    new = Delivery(
        DeliveryKey(event_id, "billing"), "acme", State.PENDING, now, now, now + 900, int(now) + DAY
    )
    doorbell.deliver(new, "cancelled", reason="subscription_disabled")
    for number in (3, 4):
        unwanted(doorbell, number, age=1800)
    said = flat(doorbell.run("subscriptions", "enable", NAME).stderr)
    assert "Deliveries that wait for it: 1. They go on." in said
    assert "Cancelled since it was disabled: 1. They stay so." in said
    assert "doorbell replay --tenant acme --subscription billing --since 20" in said
    assert "Events left out, as they have no delivery to it: 2 (2 came while it was disabled)." in said
    assert is_on(doorbell)


def test_enable_says_of_one_that_is_paused_what_lets_its_deliveries_go(doorbell: Doorbell) -> None:
    off_since(doorbell, 3600, paused=True, paused_at=int(time.time() - 3600))
    pending(doorbell, 1)
    said = flat(doorbell.run("subscriptions", "enable", NAME).stderr)
    assert "Deliveries that wait for it: 1. It is paused: run doorbell subscriptions resume billing" in said


def test_a_replay_says_what_it_leaves_out_as_it_came_while_the_subscription_was_off(
    doorbell: Doorbell,
) -> None:
    missed = doorbell.event(1, state="exhausted")
    off_since(doorbell, 3600)
    unwanted(doorbell, 2, age=1800)
    unwanted(doorbell, 3, age=7200)
    doorbell.run("subscriptions", "enable", NAME)
    plan = doorbell.json(*MANY, "--dry-run")
    assert plan["deliveries"] == 1
    assert plan["left_out"] == {"while_disabled": 1, "before_it_was_made": 0, "complete": True}
    result = doorbell.run(*MANY, "--yes")
    assert "Events left out, as they have no delivery to it: 1 (1 came while it was disabled)." in flat(
        result.stderr
    )
    assert doorbell.items(missed)["delivery#billing#0001"]["state"]["S"] == "pending"
    job = doorbell.json("replay", "--jobs", "--tenant", "acme")[0]["job"]
    assert doorbell.json("replay", "--resume", job, "--dry-run")["left_out"]["while_disabled"] == 1


def test_a_replay_says_what_came_before_the_subscription_was_made(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", created_at=int(time.time() - 3600), event_types=["push"])
    for number, age in ((1, 7200), (2, 7100), (3, 60)):
        unwanted(doorbell, number, age=age)
    unwanted(doorbell, 4, age=7000, event_type="issues")
    result = doorbell.json(*MANY, "--yes", "--dry-run")
    assert result["left_out"] == {"while_disabled": 0, "before_it_was_made": 2, "complete": True}


def test_what_it_got_all_the_same_is_not_left_out(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", created_at=int(time.time() - 3600))
    doorbell.event(1, age=7200)
    assert doorbell.json(*MANY, "--dry-run")["left_out"]["before_it_was_made"] == 0
    assert "left out" not in doorbell.run(*MANY, "--dry-run").stderr


def test_of_very_many_events_it_says_that_there_may_be_more(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.subscribe("billing", created_at=int(time.time()))
    for number in range(3):
        unwanted(doorbell, number, age=600)
    monkeypatch.setattr("doorbell.usecases.left_out.LOOKED_AT", 2)
    monkeypatch.setattr("doorbell.usecases.left_out.BATCH", 2)
    assert doorbell.json(*MANY, "--dry-run")["left_out"]["complete"] is False
    assert "left out, as they have no delivery to it: 2+" in doorbell.run(*MANY, "--dry-run").stderr


def test_of_more_than_one_read_takes_all_are_counted(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.subscribe("billing", created_at=int(time.time()))
    for number in range(5):
        unwanted(doorbell, number, age=600)
    monkeypatch.setattr("doorbell.usecases.left_out.BATCH", 2)
    counted = doorbell.json(*MANY, "--dry-run")["left_out"]
    assert (counted["before_it_was_made"], counted["complete"]) == (5, True)


def test_a_replay_of_one_event_says_who_is_left_out(doorbell: Doorbell) -> None:
    doorbell.subscribe("other")
    event_id, now = doorbell.event(1, state="exhausted"), time.time()
    new = Delivery(DeliveryKey(event_id, "other"), "acme", State.PENDING, now, now, now + 900, int(now) + DAY)
    doorbell.deliver(new, "exhausted")
    off_since(doorbell, 60)
    result = doorbell.run("replay", event_id)
    assert "Left out: billing missed this event, and is disabled or deleted now." in result.stderr
    assert "delivery#other#0001" in doorbell.items(event_id)


def test_a_subscription_that_is_written_anew_and_on_was_off_too(doorbell: Doorbell) -> None:
    off_since(doorbell, 3600)
    times = HealthReads(doorbell.target.client("dynamodb"), "EndpointsTable")
    result = doorbell.run("subscriptions", "put", NAME, "--url", "https://example.com/new")
    assert (result.exit_code, list(times.off_times(NAME))) == (0, [])  # still off
    doorbell.run("subscriptions", "enable", NAME)
    ((since, until),) = times.off_times(NAME)
    assert until - since == pytest.approx(3600, abs=60)


def test_the_newest_times_that_it_was_off_are_kept(doorbell: Doorbell) -> None:
    times = OffTimes(doorbell.target.client("dynamodb"), "EndpointsTable")
    for number in range(KEPT + 2):
        times.add(NAME, float(number), number + 0.5)
    reads = HealthReads(doorbell.target.client("dynamodb"), "EndpointsTable")
    assert list(reads.off_times(NAME)) == [(float(n), n + 0.5) for n in range(2, KEPT + 2)]

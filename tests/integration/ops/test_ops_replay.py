"""`doorbell replay`: one event, or many in a job that nobody has to stay for."""

import re
import time
from dataclasses import replace

import pytest

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.store.events.replay_jobs import ReplayTable
from tests.integration.ops.deployed import SHARDS, Doorbell
from tests.support.builders import a_delivery

MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


def test_one_event_is_replayed_to_whoever_missed_it(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    assert doorbell.run("replay", event_id).exit_code == 0
    assert doorbell.items(event_id)["delivery#billing#0001"]["state"]["S"] == "pending"
    assert doorbell.items(event_id)["delivery#billing"]["state"]["S"] == "exhausted"
    assert [message["event_id"] for message in doorbell.messages("Deliveries")] == [event_id]


def test_an_event_nobody_missed_is_not_replayed_by_accident(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1)
    assert doorbell.run("replay", event_id).exit_code == 1
    assert doorbell.messages("Deliveries") == []


def test_a_dry_run_says_how_many_to_whom_how_fast_and_at_what_cost_and_writes_nothing(
    doorbell: Doorbell,
) -> None:
    ids = [doorbell.event(number, state="exhausted") for number in range(3)]
    told = doorbell.json(*MANY, "--rate", "2", "--dry-run")
    assert (told["deliveries"], told["per_second"], told["takes"]) == (3, 2, "2 s")
    assert told["to"] == "billing at https://example.com/hook"
    assert told["cost_usd"] >= 0
    assert all(set(doorbell.items(i)) == {"event", "delivery#billing"} for i in ids)


def test_a_dry_run_of_one_event_says_to_whom_and_neither_writes_nor_sends(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    assert doorbell.json("replay", event_id, "--dry-run") == [
        {"subscription": "billing", "url": "https://example.com/hook", "last": "exhausted", "replay": 1}
    ]
    assert "billing" in doorbell.run("replay", event_id, "--dry-run").stdout
    assert set(doorbell.items(event_id)) == {"event", "delivery#billing"}
    assert doorbell.messages("Deliveries") == []


def test_a_dry_run_to_a_named_subscription_says_what_the_replay_itself_would(doorbell: Doorbell) -> None:
    delivered, pending = doorbell.event(1), doorbell.event(2, state="pending")
    told = doorbell.json("replay", delivered, "--subscription", "billing", "--dry-run")
    url = "https://example.com/hook"
    assert told == [{"subscription": "billing", "url": url, "last": "delivered", "replay": 1}]
    assert doorbell.json("replay", delivered, "--subscription", "acme/billing", "--dry-run") == told
    for more in ((), ("--dry-run",)):
        refused = doorbell.run("replay", pending, "--subscription", "billing", *more)
        assert (refused.exit_code, "still under way" in refused.stderr) == (1, True)
        assert doorbell.run("replay", delivered, *more).exit_code == 1
    assert doorbell.messages("Deliveries") == []


@pytest.mark.parametrize("name", ["nosuch", "a#b", "other/billing", "acme/nosuch", ""])
def test_a_replay_to_what_is_no_subscription_of_the_event_is_refused(doorbell: Doorbell, name: str) -> None:
    event_id = doorbell.event(1)
    assert doorbell.run("replay", event_id, "--subscription", name).exit_code == 1
    assert set(doorbell.items(event_id)) == {"event", "delivery#billing"}


def test_what_is_for_many_is_not_ignored_for_one(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    for more in (("--since", "1d"), ("--status", "exhausted"), ("--rate", "2")):
        assert doorbell.run("replay", event_id, *more).exit_code == 2
    assert doorbell.messages("Deliveries") == []


def test_a_dry_run_of_a_job_to_resume_says_what_is_left_and_writes_nothing(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    job = ReplayJob("j1", Selection("acme", "billing", time.time() - 60, time.time() + 1), 2.0, time.time())
    table = ReplayTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    assert table.save(replace(job, version=1))
    before = table.load("j1")
    told = doorbell.json("replay", "--resume", "j1", "--dry-run")
    assert (told["deliveries"], told["per_second"]) == (1, 2)
    assert set(doorbell.items(event_id)) == {"event", "delivery#billing"}
    assert table.load("j1") == before


def test_many_are_written_with_slots_that_the_due_index_holds_and_no_message_is_sent(
    doorbell: Doorbell,
) -> None:
    ids = [doorbell.event(number, state="exhausted") for number in range(3)]
    before = time.time()
    done = doorbell.json(*MANY, "--rate", "0.5", "--yes")
    assert done["written"] == 3
    rows = [doorbell.items(i)["delivery#billing#0001"] for i in ids]
    due = sorted(float(row["due_at"]["N"]) for row in rows)
    assert [round(at - due[0]) for at in due] == [0, 2, 4]
    assert due[0] >= before
    assert all(row["due_shard"]["S"] and row["replay_job"]["S"] == done["job"] for row in rows)
    assert doorbell.messages("Deliveries") == []


def test_a_second_replay_of_the_same_time_finds_nothing_left_to_do(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    doorbell.json(*MANY, "--yes")
    told = doorbell.json(*MANY, "--dry-run")
    assert (told["deliveries"], told["skipped"]) == (0, {"replayed_already": 1})


def test_a_job_can_be_looked_at_listed_and_resumed(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    job = doorbell.json(*MANY, "--yes")["job"]
    assert doorbell.json("replay", "--job", job)["states"] == {"pending": 1}
    assert [row["job"] for row in doorbell.json("replay", "--jobs", "--tenant", "acme")] == [job]
    assert doorbell.json("replay", "--resume", job)["written"] == 1


def test_what_a_replay_says_before_it_writes_goes_on_with_it_where_it_was_interrupted(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.usecases.replay_many.PAGE", 2)
    for number in range(5):
        doorbell.event(number, state="exhausted")
    steps = list[int]()

    def interrupted(bar: object, count: int = 1) -> None:
        steps.append(count)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("doorbell_cli.output.Bar.step", interrupted)
        said = doorbell.run(*MANY, "--yes")
    assert (said.exit_code, steps) == (130, [2])
    (command,) = re.findall(r"go on with: doorbell (.*)", " ".join(said.stderr.split()))
    assert doorbell.json(*command.split()[:3])["written"] == 5


def test_replays_do_not_unbalance_the_ledger(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    doorbell.json(*MANY, "--yes")
    counted = doorbell.json("audit")
    assert counted["balanced"] is True
    assert counted["replays"]["pending"] == 1


def test_a_disabled_subscription_is_not_replayed_to(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", enabled=False)
    doorbell.event(1, state="exhausted")
    assert doorbell.run(*MANY, "--yes").exit_code == 1


def test_half_a_replay_command_is_wrong_use(doorbell: Doorbell) -> None:
    assert doorbell.run("replay", "--subscription", "billing").exit_code == 2
    assert doorbell.run("replay", "evt_1", "--jobs").exit_code == 2


def test_a_replay_that_somebody_made_a_moment_before_stays_as_it_is(doorbell: Doorbell) -> None:
    table = ReplayTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    now = time.time()
    theirs = a_delivery(key=DeliveryKey("evt_1", "billing", 1), next_attempt_at=now, due_at=now)
    assert table.create([theirs], "their-job") == [None]
    (there,) = table.create([replace(theirs, due_at=now + 99)], "our-job")
    assert there is not None
    assert there.job == "their-job"
    assert float(doorbell.items("evt_1")["delivery#billing#0001"]["due_at"]["N"]) == pytest.approx(now, abs=1)


def test_of_two_runs_of_a_job_one_is_told_that_the_other_has_it(doorbell: Doorbell) -> None:
    table = ReplayTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    job = ReplayJob("j1", Selection("acme", "billing", 0, int(time.time())), 1.0, 0.0, version=1)
    assert table.save(job)
    assert table.save(job)  # the same write, repeated by the AWS client
    assert table.save(replace(job, position=5, version=2))
    assert not table.save(replace(job, position=9, version=2))
    assert table.load("j1") == replace(job, position=5, version=2)


@pytest.mark.parametrize(
    "command",
    [
        ("replay", "--tenant", "acme", "--subscription", "billing", "--yes"),
        ("audit",),
        ("events", "list", "--tenant", "acme"),
        ("deliveries", "list", "--tenant", "acme"),
    ],
)
def test_a_period_that_ends_before_it_begins_is_wrong_use(
    doorbell: Doorbell, command: tuple[str, ...]
) -> None:
    doorbell.event(1, state="exhausted")
    result = doorbell.run(*command, "--since", "1h", "--until", "2h")
    assert result.exit_code == 2
    assert "is before since 1h" in " ".join(result.stderr.replace("│", " ").split())

"""`doorbell events` and `doorbell deliveries`: what came in, where it went, what failed."""

import json

from tests.integration.ops.deployed import Doorbell


def test_events_are_listed_newest_first_and_shown_with_the_answers_they_got(doorbell: Doorbell) -> None:
    first, second = doorbell.event(1), doorbell.event(2, state="exhausted")
    assert [row["event_id"] for row in doorbell.json("events", "list", "--tenant", "acme")] == [second, first]
    shown = doorbell.run("events", "show", second).stdout
    assert "billing: exhausted (schedule)" in shown
    assert "attempt 1: 500 'out of order'" in shown


def test_a_list_that_stops_at_its_limit_says_so_beside_the_document(doorbell: Doorbell) -> None:
    for number in range(3):
        doorbell.event(number, state="exhausted")
    for command in ("events", "deliveries"):
        cut = doorbell.run(command, "list", "--tenant", "acme", "--limit", "2", "--json")
        assert len(json.loads(cut.stdout)) == 2
        assert "there are more than these 2" in cut.stderr
        assert "--limit" in cut.stderr
        whole = doorbell.run(command, "list", "--tenant", "acme", "--limit", "3", "--json")
        assert (len(json.loads(whole.stdout)), whole.stderr) == (3, "")


def test_a_time_that_no_event_can_have_is_wrong_use(doorbell: Doorbell) -> None:
    result = doorbell.run("events", "list", "--since", "1000000d")
    assert result.exit_code == 2
    assert "before 1970" in result.stderr


def test_tail_shows_each_event_once(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, age=1)
    result = doorbell.run("events", "tail", "--tenant", "acme", "--since", "1h", "--for", "1.5")
    assert result.stdout.count(event_id) == 1


def test_failed_deliveries_are_found_by_subscription(doorbell: Doorbell) -> None:
    doorbell.event(1)
    failed, off = doorbell.event(2, state="exhausted"), doorbell.event(3, state="cancelled")
    rows = doorbell.json("deliveries", "list", "--failed", "--tenant", "acme")
    assert [(row["event_id"], row["state"]) for row in rows] == [(failed, "exhausted"), (off, "cancelled")]
    other = doorbell.run("deliveries", "list", "--subscription", "other", "--tenant", "acme", "--json")
    assert (json.loads(other.stdout), other.exit_code) == ([], 0)
    assert "there is no subscription acme/other now" in other.stderr
    assert "acme/billing" not in doorbell.run("deliveries", "list", "--tenant", "acme").stderr

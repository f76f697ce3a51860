"""`doorbell events` and `doorbell deliveries`: what came in, where it went, what failed."""

import json

from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.routing import RoutingPage
from tests.integration.ops.deployed import Doorbell


def test_events_are_listed_newest_first_and_shown_with_the_answers_they_got(doorbell: Doorbell) -> None:
    first, second = doorbell.event(1), doorbell.event(2, state="exhausted")
    assert [row["event_id"] for row in doorbell.json("events", "list", "--tenant", "acme")] == [second, first]
    shown = doorbell.run("events", "show", second).stdout
    assert "billing: exhausted (schedule)" in shown
    assert "attempt 1: 500 'out of order'" in shown


def test_an_event_is_shown_with_its_body_where_that_is_asked_for_and_only_then(doorbell: Doorbell) -> None:
    headers = {"x-github-event": "push"}
    event_id = doorbell.event(1, headers=headers, body=BodyAt(11, b'{"said":1}\n'))
    assert '{"said":1}' not in doorbell.run("events", "show", event_id).stdout
    shown = doorbell.run("events", "show", event_id, "--body").stdout
    assert "x-github-event: push" in shown
    assert '{"said":1}' in shown
    content = doorbell.json("events", "show", event_id, "--body")["content"]
    assert (content["headers"], content["body"]) == (headers, '{"said":1}\n')
    doorbell.target.client("s3").put_object(Bucket="bodies", Key="acme/ing_2", Body=b"\xff\xfe")
    binary = doorbell.event(2, body=BodyAt(2, key="acme/ing_2"))
    assert "2 bytes that are no text" in doorbell.run("events", "show", binary, "--body").stdout
    gone = doorbell.run("events", "show", doorbell.event(3, body=BodyAt(2, key="acme/gone")), "--body")
    assert (gone.exit_code, "body_gone" in gone.stderr) == (1, True)


def test_an_event_is_shown_with_all_types_in_its_body(doorbell: Doorbell) -> None:
    several = doorbell.event(1, event_types=("delivered", "bounce"), event_type="delivered")
    assert "delivered, bounce" in doorbell.run("events", "show", several).stdout
    assert doorbell.json("events", "show", several)["event_types"] == ["delivered", "bounce"]
    one = doorbell.json("events", "show", doorbell.event(2, element=4))
    assert (one["event_types"], one["element"]) == ([one["event_type"]], 4)


def test_a_list_that_stops_at_its_limit_says_so_beside_the_document(doorbell: Doorbell) -> None:
    for number in range(3):
        doorbell.event(number, state="exhausted")
    for command in ("events", "deliveries"):
        cut = doorbell.run(command, "list", "--tenant", "acme", "--limit", "2", "--json")
        assert len(json.loads(cut.stdout)) == 2
        assert "There are more than these 2" in cut.stderr
        assert "--limit" in cut.stderr
        whole = doorbell.run(command, "list", "--tenant", "acme", "--limit", "3", "--json")
        assert (len(json.loads(whole.stdout)), whole.stderr) == (3, "")


def test_a_time_that_no_event_can_have_is_wrong_use(doorbell: Doorbell) -> None:
    result = doorbell.run("events", "list", "--since", "1000000d")
    assert result.exit_code == 2
    assert "before 1970" in result.stderr


def test_why_one_did_or_did_not_get_an_event_is_said_in_words_and_as_json(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1)
    doorbell.subscribe("billing")
    doorbell.subscribe("invoices", event_types=["invoice.*"], updated_at=1)
    told = {name: doorbell.run("events", "show", event_id, "--tenant", "acme", "--why", name).stdout
            for name in ("billing", "invoices", "nobody")}  # fmt: skip
    assert "billing: it matched." in told["billing"]
    assert "It does not say when it was last written" in told["billing"]
    assert "invoices: it did not match, or was not there." in told["invoices"]
    assert "its type matches no glob" in told["invoices"]
    assert "it said the same then" in told["invoices"]
    assert "there is no such subscription" in told["nobody"]
    found = doorbell.json("events", "show", event_id, "--tenant", "acme", "--why", "invoices")
    assert (found["recorded"], found["now"]) == (None, {"reason": "event_type", "detail": ""})
    assert (found["exists"], found["changed_since"]) == (True, False)


def test_an_event_is_shown_with_whom_it_was_for_and_how_many_filters_said_no(doorbell: Doorbell) -> None:
    near = [Match(f"near-{number}", Reason.FILTER) for number in range(60)]
    routing = RoutingPage.of([Match("billing", Reason.MATCHED), *near], None)
    event_id = doorbell.event(1, routing=routing)
    shown = doorbell.run("events", "show", event_id, "--tenant", "acme").stdout
    named = len([line for line in shown.splitlines() if "the filter says no" in line])
    assert f"{60 - named} more with the right source and type" in shown
    assert "--why SUBSCRIPTION" in shown
    assert doorbell.json("events", "show", event_id, "--tenant", "acme")["near_misses"] == {
        "filter": 60,
        "filter_error": 0,
    }


def test_tail_shows_each_event_once(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, age=1)
    result = doorbell.run("events", "tail", "--tenant", "acme", "--since", "1h", "--for", "1.5")
    assert result.stdout.count(event_id) == 1


def test_failed_deliveries_are_found_by_subscription(doorbell: Doorbell) -> None:
    doorbell.event(1)
    failed, off = doorbell.event(2, state="exhausted"), doorbell.event(3, state="cancelled")
    rows = doorbell.json("deliveries", "list", "--tenant", "acme")
    assert [(row["event_id"], row["state"]) for row in rows] == [(off, "cancelled"), (failed, "exhausted")]
    other = doorbell.run("deliveries", "list", "--subscription", "other", "--tenant", "acme", "--json")
    assert (json.loads(other.stdout), other.exit_code) == ([], 0)
    assert "There is no subscription acme/other now" in other.stderr
    assert "acme/billing" not in doorbell.run("deliveries", "list", "--tenant", "acme").stderr

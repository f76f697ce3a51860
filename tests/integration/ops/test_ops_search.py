"""`doorbell events list` as a search: by type, source, state and words, bounded, and resumed by a cursor."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode

import pytest

from doorbell.domain.events import BodyAt
from tests.integration.ops.deployed import Doorbell

TENANT = ("--tenant", "acme")
BACKWARD = urlsafe_b64encode(b'{"of":"events/acme","since":9,"until":1,"seen":[]}').decode()


def listed(doorbell: Doorbell, *options: str) -> list[str]:
    return [row["event_id"] for row in doorbell.json("events", "list", *TENANT, *options)]


def said(body: bytes) -> BodyAt:
    return BodyAt(len(body), body)


def cursor_in(text: str) -> str | None:
    found = re.search(r"--cursor (\S+)", text)
    return found and found[1]


def test_a_type_can_be_a_glob(doorbell: Doorbell) -> None:
    paid = doorbell.event(1, event_type="invoice.paid")
    doorbell.event(2, event_type="customer.created")
    assert listed(doorbell, "--type", "invoice.*") == listed(doorbell, "--type", "invoice.paid") == [paid]


def test_events_are_found_by_the_state_of_any_of_their_deliveries(doorbell: Doorbell) -> None:
    made = {
        state: doorbell.event(n, state=state) for n, state in enumerate(("delivered", "exhausted", "pending"))
    }
    for state, event_id in made.items():
        assert listed(doorbell, "--state", state) == [event_id]
    assert listed(doorbell, "--state", "cancelled") == []


def test_events_are_found_by_words_in_their_bodies_wherever_a_body_is(doorbell: Doorbell) -> None:
    doorbell.target.client("s3").put_object(Bucket="bodies", Key="acme/ing_2", Body=b'{"order": "A-4711"}')
    inline = doorbell.event(1, body=said(b'{"order": "A-4711", "of": "Zo\\u00eb Brandt"}'))
    in_bucket = doorbell.event(2, body=BodyAt(19, key="acme/ing_2"))
    doorbell.event(3, body=said(b'{"order": "A-4712"}'))
    assert listed(doorbell, "--text", "a-4711") == [in_bucket, inline]
    assert listed(doorbell, "--text", "brandt A-4711") == [inline]
    assert listed(doorbell, "--text", "zoë") == [inline]


def test_bodies_that_are_gone_or_long_are_told_and_do_not_end_the_search(doorbell: Doorbell) -> None:
    doorbell.event(1, body=BodyAt(9, key="acme/gone"))
    doorbell.event(2, body=BodyAt(2_000_000, key="acme/long"))
    found = doorbell.event(3, body=said(b"needle"), age=120)
    result = doorbell.run("events", "list", *TENANT, "--text", "needle")
    assert found in result.stdout
    assert "2 bodies were not searched: they are longer than 1 MiB, or gone." in result.stderr


def test_what_a_search_reads_is_said_before_and_a_plain_list_says_nothing(doorbell: Doorbell) -> None:
    doorbell.event(1)
    notes = doorbell.run(
        "events", "list", *TENANT, "--text", "x", "--state", "pending", "--read", "40000"
    ).stderr
    assert notes == "Reads at most 40,000 events: 0.5 cents, if each is no more than 4 KiB.\n"
    assert "at most 10,000 events" in doorbell.run("events", "list", *TENANT, "--text", "x").stderr
    assert "at most 100,000 events: less" in doorbell.run("events", "list", *TENANT, "--type", "x").stderr
    assert doorbell.run("events", "list", *TENANT).stderr == ""


@pytest.mark.parametrize(("bound", "in_pages"), [(("--read", "2"), 4), (("--limit", "1"), 5)])
def test_a_search_that_stops_goes_on_at_its_cursor_and_leaves_nothing_out(
    doorbell: Doorbell, bound: tuple[str, str], in_pages: int
) -> None:
    made = [doorbell.event(n, event_type="push" if n % 3 else "ping", age=60 + n) for n in range(7)]
    wanted = [event_id for n, event_id in enumerate(made) if n % 3]
    found, cursor, pages = list[str](), list[str](), 0
    for _ in range(8):
        pages += 1
        result = doorbell.run("events", "list", *TENANT, "--type", "push", *bound, *cursor)
        found += re.findall(r"evt_acme_\d", result.stdout)
        following = cursor_in(result.stderr)
        if following is None:
            break
        cursor = ["--cursor", following]
    assert found == wanted
    assert pages == in_pages


def test_a_search_opens_no_more_events_than_it_says(doorbell: Doorbell) -> None:
    for n in range(5):
        doorbell.event(n, event_type="push" if n else "ping", age=60 + n)
    client, opened = doorbell.target.client("dynamodb"), list[str]()
    client.meta.events.register(
        "before-call.dynamodb.GetItem", lambda params, **_: opened.append(params["body"])
    )
    result = doorbell.run("events", "list", *TENANT, "--type", "push", "--text", "x", "--read", "3")
    assert "Looked at 3 events, back to" in result.stderr
    assert len(opened) == 2


def test_a_plain_list_tells_its_cursor_too(doorbell: Doorbell) -> None:
    first, second = doorbell.event(1), doorbell.event(2)
    result = doorbell.run("events", "list", *TENANT, "--limit", "1")
    assert "There are more than these 1" in result.stderr
    assert second in result.stdout
    assert listed(doorbell, "--cursor", cursor_in(result.stderr) or "") == [first]


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (("--text", "  "), 2, "It has no words."),
        (("--state", "lost"), 2, "'lost' is not one of"),
        (("--read", "0"), 2, "greater than or equal to 1"),
        (("--cursor", "x"), 1, "not a cursor of this list"),
        (("--cursor", BACKWARD), 1, "not a cursor of this list"),
    ],
)
def test_wrong_values_are_told(doorbell: Doorbell, options: tuple[str, ...], code: int, problem: str) -> None:
    result = doorbell.run("events", "list", *TENANT, *options)
    assert result.exit_code == code
    assert problem in " ".join(result.stderr.replace("│", " ").split())


def test_a_cursor_of_another_tenant_is_refused(doorbell: Doorbell) -> None:
    doorbell.event(1)
    doorbell.event(2)
    cursor = cursor_in(doorbell.run("events", "list", *TENANT, "--limit", "1").stderr)
    result = doorbell.run("events", "list", "--tenant", "other", "--cursor", cursor or "")
    assert (result.exit_code, "not a cursor of this list" in result.stderr) == (1, True)

"""`doorbell logs`: what the functions have written, of a source or an event; and each request as a line."""

import json
import re
import time
from typing import Any

import pytest

from doorbell_cli.commands.operations.logs import Function
from doorbell_cli.ops import log_lines
from doorbell_cli.ops.log_lines import FUNCTIONS, Following, Logs
from doorbell_cli.ops.requests_told import ANSWERING, told
from tests.integration.ops.deployed import Doorbell
from tests.support.template import template


@pytest.fixture
def log(doorbell: Doorbell) -> Any:
    """Writes a line as a function does, so many seconds ago."""
    client = doorbell.target.client("logs")
    for name in FUNCTIONS:
        client.create_log_group(logGroupName=f"/doorbell/doorbell/{name}")
        client.create_log_stream(logGroupName=f"/doorbell/doorbell/{name}", logStreamName="a")

    def write(function: str, message: str, ago: float = 60, **fields: Any) -> None:
        line = {"level": "INFO", "message": message, "service": "doorbell", "cold_start": False, **fields}
        text = message if fields.get("raw") else json.dumps(line)
        entry = {"timestamp": int((time.time() - ago) * 1000), "message": text}
        group = f"/doorbell/doorbell/{function}"
        client.put_log_events(logGroupName=group, logStreamName="a", logEvents=[entry])

    return write


def a_story(log: Any) -> None:
    log("ingest", "START RequestId: 1 evt_abc github", 55, raw=True)
    log("ingest", "accepted", 50, event_id="evt_abc", source_id="github", event_type="push", bytes=1234)
    log("fanout", "fanned_out", 49, event_id="evt_abc", matched=1)
    log("dispatcher", "attempt", 48, event_id="evt_abc", correlation_id="evt_abc", status=500, level="ERROR")
    log("ingest", "refused", 40, source_id="github", status=401, reason="signature_mismatch")
    log("ingest", "accepted", 30, event_id="evt_xyz", source_id="stripe", event_type="x", bytes=1)


def said(doorbell: Doorbell, *arguments: str) -> list[str]:
    lines = doorbell.run("logs", *arguments).stdout.splitlines()
    return [re.sub(r"^\S+( \d\d:\d\d:\d\d)? ", "", " ".join(line.split())) for line in lines]


def test_the_lines_of_an_event_are_told_over_all_functions_by_time(doorbell: Doorbell, log: Any) -> None:
    a_story(log)
    for name in ("evt_abc", "evt_ab"):
        assert said(doorbell, "--event", name) == [
            "ingest accepted event_id=evt_abc source_id=github event_type=push bytes=1234",
            "fanout fanned_out event_id=evt_abc matched=1",
            "dispatcher attempt event_id=evt_abc status=500",
        ]


def test_the_lines_of_a_source_are_told_and_nobody_else_s(doorbell: Doorbell, log: Any) -> None:
    a_story(log)
    log("ingest", "refused", source_id="github-2", reason="about github")
    assert [line.split()[1] for line in said(doorbell, "--source", "github")] == ["accepted", "refused"]
    rows = doorbell.json("logs", "--source", "github")
    assert [(row["function"], row["message"]) for row in rows] == [
        ("ingest", "accepted"),
        ("ingest", "refused"),
    ]


def test_a_function_a_time_and_a_number_may_be_named(doorbell: Doorbell, log: Any) -> None:
    a_story(log)
    log("dispatcher", "attempt", 7200, event_id="evt_old")
    assert len(said(doorbell, "--function", "dispatcher")) == 1
    assert len(said(doorbell, "--function", "dispatcher", "--since", "3h")) == 2
    result = doorbell.run("logs", "--limit", "1")
    assert "evt_xyz" in result.stdout
    assert "There are 4 before these." in result.stderr
    assert said(doorbell, "--source", "nobody") == ["lines."]


def test_what_is_read_has_an_end_and_that_is_said(
    doorbell: Doorbell, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_story(log)
    monkeypatch.setattr(log_lines, "PAGES", 0)
    assert "There are more lines than are read." in doorbell.run("logs").stderr


def test_every_function_of_the_template_has_a_log_that_is_read() -> None:
    groups = [one for one in template()["Resources"].values() if one["Type"] == "AWS::Logs::LogGroup"]
    names = {one["Properties"]["LogGroupName"]["Fn::Sub"].rpartition("/")[2] for one in groups}
    assert names - {"api"} == set(FUNCTIONS) == set(Function)


def test_a_stack_without_an_inbox_or_of_an_older_release_has_the_logs_that_it_has(
    doorbell: Doorbell, log: Any
) -> None:
    a_story(log)
    log("indexer", "route_not_filed", 10, subscription="acme/ci")
    assert "indexer route_not_filed subscription=acme/ci" in said(doorbell)
    for name in ("inbox", "indexer", "backfill"):
        doorbell.target.client("logs").delete_log_group(logGroupName=f"/doorbell/doorbell/{name}")
    assert {line.split()[0] for line in said(doorbell)} == {"ingest", "fanout", "dispatcher"}
    assert said(doorbell, "--function", "inbox") == ["lines."]


def test_who_may_not_read_the_logs_is_told_by_aws_and_wrong_use_by_us(doorbell: Doorbell) -> None:
    assert doorbell.run("logs").exit_code == 3  # no such groups
    assert doorbell.run("logs", "--function", "fan-out").exit_code == 2


def test_each_request_is_one_line_that_is_told_once_however_late_it_comes_in(
    doorbell: Doorbell, log: Any
) -> None:
    following = Following(Logs(doorbell.target.client("logs"), "doorbell"), ANSWERING, time.time() - 300)

    def new() -> list[str]:
        lines = filter(None, map(told, following.next(time.time())))
        return [
            re.split(r"\d\d:\d\d:\d\d ", line, maxsplit=1)[1] for line in lines
        ]  # of yesterday: with its date

    a_story(log)
    assert new() == [
        "/in/github: accepted push, 1,234 bytes: evt_abc",
        "/in/github: refused, 401 signature_mismatch. Why: doorbell refused show github",
        "/in/stripe: accepted x, 1 bytes: evt_xyz",
    ]
    log("ingest", "refused", 5, source_id="nobody", status=404, reason="unknown_source")
    log("publish", "refused", 4, source_id="publish", status=422, reason="invalid")
    log("ingest", "handshake", 3.5, source_id="meta", status=200)
    log("ingest", "handshake_stored", 3, source_id="tasks")
    log("ingest", "ingest_unavailable", 2, source_id="github", cause="sqs SendMessage: slow")
    log("admin", "admin", 1, method="GET", path="/admin/sources", status=200)
    assert new() == [
        "/in/nobody: refused, 404 unknown_source",
        "POST /events: refused, 422 invalid",
        "/in/meta: a handshake, answered 200",
        "/in/tasks: a handshake, answered 200",
        "/in/github: 503, to be sent again: sqs SendMessage: slow",
        "GET /admin/sources: 200",
    ]
    assert new() == []

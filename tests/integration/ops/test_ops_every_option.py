"""Each option of each command that looks: it changes what is told, in the direction that it says."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import pytest

from doorbell.domain.replays import Selection
from doorbell.domain.rollups import Holder, Kind, bucket_at
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.rollups.rollup_table import RollupTable
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.ops.log_lines import FUNCTIONS
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import pending
from tests.support.cli_commands import every_command

COMMANDS = every_command()
EVERYWHERE = {"--json", "--stack"}
"""Each command's: tests of all commands hold them."""
ELSEWHERE = {
    "status --watch": "test_ops_status.py",
    "status --for": "test_ops_status.py",
    "events tail --for": "test_ops_events.py",
    "dlq list --peek": "test_ops_dlq.py",
}
"""What changes how long a command goes on, or hides what it showed: where it is held."""
ACME, BILLING = ("--tenant", "acme"), ("stats", "acme/billing")
EVENTS, ENDED = ("events", "list", *ACME), ("deliveries", "list", *ACME)
TAIL = ("events", "tail", "--for", "0", "--since", "1h", *ACME)
JOB = ("jobs", "show", "JOB", *ACME)

CASES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "events list --tenant": (EVENTS, ("--tenant", "other")),
    "events list --since": (EVENTS, ("--since", "10m")),
    "events list --until": (EVENTS, ("--until", "1h")),
    "events list --type": (EVENTS, ("--type", "invoice.*")),
    "events list --source": (EVENTS, ("--source", "shop")),
    "events list --state": (EVENTS, ("--state", "cancelled")),
    "events list --text": (EVENTS, ("--text", "nowhere")),
    "events list --limit": (EVENTS, ("--limit", "1")),
    "events list --read": ((*EVENTS, "--type", "invoice.*"), ("--read", "1")),
    "events list --cursor": ((*EVENTS, "--limit", "1"), ("--cursor", "CURSOR")),
    "events show --why": (("events", "show", "evt_acme_1"), ("--why", "books")),
    "events show --body": (("events", "show", "evt_acme_1"), ("--body",)),
    "events show --tenant": (("events", "show", "evt_other"), ("--tenant", "other")),
    "events tail --tenant": (TAIL, ("--tenant", "other")),
    "events tail --since": (TAIL, ("--since", "3h")),
    "deliveries list --state": (ENDED, ("--state", "failing")),
    "deliveries list --subscription": (ENDED, ("--subscription", "books")),
    "deliveries list --tenant": (ENDED, ("--tenant", "other")),
    "deliveries list --since": (ENDED, ("--since", "10m")),
    "deliveries list --until": (ENDED, ("--until", "1h")),
    "deliveries list --status": (ENDED, ("--status", "404")),
    "deliveries list --error": (ENDED, ("--error", "timeout")),
    "deliveries list --type": (ENDED, ("--type", "invoice.*")),
    "deliveries list --limit": (ENDED, ("--limit", "1")),
    "deliveries list --cursor": ((*ENDED, "--limit", "1"), ("--cursor", "CURSOR")),
    "deliveries show --tenant": (("deliveries", "show", "evt_other", "theirs"), ("--tenant", "other")),
    "deliveries show --details": (("deliveries", "show", "evt_acme_1", "billing", *ACME), ("--details",)),
    "status --tenant": (("status", *ACME), ("--tenant", "other")),
    "status --since": (("status", *ACME), ("--since", "10m")),
    "stats --source": (("stats", "acme/billing"), ("--source", "github")),
    "stats --tenant": (("stats", "billing"), ACME),
    "stats --since": (BILLING, ("--since", "7d")),
    "stats --until": (BILLING, ("--until", "3h")),
    "stats --by": (BILLING, ("--by", "hour")),
    "audit --since": (("audit",), ("--since", "7d")),
    "audit --until": (("audit",), ("--until", "1h")),
    "audit --tenant": (("audit",), ("--tenant", "other")),
    "audit --settle": (("audit",), ("--settle", "3h")),
    "logs --source": (("logs",), ("--source", "shop")),
    "logs --event": (("logs",), ("--event", "evt_b")),
    "logs --function": (("logs",), ("--function", "fanout")),
    "logs --since": (("logs",), ("--since", "24h")),
    "logs --until": (("logs",), ("--until", "30m")),
    "logs --limit": (("logs",), ("--limit", "1")),
    "refused list --limit": (("refused", "list", "github"), ("--limit", "1")),
    "jobs list --tenant": (("jobs", "list", *ACME), ("--tenant", "other")),
    "jobs list --limit": (("jobs", "list", *ACME), ("--limit", "1")),
    "jobs show --tenant": (JOB, ("--tenant", "other")),
    "show --tenant": (("show", "billing", *ACME), ("--tenant", "other")),
    "show --source": (("show", "billing", *ACME), ("--source", "github")),
    "sources list --tenant": (("sources", "list"), ("--tenant", "other")),
    "sources show --yaml": (("sources", "show", "github"), ("--yaml",)),
    "subscriptions list --tenant": (("subscriptions", "list"), ("--tenant", "other")),
    "subscriptions show --yaml": (("subscriptions", "show", "acme/billing"), ("--yaml",)),
}
"""What is typed without the option, and what with it is typed behind."""
LOOKS = {case.rpartition(" ")[0] for case in CASES} | {"dlq list", "refused show"}
TOLD_OF_NOW = {"since", "until", "settled_before"}


@pytest.fixture
def filled(doorbell: Doorbell, few_days: None) -> Doorbell:
    now, aws = time.time(), doorbell.target.client
    for name in ("books", "late"):
        doorbell.subscribe(name)
    doorbell.subscribe("theirs", "other")
    doorbell.put("SourcesTable", {"source_id": "theirs", "provider": "github", "tenant_id": "other"})
    doorbell.event(1, state="exhausted")
    doorbell.event(2, to="books", state="cancelled", age=1800, event_type="invoice.paid", source_id="shop")
    doorbell.event(3, state="delivered", age=7200, event_type="invoice.sent")
    ended_before(doorbell, doorbell.event(4, state="exhausted", age=2 * DAY), now - 1800)
    doorbell.event(5, to="theirs", tenant="other")
    lost = doorbell.event(6, to="nobody", age=1800)
    key = {"event_id": {"S": lost}, "sk": {"S": "delivery#nobody"}}
    aws("dynamodb").delete_item(TableName="EventsTable", Key=key)
    pending(doorbell, 1, failures=2)
    secret("theirs")
    for number in range(2):
        keep(doorbell, number, 60 + number)
    table = RollupTable(aws("dynamodb"), "RollupsTable", 14 * DAY)
    for hours in (1, 5, 100):
        at = bucket_at(now - hours * 3600)
        table.add(Holder(Kind.SUBSCRIPTION, "acme", "billing"), at, {"delivered": hours})
        table.add(Holder(Kind.SOURCE, "acme", "github"), at, {"accepted": 3 * hours})
    for _ in range(2):
        job_desk(doorbell.target).replay(Selection("acme", "billing", 0.0, 1.0, ("exhausted",)), 5.0, "ann")
    for name in FUNCTIONS:
        group = f"/doorbell/doorbell/{name}"
        aws("logs").create_log_group(logGroupName=group)
        aws("logs").create_log_stream(logGroupName=group, logStreamName="a")
    lines = (
        ("ingest", 60, "evt_a", "github"),
        ("fanout", 600, "evt_b", "shop"),
        ("ingest", 7200, "evt_c", "shop"),
        ("ingest", 2400, "evt_d", "github"),
    )
    for function, ago, event_id, source_id in lines:
        line = {"level": "INFO", "message": "accepted", "event_id": event_id, "source_id": source_id}
        entry = {"timestamp": int((now - ago) * 1000), "message": json.dumps(line)}
        group = f"/doorbell/doorbell/{function}"
        aws("logs").put_log_events(logGroupName=group, logStreamName="a", logEvents=[entry])
    return doorbell


def ended_before(doorbell: Doorbell, event_id: str, at: float) -> None:
    """Its delivery to `billing`, and not just now."""
    doorbell.target.client("dynamodb").update_item(
        TableName="EventsTable",
        Key=marshal({"event_id": event_id, "sk": "delivery#billing"}),
        UpdateExpression="SET ended_at = :at",
        ExpressionAttributeValues=marshal({":at": at}),
    )


def told(doorbell: Doorbell, typed: tuple[str, ...]) -> Any:
    """What is said to programs, without the moment at which it is, and the exit code."""
    given = () if "--yaml" in typed else ("--json",)
    result = doorbell.run(*typed, *given)
    assert isinstance(result.exception, SystemExit | None), repr(result.exception)
    try:
        document = json.loads(result.stdout)
    except ValueError:
        document = result.stdout
    return result.exit_code, lasting(document)


def lasting(document: Any) -> Any:
    """Without what is the moment at which it was asked."""
    if isinstance(document, list):
        return [lasting(one) for one in document]
    if not isinstance(document, dict):
        return document
    return {name: lasting(value) for name, value in document.items() if name not in TOLD_OF_NOW}


def test_every_option_of_the_commands_that_look_is_in_the_table() -> None:
    wanted = {
        f"{words} {option}" for words in LOOKS for option in COMMANDS[words].options - EVERYWHERE
    } - set(ELSEWHERE)
    assert wanted == set(CASES)


@pytest.mark.parametrize("words", sorted({case.rpartition(" ")[0] for case in CASES}))
def test_each_option_changes_what_is_told(filled: Doorbell, words: str) -> None:
    """And without it the same is told again."""
    same, plain = list[str](), dict[tuple[str, ...], Any]()
    for case, (base, more) in CASES.items():
        if case.rpartition(" ")[0] != words:
            continue
        if "JOB" in base:
            job_id = filled.json("jobs", "list", *ACME)[0]["job_id"]
            base = tuple(job_id if word == "JOB" else word for word in base)
        if "CURSOR" in more:
            said = filled.run(*base).stderr
            more = tuple(
                re.findall(r"--cursor (\S+)", said)[0] if word == "CURSOR" else word for word in more
            )
        if base not in plain:
            plain[base] = told(filled, base)
            assert told(filled, base) == plain[base]
        if told(filled, ("stats", *more) if case == "stats --source" else (*base, *more)) == plain[base]:
            same.append(case)
    assert same == []

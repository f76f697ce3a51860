"""The bill beside what it prices (the template's alarms, the limits), and docs/costs.md beside the bill."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from doorbell.runtime.metrics import ALARMED, ALARMED_FROM, TROUBLE
from doorbell.store.secrets.secrets import TTL_SECONDS
from doorbell.usecases.enqueue import INLINE_BYTES
from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from doorbell_cli.ops.bill import audit_cost, bill, replay_cost
from doorbell_cli.ops.counted import LOGGED_FILE, Counted, Line, Load, prices
from tests.support.docs import page
from tests.support.template import template

COSTS = page("docs/costs.md")
LOGGED = json.loads(LOGGED_FILE.read_text())["plain"]
IDLE = Load(events=0, fanout=1, body_bytes=2048, retries=0.0)


def a_million(body_bytes: int = 2048) -> Load:
    return Load(events=1e6, fanout=1, body_bytes=body_bytes, retries=0.0)


def line(load: Load, what: str) -> Line:
    (found,) = [line for line in bill(load) if line.what == what]
    return found


def usd(load: Load, service: str, what: str = "") -> float:
    return sum(
        line.usd for line in bill(load) if service in ("", line.service) and re.search(what, line.what)
    )


def test_replays_cost_by_their_number_more_than_their_writes_alone() -> None:
    one = replay_cost(1)
    writes = prices()["usd"]["write_unit"]
    assert one > 4 * writes["price"] / writes["per"]
    assert replay_cost(1000) == pytest.approx(1000 * one)
    assert replay_cost(0) == 0


def test_an_audit_reads_every_event_with_its_deliveries_once() -> None:
    read = audit_cost(replace(a_million(), fanout=3))
    unit = prices()["usd"]["read_unit"]
    whole = Counted(replace(a_million(), fanout=3)).story_read_units()
    assert 1e6 * whole < read.quantity < 1e6 * (whole + 0.1), "and its row of the log, 16 of them a read"
    assert read.usd == pytest.approx(read.quantity * unit["price"] / unit["per"])


def test_the_alarms_that_are_priced_are_the_templates() -> None:
    """Of a stack as it is by default: what has to be switched on has its alarms then."""
    there = [r for r in template()["Resources"].values() if "Condition" not in r]
    alarms = [r for r in there if r["Type"].endswith("::Alarm")]
    assert prices()["assumed"]["alarms"] == len(alarms)
    assert line(a_million(), "alarms").usd == pytest.approx(0.1 * len(alarms))


def test_the_dashboard_of_the_template_costs_whether_anything_happens_or_not_where_there_is_one() -> None:
    boards = [r for r in template()["Resources"].values() if r["Type"] == "AWS::CloudWatch::Dashboard"]
    assert [board["Condition"] for board in boards] == ["HasDashboard"]
    for load in (IDLE, a_million()):
        assert usd(load, "CloudWatch", "^dashboard") == 0
        assert usd(replace(load, dashboard=True), "CloudWatch", "^dashboard") == 3.0


def test_a_dashboard_costs_the_metrics_that_it_shows_and_their_lines_too() -> None:
    board = replace(a_million(), dashboard=True)
    assert line(board, "metrics").quantity == 7
    assert line(board, "GB of logs").quantity > line(a_million(), "GB of logs").quantity + 0.3


def test_a_secret_is_asked_for_once_in_its_time_by_each_environment_and_no_more_than_it_is_used() -> None:
    asked = line(a_million(), "secrets decrypted").quantity
    each = prices()["assumed"]["environments"] * 10 * 30 * 86_400 / TTL_SECONDS
    assert asked == pytest.approx(each, rel=0.02)
    assert line(IDLE, "secrets decrypted").quantity == 0
    few = Load(events=100, fanout=1, body_bytes=2048, retries=0.0)
    assert line(few, "secrets decrypted").quantity == 200


@pytest.mark.parametrize(
    ("kept_in", "lines"),
    [
        ("ssm", {"secrets decrypted"}),
        ("kms", {"secrets decrypted", "keys"}),
        ("secretsmanager", {"calls", "secrets"}),
    ],
)
def test_what_secrets_cost_depends_on_where_they_are(kept_in: str, lines: set[str]) -> None:
    load = replace(a_million(), secrets=1000, kept_in=kept_in)
    found = [one for one in bill(load) if one.service in ("KMS", "Secrets Manager")]
    assert {one.what for one in found} == lines
    assert all(one.usd > 0 for one in found)


def test_a_history_costs_one_write_unit_for_each_delivery_and_its_row() -> None:
    kept = replace(a_million(), fanout=3)
    none = replace(kept, history="undelivered")
    assert line(kept, "write units").quantity - line(none, "write units").quantity == 3e6
    assert line(kept, "GB-months").usd > line(none, "GB-months").usd
    backed_up = "GB-months, point-in-time recovery"
    assert line(kept, backed_up).usd == line(none, backed_up).usd
    more = usd(a_million(), "DynamoDB") - usd(replace(a_million(), history="undelivered"), "DynamoDB")
    assert f"{more:.2f} USD" in COSTS.partition("## History")[2]


def test_metrics_that_report_nothing_cost_nothing() -> None:
    assert line(a_million(), "metrics").quantity == line(IDLE, "metrics").quantity == 0
    bad = line(replace(a_million(), retries=0.05), "metrics").quantity
    assert bad == len({*ALARMED, *ALARMED_FROM, TROUBLE})


ACCESS = {
    "requestId": "JKJaXmPLvHcESHA=",
    "requestTime": "30/Nov/2026:00:51:28 +0000",
    "identity.sourceIp": "192.0.2.117",
    "httpMethod": "POST",
    "routeKey": "ANY /in/{source_id}",
    "path": "/in/github-main",
    "status": "202",
    "responseLength": "58",
    "responseLatency": "34",
    "integrationLatency": "31",
    "error.messageString": '"-"',
    "integrationErrorMessage": "-",
}
REQUEST_ID = "8fc6f963-411b-58b5-8483-a32130c0f45d"
PLATFORM = (
    f"START RequestId: {REQUEST_ID} Version: $LATEST",
    f"END RequestId: {REQUEST_ID}",
    f"REPORT RequestId: {REQUEST_ID}\tDuration: 201.67 ms\tBilled Duration: 202 ms\tMemory Size: 1024 MB\t"
    "Max Memory Used: 181 MB\t",
)
"""https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""


def test_a_line_of_the_access_log_is_as_long_as_is_priced() -> None:
    (stage,) = [r for r in template()["Resources"].values() if r["Type"] == "AWS::ApiGatewayV2::Stage"]
    said = stage["Properties"]["AccessLogSettings"]["Format"]
    for name in sorted(ACCESS, key=len, reverse=True):
        said = said.replace(f"$context.{name}", ACCESS[name])
    assert "$context" not in said
    assert len(said) == pytest.approx(prices()["assumed"]["access_log_bytes"], rel=0.05)


def test_lambdas_own_lines_of_an_invocation_are_as_long_as_is_priced() -> None:
    assert sum(map(len, PLATFORM)) == pytest.approx(prices()["assumed"]["platform_log_bytes"], rel=0.05)


def test_without_lambdas_own_lines_their_bytes_are_not_paid_for() -> None:
    saved = line(a_million(), "GB of logs").quantity
    saved -= line(replace(a_million(), platform_logs=False), "GB of logs").quantity
    each = prices()["assumed"]["platform_log_bytes"]
    assert saved * 1e9 == pytest.approx(Counted(a_million()).invocations() * each)


def test_log_bytes_grow_with_records_invocations_and_the_access_log() -> None:
    assumed, million = prices()["assumed"], line(a_million(), "GB of logs").quantity * 1e9
    invocations = Counted(a_million()).invocations()
    own = assumed["access_log_bytes"] * 1e6 + assumed["platform_log_bytes"] * invocations
    records = sum(LOGGED[name]["logged"] for name in ("ingest", "fanout", "dispatcher")) * 1e6
    measured = LOGGED["ingest"]["measured"] + sum(
        LOGGED[name]["measured"] / assumed["batch"] for name in ("fanout", "dispatcher")
    )
    idle = line(IDLE, "GB of logs").quantity * 1e9
    sweeps = idle - assumed["platform_log_bytes"] * Counted(IDLE).invocations()
    assert million == pytest.approx(own + records + measured * 1e6 + sweeps)


def test_a_body_is_in_the_message_up_to_the_limit_of_ingest_and_in_the_item_up_to_that_of_fan_out() -> None:
    assert usd(a_million(INLINE_BYTES), "SQS") > usd(a_million(INLINE_BYTES + 1), "SQS")
    assert usd(a_million(INLINE_ITEM_BYTES), "S3") == 0
    assert usd(a_million(INLINE_ITEM_BYTES + 1), "S3") > 0


@pytest.mark.parametrize(
    ("part", "service", "what"),
    [
        ("API Gateway", "API Gateway", ""),
        ("Lambda", "Lambda", ""),
        ("SQS", "SQS", ""),
        ("DynamoDB", "DynamoDB", ""),
        ("CloudWatch logs", "CloudWatch", "logs"),
        ("CloudWatch metrics and alarms, however many events", "CloudWatch", "^(metrics|alarms)"),
        ("KMS: ten secrets in SSM, read again every five minutes", "KMS", ""),
        ("the sweeper's schedule, however many events", "EventBridge", ""),
        ("data to subscribers", "Data transfer", ""),
        ("all of it", "", ""),
    ],
)
def test_the_page_says_what_a_million_events_cost(part: str, service: str, what: str) -> None:
    assert f"| {part} | {usd(a_million(), service, what):.2f} |" in COSTS


def test_the_page_says_what_idling_costs_and_leaves_nothing_out() -> None:
    told = COSTS.partition("Idle it is ")[2]
    total, parts = told.partition(",")[0], [float(part) for part in re.findall(r"\((\d\.\d\d)[;)]", told)]
    services = [("CloudWatch", "^alarms"), ("SQS", ""), ("Lambda", "")]
    services += [("DynamoDB", ""), ("EventBridge", ""), ("CloudWatch", "logs")]
    assert parts == [round(usd(IDLE, service, what), 2) for service, what in services]
    assert total == f"{usd(IDLE, ''):.2f}"
    assert usd(IDLE, "") == pytest.approx(sum(usd(IDLE, *part) for part in services))

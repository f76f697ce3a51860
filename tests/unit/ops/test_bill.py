"""The bill beside what it prices (the template's alarms, the functions' limits); README beside the bill."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doorbell.usecases.accept import INLINE_BYTES
from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import Line, Load, prices
from tests.support.template import template

README = (Path(__file__).parents[3] / "README.md").read_text()
COSTS = README.partition("## What it costs\n")[2]
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


def test_the_alarms_that_are_priced_are_the_templates() -> None:
    alarms = [r["Properties"] for r in template()["Resources"].values() if r["Type"].endswith("::Alarm")]
    queries = [alarm for alarm in alarms if "Metrics" in alarm]
    assumed = prices()["assumed"]
    assert (assumed["alarms"], assumed["alarm_queries"]) == (len(alarms) - len(queries), len(queries))


def test_an_alarm_that_is_a_query_costs_by_the_metrics_it_looks_at() -> None:
    assumed = prices()["assumed"]
    looked_at = assumed["alarm_queries"] * assumed["metrics_per_alarm_query"]
    assert line(a_million(), "alarms").usd == pytest.approx(0.1 * assumed["alarms"])
    assert line(a_million(), "metrics that alarms query").usd == pytest.approx(0.1 * looked_at)


def test_metrics_that_report_nothing_cost_nothing() -> None:
    assumed = prices()["assumed"]
    assert line(a_million(), "metrics").quantity == assumed["metrics"]
    assert line(IDLE, "metrics").quantity == assumed["metrics_idle"]
    assert line(IDLE, "metrics that alarms query").usd == 0


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
        ("the sweeper's schedule, however many events", "EventBridge", ""),
        ("data to subscribers", "Data transfer", ""),
        ("all of it", "", ""),
    ],
)
def test_readme_says_what_a_million_events_cost(part: str, service: str, what: str) -> None:
    assert f"| {part} | {usd(a_million(), service, what):.2f} |" in COSTS


def test_readme_says_what_idling_costs_and_leaves_nothing_out() -> None:
    told = COSTS.partition("Idle it is ")[2]
    total, parts = told.partition(",")[0], [float(part) for part in re.findall(r"\((\d\.\d\d)[;)]", told)]
    services = [("CloudWatch", "^alarms"), ("CloudWatch", "^metrics"), ("SQS", ""), ("Lambda", "")]
    services += [("DynamoDB", ""), ("EventBridge", ""), ("CloudWatch", "logs")]
    assert parts == [round(usd(IDLE, service, what), 2) for service, what in services]
    assert total == f"{usd(IDLE, ''):.2f}"
    assert usd(IDLE, "") == pytest.approx(sum(usd(IDLE, *part) for part in services))

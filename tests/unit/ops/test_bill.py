"""The bill beside what it prices (the template's alarms, the limits), and docs/costs.md beside the bill."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from doorbell.domain.rollups import ANSWER
from doorbell.domain.scales import BOUNDS_MS, bucket_of
from doorbell.domain.summaries import Rollup
from doorbell.runtime.metrics import ALARMED, ALARMED_FROM, TROUBLE
from doorbell.store.secrets.secrets import DECRYPTED_SECONDS, TTL_SECONDS
from doorbell.usecases.enqueue import INLINE_BYTES
from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from doorbell_cli.ops.bill import audit_cost, bill, replay_cost
from doorbell_cli.ops.counted import LOGGED_FILE, Counted, Line, Load, prices
from doorbell_cli.ops.levers import Lever, levers
from doorbell_cli.ops.measured import from_counts
from tests.simulation.test_waiting_costs import UNITS as UNITS_OF_WHO_WAITS
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


def test_a_slow_subscriber_costs_its_share_of_the_invocation_that_waits_for_it() -> None:
    slow = replace(a_million(), latency_ms=2200)
    more = line(slow, "GB-seconds").quantity - line(a_million(), "GB-seconds").quantity
    assert more == pytest.approx(1e6 * 2.0 / slow.side_by_side)
    beside_many = replace(slow, side_by_side=50)
    assert line(beside_many, "GB-seconds").quantity < line(slow, "GB-seconds").quantity - 3.5e5


def test_who_waits_through_an_outage_costs_what_the_simulation_counts() -> None:
    """There it is seventeen units, of which one that does not wait has six."""
    down = replace(a_million(), outages=1.0)
    counted = Counted(a_million())
    event = counted.calls["event"]
    put = (event["write_units"] + event["index_units"] - 1) / event["delivery_items"]
    waits = (line(down, "write units").quantity - line(a_million(), "write units").quantity) / 1e6
    assert put + counted.writes("attempt") + waits == UNITS_OF_WHO_WAITS
    assert line(down, "metrics").quantity == line(replace(a_million(), retries=0.1), "metrics").quantity
    assert usd(down, "SQS") > usd(a_million(), "SQS")


def test_each_provider_is_a_metric_of_a_dashboard_and_of_nothing_else() -> None:
    three = replace(a_million(), providers=3)
    assert line(three, "metrics").quantity == 0
    assert line(replace(three, dashboard=True), "metrics").quantity == 7 + 2


def test_the_levers_are_what_two_bills_differ_by_the_largest_first() -> None:
    found = levers(a_million())
    assert [lever.usd for lever in found] == sorted((lever.usd for lever in found), reverse=True)
    history = next(lever for lever in found if lever.knob == "History=undelivered")
    saved = usd(a_million(), "") - usd(replace(a_million(), history="undelivered"), "")
    assert history.usd == pytest.approx(saved)
    assert levers(replace(IDLE, dashboard=True))[0].knob == "CloudWatchDashboard=false"
    slow = replace(a_million(), latency_ms=5000)
    assert levers(slow)[0].knob == "DispatcherBatchSize=100"


def test_secrets_that_are_paid_for_each_month_are_a_lever() -> None:
    dear = replace(a_million(), secrets=2000, kept_in="secretsmanager")
    first = levers(dear)[0]
    assert first.knob == "ssm: references of secrets"
    assert first.usd == pytest.approx(usd(dear, "") - usd(replace(dear, kept_in="ssm"), ""))
    assert first.usd > 2000 * 0.4
    assert "ssm:" not in {lever.knob[:4] for lever in levers(replace(dear, kept_in="kms"))}


@pytest.mark.parametrize("lever", levers(replace(a_million(), dashboard=True)), ids=lambda lever: lever.knob)
def test_a_lever_is_a_parameter_of_the_template_with_a_value_that_it_takes(lever: Lever) -> None:
    name, _, value = lever.knob.partition("=")
    parameter = template()["Parameters"][name]
    assert value in parameter.get("AllowedValues", ["0"])
    assert str(parameter["Default"]) != value or name == "CloudWatchDashboard"


def test_a_measured_load_is_a_month_like_the_counts() -> None:
    answers = {f"{ANSWER}{bucket_of(0.05)}": 90, f"{ANSWER}{bucket_of(3)}": 10}
    sent = Rollup(0, {"delivered": 190, "exhausted": 10, "failed.5xx": 20, "held.parked": 4, **answers})
    load = from_counts(a_million(), Rollup(0, {"accepted": 100}), sent)
    assert load.events == pytest.approx(100 / 7 * 30)
    assert (load.fanout, load.retries, load.outages) == (2.0, 0.1, 0.02)
    assert 50 * 0.7 * 0.9 + 3000 * 0.7 * 0.1 < load.latency_ms < 64 * 0.9 + 4100 * 0.1
    nothing = from_counts(a_million(), Rollup(0), Rollup(0))
    assert (nothing.events, nothing.latency_ms) == (0, a_million().latency_ms)


@pytest.mark.parametrize("seconds", [0.05, 3.0])
def test_a_measured_answer_is_taken_for_the_middle_of_its_bucket(seconds: float) -> None:
    n = bucket_of(seconds)
    load = from_counts(a_million(), Rollup(0), Rollup(0, {f"{ANSWER}{n}": 7}))
    assert load.latency_ms == (BOUNDS_MS[n - 1] + BOUNDS_MS[n]) / 2


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


@pytest.mark.parametrize(
    ("kept_in", "what", "times"),
    [
        ("ssm", "secrets decrypted", 720 / 2 + 30 * 86_400 / DECRYPTED_SECONDS),
        ("kms", "secrets decrypted", 30 * 86_400 / TTL_SECONDS),
        ("secretsmanager", "calls", 30 * 86_400 / TTL_SECONDS),
    ],
)
def test_each_environment_reads_a_secret_once_in_its_time_and_no_more_than_it_is_used(
    kept_in: str, what: str, times: float
) -> None:
    """A parameter is decrypted when an environment starts, and once an hour."""
    assumed = prices()["assumed"]
    assert assumed["environment_hours"] == 2
    read = line(replace(a_million(), kept_in=kept_in), what).quantity
    assert read == pytest.approx(assumed["environments"] * 10 * times, rel=0.02)
    assert line(replace(IDLE, kept_in=kept_in), what).quantity == 0
    few = Load(events=100, fanout=1, body_bytes=2048, retries=0.0, kept_in=kept_in)
    assert line(few, what).quantity == 200


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


def test_a_body_in_the_bucket_is_paid_for_until_the_bucket_drops_it() -> None:
    """Which is later than its event ends: what waits may still be sent."""
    for days, dropped in template()["Mappings"]["BodyExpiration"].items():
        load = replace(a_million(), body_bytes=2_000_000, retention_days=float(days))
        (kept,) = [one for one in bill(load) if (one.service, one.what) == ("S3", "GB-months")]
        assert kept.quantity == pytest.approx(1e6 * 2_000_000 / 1e9 * dropped["Days"] / 30)


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
        ("KMS: ten secrets in SSM, decrypted once an hour", "KMS", ""),
        ("the sweeper's schedule, however many events", "EventBridge", ""),
        ("data to subscribers", "Data transfer", ""),
        ("all of it", "", ""),
    ],
)
def test_the_page_says_what_a_million_events_cost(part: str, service: str, what: str) -> None:
    assert f"| {part} | {usd(a_million(), service, what):.2f} |" in COSTS


def test_the_page_says_what_share_of_the_baseline_is_left_and_it_is_below_the_goals() -> None:
    """The baseline is what the counted build of 2026-11-29 cost: the first row of its table."""
    shares = usd(a_million(), "") / 21.34, usd(IDLE, "") / 7.07
    assert f"| {21.34} | {7.07:.2f} |" in COSTS
    assert f"{shares[0]:.3f} of the baseline for the million, and {shares[1]:.3f} idle" in COSTS
    assert shares[0] <= 0.7
    assert shares[1] <= 0.4


def test_the_page_says_what_idling_costs_and_leaves_nothing_out() -> None:
    told = COSTS.partition("Idle it is ")[2]
    total, parts = told.partition(",")[0], [float(part) for part in re.findall(r"\((\d\.\d\d)[;)]", told)]
    services = [("CloudWatch", "^alarms"), ("SQS", ""), ("Lambda", "")]
    services += [("DynamoDB", ""), ("EventBridge", ""), ("CloudWatch", "logs")]
    assert parts == [round(usd(IDLE, service, what), 2) for service, what in services]
    assert total == f"{usd(IDLE, ''):.2f}"
    assert usd(IDLE, "") == pytest.approx(sum(usd(IDLE, *part) for part in services))


def in_tiers(events: float, tiers: tuple[tuple[float, float], ...]) -> float:
    """`tiers`: up to so many millions, USD for 100,000. The first 10,000 are included."""
    paid, begun = 0.0, 0.01
    for end, price in tiers:
        paid += max(0.0, min(events / 1e6, end) - begun) * 10 * price
        begun = end
    return paid


CHEAPER = ((1, 1.0), (10, 1.0), (100, 0.33), (100, 1.0))
"""Millions, and USD for 100,000 as a dated transcription has it."""


def test_the_page_compares_what_the_command_prints_with_what_the_price_lists_say() -> None:
    section = COSTS.partition("## Beside hosted services")[2]
    tiers = ((5, 3.0), (10, 2.0), (20, 1.0), (200, 0.75))
    rows = {name: list[str]() for name in ("Doorbell", "Svix", "Team", "Growth")}
    for millions in (1, 10, 100):
        metered = in_tiers(millions * 1e6, tiers) + (90 if millions == 100 else 0)
        prices_of = {
            "Doorbell": usd(replace(a_million(), events=millions * 1e6), ""),
            "Svix": 490 + 0.0001 * (millions * 1e6 - 50_000),
            "Team": 39 + metered,
            "Growth": 499 + metered,
        }
        for name, price in prices_of.items():
            rows[name].append(f"{price:,.2f}")
    for name, cells in rows.items():
        (row,) = [one for one in section.splitlines() if one.startswith("|") and name in one]
        assert row.endswith(f"| {' | '.join(cells)} |"), name
    by_another = [f"{39 + price * (millions * 10 - 0.1):,.2f}" for millions, price in CHEAPER]
    assert "Team would be {}, {} and {} to {},".format(*by_another) in " ".join(section.split())

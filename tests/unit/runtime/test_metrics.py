"""Metrics: collected by all threads, written by Powertools at the end of an invocation."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from doorbell.runtime.logs import make_logger
from doorbell.runtime.metrics import TROUBLES, InvocationMetrics
from tests.support.log_lines import lines, new_service

A_LINE_TAKES = 100
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""


@pytest.fixture
def metrics() -> InvocationMetrics:
    """Of a stack that has a dashboard."""
    return InvocationMetrics("Doorbell", "shop", make_logger(new_service()).registered_handler, board=True)


def test_there_is_one_line_for_each_set_of_dimensions_and_each_is_written_once(
    metrics: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.count("Attempts", result="2xx")
    metrics.count("Attempts", 2, result="2xx")
    metrics.count("Attempts", result="timeout")
    metrics.count("Retries")
    metrics.flush()
    metrics.flush()
    written = lines(capsys)
    assert sorted((line.get("result", ""), line.get("Attempts")) for line in written) == [
        ("", None),
        ("2xx", [3.0]),
        ("timeout", [1.0]),
    ]
    assert all(line["service"] == "shop" for line in written)


def test_metrics_are_written_as_powertools_writes_them(
    metrics: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.count("Accepted", 2, provider="github", state="new")
    for seconds in (0.5, 1.25):
        metrics.measure("Lag", seconds)
    metrics.flush()
    counted, timed = (EphemeralMetrics(namespace="Doorbell", service="shop") for _ in range(2))
    counted.add_dimension("provider", "github")
    counted.add_dimension("state", "new")
    counted.add_metric("Accepted", MetricUnit.Count, 2)
    counted.flush_metrics()
    for seconds in (0.5, 1.25):
        timed.add_metric("Lag", MetricUnit.Seconds, seconds)
    timed.flush_metrics()
    written = lines(capsys)
    for line in written:
        assert line["_aws"].pop("Timestamp") > 1_700_000_000_000
    assert written[:2] == written[2:]


@pytest.mark.parametrize("values", [A_LINE_TAKES - 1, A_LINE_TAKES, A_LINE_TAKES + 1, 3 * A_LINE_TAKES])
def test_no_line_holds_more_values_than_the_format_takes_and_none_is_lost(
    values: int, metrics: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(values):
        metrics.measure("Lag", float(number))
    metrics.count("Attempts")
    metrics.flush()
    written = [line["Lag"] for line in lines(capsys) if "Lag" in line]
    assert all(len(series) <= A_LINE_TAKES for series in written)
    assert [value for series in written for value in series] == [float(number) for number in range(values)]


def test_metrics_that_are_switched_off_do_not_pile_up(
    metrics: InvocationMetrics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    for _ in range(2 * A_LINE_TAKES):
        metrics.measure("Lag", 1.0)
        metrics.flush()
    assert lines(capsys) == []


def test_lines_of_threads_that_write_at_once_are_not_torn_into_each_other() -> None:
    """As Lambda's runtime has it, every write goes out at once, and lets another thread come between."""
    script = """
import sys, threading
class Unbuffered:
    def write(self, text):
        sys.__stdout__.write(text)
        sys.__stdout__.flush()
    def flush(self): ...
sys.stdout = Unbuffered()
from doorbell.runtime.logs import make_logger
from doorbell.runtime.metrics import TROUBLES, InvocationMetrics
log, start = make_logger("shop"), threading.Barrier(10)
metrics = InvocationMetrics("shop", "shop", log.registered_handler, board=True)
def work():
    for _ in range(200):
        start.wait()
        log.info("attempt", event_id="evt_1", padding="x" * 50)
        metrics.count("Attempts")
        metrics.flush()
threads = [threading.Thread(target=work) for _ in range(10)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(line.get("message") == "attempt" for line in found) == 2000
    assert sum(line["Attempts"][0] for line in found if "_aws" in line) == 2000


def test_powertools_is_asked_once_for_each_metric_of_a_line(
    metrics: InvocationMetrics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each value that it takes it writes out all those before it."""
    asked, add = list[str](), EphemeralMetrics.add_metric

    def counted(emf: EphemeralMetrics, name: str, unit: MetricUnit, value: float) -> None:
        asked.append(name)
        add(emf, name, unit, value)

    monkeypatch.setattr(EphemeralMetrics, "add_metric", counted)
    for number in range(A_LINE_TAKES):
        metrics.measure("Lag", float(number))
    metrics.measure("DueLag", 1.0)
    metrics.flush()
    assert asked == ["Lag", "DueLag"]
    (line,) = lines(capsys)
    assert len(line["Lag"]) == A_LINE_TAKES


@pytest.fixture
def few() -> InvocationMetrics:
    """Of a stack that has none."""
    return InvocationMetrics("Doorbell", "shop", make_logger(new_service()).registered_handler)


def said(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, ...], object]:
    """Value by name and dimensions."""
    found = dict[tuple[str, ...], object]()
    for line in lines(capsys):
        for one in line["_aws"]["CloudWatchMetrics"]:
            given = [line[name] for name in one["Dimensions"][0] if name != "service"]
            found |= {(metric["Name"], *given): line[metric["Name"]] for metric in one["Metrics"]}
    return found


def test_where_there_is_no_dashboard_only_what_alarms_watch_is_written_and_summed_over_its_dimensions(
    few: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    few.count("Accepted", provider="github")
    few.count("Refused", reason="signature_missing")
    few.count("Refused", 2, reason="unknown_source")
    few.measure("IngestToDelivery", 1.0)
    few.flush()
    assert said(capsys) == {("Refused",): [3.0]}


def test_a_healthy_invocation_writes_no_metric_at_all(
    few: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    few.count("Attempts", result="2xx")
    few.count("Delivered")
    few.count("Swept", 0)
    few.measure("DueLag", 12.0)
    few.flush()
    assert lines(capsys) == []


def test_what_is_late_by_a_minute_is_told_and_what_is_in_time_is_not(
    few: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    few.measure("DueLag", 59.0)
    few.measure("DueLag", 61.0)
    few.flush()
    assert said(capsys) == {("DueLag",): [61.0]}


def test_troubles_are_one_metric_whatever_they_are(
    few: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in sorted(TROUBLES):
        few.count(name)
    few.count("ConfigError", item="subscription")
    few.flush()
    assert said(capsys) == {("Trouble",): [float(len(TROUBLES) + 1)]}


def test_with_a_dashboard_alarms_have_what_they_watch_and_it_has_what_it_shows(
    metrics: InvocationMetrics, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.count("Exhausted")
    metrics.count("Exhausted", reason="age")
    metrics.count("ConfigError", item="source")
    metrics.measure("DueLag", 1.0)
    metrics.flush()
    assert said(capsys) == {
        ("Exhausted",): [2.0],
        ("Exhausted", "age"): [1.0],
        ("ConfigError", "source"): [1.0],
        ("Trouble",): [1.0],
        ("DueLag",): [1.0],
    }

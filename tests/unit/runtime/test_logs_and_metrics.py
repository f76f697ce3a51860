"""Lines of the log, and of metrics: what CloudWatch reads out of them."""

import json
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from doorbell.runtime.logs import JsonLog
from doorbell.runtime.metrics import MAX_VALUES, EmfMetrics


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_says_when_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLog("shop", "INFO").info("accepted", event_id="evt_1", bytes=3)
    (line,) = lines(capsys)
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line.pop("location").startswith("test_a_line_says_when_where_and_what:")
    assert line == {
        "level": "INFO",
        "message": "accepted",
        "service": "shop",
        "event_id": "evt_1",
        "bytes": 3,
    }


def test_lines_of_threads_that_write_at_once_are_not_torn_into_each_other() -> None:
    """To a pipe, as in Lambda: a thread that writes there lets the others go on."""
    script = """
import threading
from doorbell.runtime.logs import JsonLog
from doorbell.runtime.metrics import EmfMetrics
log, metrics, start = JsonLog("shop", "INFO"), EmfMetrics("shop", "shop"), threading.Barrier(10)
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


def test_the_keys_are_those_of_powertools(capsys: pytest.CaptureFixture[str]) -> None:
    for log in (JsonLog("shop", "INFO"), Logger(service="keys-of-powertools", level="INFO")):
        try:
            raise ValueError("a reason")
        except ValueError:
            log.exception("failed")
    ours, theirs = lines(capsys)
    assert set(ours) == set(theirs) - {"stack_trace"}
    assert (ours["level"], ours["exception_name"]) == ("ERROR", "ValueError")
    assert ours["exception"].splitlines()[-1] == "ValueError: a reason"


def test_a_line_stays_one_line_and_takes_any_field(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLog("shop", "INFO").error("a\nb", at=datetime(2026, 1, 2), text="\u2028\n")
    (line,) = lines(capsys)
    assert (line["message"], line["at"], line["text"]) == ("a\nb", "2026-01-02 00:00:00", "\u2028\n")


@pytest.mark.parametrize(
    ("level", "written"), [("DEBUG", 2), ("INFO", 2), ("WARNING", 1), ("ERROR", 1), ("odd", 2)]
)
def test_what_is_below_the_level_is_not_written(
    level: str, written: int, capsys: pytest.CaptureFixture[str]
) -> None:
    log = JsonLog("shop", level)
    log.info("low")
    log.error("high")
    assert len(lines(capsys)) == written


def test_metrics_are_written_as_powertools_writes_them(capsys: pytest.CaptureFixture[str]) -> None:
    ours = EmfMetrics("Doorbell", "shop")
    ours.count("Accepted", 2, provider="github", state="new")
    for seconds in (0.5, 1.25):
        ours.measure("Lag", seconds)
    ours.flush()
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


def test_no_line_holds_more_values_than_the_format_takes(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = EmfMetrics("Doorbell", "shop")
    for _ in range(MAX_VALUES + 1):
        metrics.measure("Lag", 1.0)
    metrics.flush()
    (line,) = lines(capsys)
    assert len(line["Lag"]) == MAX_VALUES

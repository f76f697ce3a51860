"""Metrics in CloudWatch's embedded format, by Powertools: collected during an invocation, written at its end.

Each distinct set of dimensions is a metric that is paid for, for each hour in which it reports, and each line
of them is a log line that is paid for. So what an alarm watches is always written, summed over its
dimensions, and all else only for the dashboard: who has none finds it in the log, the counts and the tables.
https://docs.powertools.aws.dev/lambda/python/latest/core/metrics/
"""

import logging
from threading import Lock

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

A_LINE_TAKES = 100
"""Values of a metric.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
ALARMED = frozenset({"Refused", "RecordFailed", "Exhausted"})
"""What is counted for an alarm, without dimensions: the log lines have them."""
TROUBLE = "Trouble"
TROUBLES = frozenset(
    {
        "ConfigError",
        "StaleSecrets",
        "NoticesLost",
        "HopsExceeded",
        "TargetDenied",
        "NotBroughtForward",
        "CertificatesWithdrawn",
        "CertifyFailed",
    }
)
"""What is counted as one metric, `Trouble`. Each has a log line of level ERROR that says what it was."""
ALARMED_FROM = {"DueLag": 60.0}
"""What is measured for an alarm, in seconds: less is as it should be, and not worth a metric."""

type _Dimensions = tuple[tuple[str, str], ...]
type _Series = dict[tuple[str, MetricUnit], list[float]]


class InvocationMetrics:
    """The `Metrics` port. Powertools' own may be used by one thread; here all of them may count."""

    def __init__(self, namespace: str, service: str, output: logging.Handler, *, board: bool = False) -> None:
        """`output` is where log lines go: Powertools prints a metric's line and its end in two writes, and
        no line may come between them. `board`: there is a dashboard, which shows all of them."""
        self._emf, self._output = EphemeralMetrics(namespace=namespace, service=service), output
        self._board = board
        self._collected: dict[_Dimensions, _Series] = {}
        self._lock = Lock()

    def count(self, name: str, value: float = 1, **dimensions: str) -> None:
        with self._lock:
            if self._board:
                self._add_up(name, value, tuple(sorted(dimensions.items())))
            if name in ALARMED and (dimensions or not self._board):
                self._add_up(name, value, ())
            if name in TROUBLES:
                self._add_up(TROUBLE, value, ())

    def measure(self, name: str, seconds: float) -> None:
        if not self._board and seconds < ALARMED_FROM.get(name, float("inf")):
            return
        with self._lock:
            self._series(name, MetricUnit.Seconds, ()).append(seconds)

    def flush(self) -> None:
        """Hand what was collected to Powertools, which writes a line for each set of dimensions."""
        with self._lock:
            collected, self._collected = self._collected, {}
        self._output.acquire()
        try:
            for dimensions, series in collected.items():
                self._write(dimensions, series)
        finally:
            self._output.release()

    def _add_up(self, name: str, value: float, dimensions: _Dimensions) -> None:
        series = self._series(name, MetricUnit.Count, dimensions)
        series[:] = [sum(series, value)]

    def _series(self, name: str, unit: MetricUnit, dimensions: _Dimensions) -> list[float]:
        return self._collected.setdefault(dimensions, {}).setdefault((name, unit), [])

    def _write(self, dimensions: _Dimensions, series: _Series) -> None:
        for start in range(0, max(map(len, series.values())), A_LINE_TAKES):
            for dimension, text in dimensions:
                self._emf.add_dimension(dimension, text)
            for (name, unit), values in series.items():
                if values[start:]:
                    self._add(name, unit, values[start : start + A_LINE_TAKES])
            if self._emf.metric_set:  # a hundredth metric has the line written at once
                self._emf.flush_metrics()
            self._emf.clear_metrics()  # with POWERTOOLS_METRICS_DISABLED it would pile up

    def _add(self, name: str, unit: MetricUnit, values: list[float]) -> None:
        """Powertools takes the first and so makes the metric. For each value that it takes it writes out all
        before it, for a debug log that nobody reads: a hundred took 1.7 ms."""
        self._emf.add_metric(name, unit, values[0])
        self._emf.metric_set[name]["Value"] += map(float, values[1:])

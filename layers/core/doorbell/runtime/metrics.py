"""Metrics in CloudWatch's embedded format: collected during an invocation, written once at its end.

Each distinct set of dimensions is a metric that is paid for: they are bounded sets, never ids.
"""

from collections import defaultdict
from threading import Lock

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

type _Dimensions = tuple[tuple[str, str], ...]

MAX_VALUES = 100
"""Values of one metric in one blob of the embedded format.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""


class EmfMetrics:
    def __init__(self, namespace: str, service: str) -> None:
        self._namespace, self._service = namespace, service
        self._counts: dict[_Dimensions, dict[str, float]] = {}
        self._values: dict[str, list[float]] = defaultdict(list)
        self._lock = Lock()

    def count(self, name: str, value: float = 1, **dimensions: str) -> None:
        key = tuple(sorted(dimensions.items()))
        with self._lock:
            self._counts.setdefault(key, defaultdict(float))[name] += value

    def measure(self, name: str, seconds: float) -> None:
        with self._lock:
            self._values[name].append(seconds)

    def flush(self) -> None:
        """Write what was collected, one line for each set of dimensions."""
        with self._lock:
            counts, self._counts = self._counts, {}
            values, self._values = self._values, defaultdict(list)
        for dimensions, totals in counts.items():
            blob = self._blob()
            for name, label in dimensions:
                blob.add_dimension(name, label)
            for name, total in totals.items():
                blob.add_metric(name, MetricUnit.Count, total)
            blob.flush_metrics()
        for name, series in values.items():
            blob = self._blob()
            for value in series[:MAX_VALUES]:
                blob.add_metric(name, MetricUnit.Seconds, value)
            blob.flush_metrics()

    def _blob(self) -> EphemeralMetrics:
        return EphemeralMetrics(namespace=self._namespace, service=self._service)

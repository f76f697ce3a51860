"""Metrics in CloudWatch's embedded format: counted during an invocation, written once at its end.

Dimensions are bounded sets (a reason, a provider, a state), never ids: each distinct set is a metric that
is paid for.
"""

from collections import defaultdict
from threading import Lock

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

type _Dimensions = tuple[tuple[str, str], ...]


class EmfMetrics:
    def __init__(self, namespace: str, service: str) -> None:
        self._namespace, self._service = namespace, service
        self._counts: dict[_Dimensions, dict[str, float]] = {}
        self._lock = Lock()

    def count(self, name: str, value: float = 1, **dimensions: str) -> None:
        key = tuple(sorted(dimensions.items()))
        with self._lock:
            self._counts.setdefault(key, defaultdict(float))[name] += value

    def flush(self) -> None:
        """Write what was counted, one line for each set of dimensions."""
        with self._lock:
            counts, self._counts = self._counts, {}
        for dimensions, values in counts.items():
            blob = EphemeralMetrics(namespace=self._namespace, service=self._service)
            for name, label in dimensions:
                blob.add_dimension(name, label)
            for name, value in values.items():
                blob.add_metric(name, MetricUnit.Count, value)
            blob.flush_metrics()

"""Metrics in CloudWatch's embedded format: collected during an invocation, written once at its end.

Each distinct set of dimensions is a metric that is paid for: they are bounded sets, never ids. Written here,
not by Powertools, for the reason that `logs` gives; a test holds the two to the same lines.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from threading import Lock

from doorbell.runtime.logs import write_line

type _Dimensions = tuple[tuple[str, str], ...]

MAX_VALUES = 100
"""Values of one metric in one line of the embedded format."""


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
            self._write(dict(dimensions), "Count", {name: [total] for name, total in totals.items()})
        for name, series in values.items():
            self._write({}, "Seconds", {name: series[:MAX_VALUES]})

    def _write(self, dimensions: dict[str, str], unit: str, series: Mapping[str, list[float]]) -> None:
        dimensions["service"] = self._service
        metrics = [{"Name": name, "Unit": unit} for name in series]
        directive = {"Namespace": self._namespace, "Dimensions": [list(dimensions)], "Metrics": metrics}
        head = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        write_line(json.dumps({"_aws": head, **dimensions, **series}, separators=(",", ":")))

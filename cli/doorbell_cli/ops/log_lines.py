"""What the functions have written: lines of their log groups, by time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable

FUNCTIONS = (
    *("ingest", "publish", "inbox", "fanout", "dispatcher"),
    *("sweeper", "indexer", "backfill", "admin", "jobs"),
)
NOT_EVERYWHERE = frozenset({"inbox", "indexer", "backfill", "jobs"})
"""Without them a stack is a stack too: none asked for, or of an older release."""
PAGES = 50
"""Of a log group that are read at most: a page is a megabyte, 10,000 lines, or what was found in a while.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html"""
OVERLAP_SECONDS = 10.0
"""By which a look goes back: lines come in late."""
_EVENT = ("event_id", "correlation_id")


@dataclass(frozen=True, slots=True)
class LogLine:
    """`at` in epoch seconds; `fields` as they were written, `message` among them."""

    at: float
    function: str
    fields: Mapping[str, Any]

    def is_of(self, source: str | None, event: str | None) -> bool:
        """An event's id, or its beginning."""
        if source is not None and self.fields.get("source_id") != source:
            return False
        return event is None or any(str(self.fields.get(name, "")).startswith(event) for name in _EVENT)


@dataclass(frozen=True, slots=True)
class Logs:
    """`client`: of CloudWatch's logs. `stack`: its name, which is in those of its groups."""

    client: Any
    stack: str

    def between(
        self, functions: Sequence[str], since: float, until: float, word: str | None = None
    ) -> tuple[list[LogLine], bool]:
        """Lines in order of their time, those with `word` alone, and whether there was more than is read. A
        call for each page of each function's group."""
        with ThreadPoolExecutor(len(functions)) as pool:
            found = list(pool.map(lambda name: self._of(name, since, until, word), functions))
        lines = sorted((line for some, _ in found for line in some), key=lambda line: line.at)
        return lines, any(more for _, more in found)

    def _of(self, function: str, since: float, until: float, word: str | None) -> tuple[list[LogLine], bool]:
        call: dict[str, Any] = {
            "logGroupName": f"/doorbell/{self.stack}/{function}",
            "startTime": int(since * 1000),
            "endTime": int(until * 1000),
        }
        if word is not None:
            call["filterPattern"] = json.dumps(word)
        pages = iter(self.client.get_paginator("filter_log_events").paginate(**call))
        try:
            with translated("logs", "FilterLogEvents"):
                lines = [line for page in islice(pages, PAGES) for line in _lines(function, page["events"])]
                return lines, next(pages, None) is not None
        except Unavailable as error:
            if function in NOT_EVERYWHERE and error.cause == "ResourceNotFoundException":
                return [], False
            raise


def _lines(function: str, events: Sequence[Mapping[str, Any]]) -> Iterator[LogLine]:
    """Those of ours: Lambda writes some of its own, and metrics are lines too."""
    for event in events:
        try:
            fields = json.loads(event["message"])
        except ValueError:
            continue
        if isinstance(fields, dict) and "message" in fields and "level" in fields:
            yield LogLine(event["timestamp"] / 1000, function, fields)


@dataclass(slots=True)
class Following:
    """Looks again and again, and tells each line once."""

    logs: Logs
    functions: Sequence[str]
    since: float
    _told: dict[str, float] = field(default_factory=dict)

    def next(self, now: float) -> Iterator[LogLine]:
        lines, _ = self.logs.between(self.functions, self.since, now)
        for line in lines:
            key = f"{line.at} {json.dumps(line.fields, sort_keys=True, default=str)}"
            if key not in self._told:
                self._told[key] = line.at
                yield line
        self.since = max(self.since, now - OVERLAP_SECONDS)
        self._told = {key: at for key, at in self._told.items() if at >= self.since}

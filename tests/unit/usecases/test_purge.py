"""The drawer of events: each once, however the log is cut into pages and spans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from doorbell.domain.log import DAY_SECONDS, LogRow
from doorbell.domain.replays import Selection
from doorbell.usecases.purge import SPAN_SECONDS, Recorded, pages

START = 1_700_000_000.0
END = START + 367 * DAY_SECONDS


@dataclass
class Log:
    rows: Sequence[LogRow]
    longest: float = 0.0

    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]:
        self.longest = max(self.longest, until - since)
        return (row for row in self.rows if since <= row.created_at <= until)


class Nothing:
    def weigh(self, found: Sequence[str]) -> int:
        return 0

    def remove(self, found: Sequence[str]) -> int:
        return 0


@pytest.mark.parametrize("page_size", [1, 2, 5, 100])
def test_every_event_is_found_once_also_at_the_ends_of_spans_and_no_page_looks_at_a_year(
    page_size: int,
) -> None:
    edge = START + SPAN_SECONDS
    times = [START, START, edge - 1, edge, edge, edge, edge + 1, START + 200 * DAY_SECONDS, END]
    log = Log([LogRow(f"evt_{n}", at, "a", "s") for n, at in enumerate(times)])
    drawer = Recorded(log, Nothing(), Selection("acme", "", START, END, ()), page_size)
    found = [one for some in pages(drawer) for one in some]
    assert found == [row.event_id for row in log.rows]
    assert log.longest <= SPAN_SECONDS

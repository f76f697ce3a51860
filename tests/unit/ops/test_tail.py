"""Following the event log: every event once, however many come and however late the index shows them."""

from collections.abc import Iterator

from doorbell.domain.log import LogRow
from doorbell_cli.ops.tail import OVERLAP_SECONDS, Tail

START = 1_800_000_000.0


class Log:
    """The event log of one tenant."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []
        self.read = 0

    def add(self, name: str, at: float) -> None:
        self.rows.append(LogRow(name, at, "push", "github"))

    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]:
        for row in sorted(self.rows, key=lambda row: row.created_at):
            if since <= row.created_at <= until:
                self.read += 1
                yield row


def looked(tail: Tail, now: float) -> list[str]:
    return [row.event_id for row in tail.next(now)]


def follow(log: Log) -> Tail:
    return Tail(log, "acme", START)  # type: ignore[arg-type]


def test_more_events_than_ten_thousand_in_ten_seconds_are_shown_once_each() -> None:
    log, seen = Log(), list[str]()
    tail = follow(log)
    for second in range(6):
        for number in range(5_000):
            log.add(f"evt_{second}_{number}", START + second + number / 5_000)
        seen += looked(tail, START + second + 1)
    assert len(seen) == len(set(seen)) == 30_000


def test_an_event_that_the_index_shows_late_is_shown_as_long_as_the_overlap_reaches_it() -> None:
    log = Log()
    tail = follow(log)
    log.add("evt_a", START + 20)
    assert looked(tail, START + 21) == ["evt_a"]
    log.add("evt_late", START + 21 - OVERLAP_SECONDS + 1)
    assert looked(tail, START + 22) == ["evt_late"]
    assert looked(tail, START + 23) == []


def test_what_was_shown_is_not_read_again_when_the_overlap_is_past_it() -> None:
    log = Log()
    tail = follow(log)
    for number in range(100):
        log.add(f"evt_{number}", START + 1)
    looked(tail, START + 2)
    looked(tail, START + 60)
    log.read = 0
    assert looked(tail, START + 61) == []
    assert log.read == 0

"""History: pages that neither repeat nor leave out, however many ended at one moment, and that have an
end."""

from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.history import EndedRow, Sought
from doorbell.usecases.history import History


class Rows:
    """A history that counts what is read of it."""

    def __init__(self, rows: Sequence[EndedRow]) -> None:
        self.rows, self.read = sorted(rows, key=lambda row: -row.ended_at), 0

    def between(
        self,
        tenant_id: str,
        subscription_ids: Sequence[str],
        since: float,
        until: float,
        *,
        likely: int | None = None,
    ) -> Iterator[EndedRow]:
        for row in self.rows:
            if since <= row.ended_at <= until:
                self.read += 1
                yield row


def row(number: int, at: float, state: str = "delivered", *, told: bool = True) -> EndedRow:
    return EndedRow(DeliveryKey(f"evt_{number}", "s"), "acme", at, state, None, 1, 204, None, "push", told)


def paged(rows: Sequence[EndedRow], sought: Sought, limit: int, most: int) -> list[EndedRow]:
    read, found, until, seen = History(Rows(rows)), list[EndedRow](), 100.0, tuple[str, ...]()
    for _ in range(len(rows) + 2):
        page = read("acme", ["s"], 0.0, until, sought, limit=limit, most=most, seen=seen)
        assert len(page.rows) <= limit
        assert page.looked <= most
        found += page.rows
        if page.until is None:
            return found
        until, seen = page.until, page.seen
    raise AssertionError("the pages have no end")


@settings(max_examples=60, deadline=None)
@given(
    times=st.lists(st.integers(1, 4), max_size=12),
    limit=st.integers(1, 4),
    most=st.integers(1, 5),
    failed=st.sets(st.integers(0, 11)),
)
def test_every_one_comes_once_newest_first(times: list[int], limit: int, most: int, failed: set[int]) -> None:
    rows = [row(n, at, "exhausted" if n in failed else "delivered") for n, at in enumerate(times)]
    found = paged(rows, Sought(("delivered",)), limit, most)
    assert [one.ended_at for one in found] == sorted((one.ended_at for one in found), reverse=True)
    assert sorted(found, key=repr) == sorted((one for one in rows if one.state == "delivered"), key=repr)


def test_a_page_stops_at_its_limit_and_what_it_looks_at_is_bounded() -> None:
    rows = Rows([row(number, float(number)) for number in range(50)])
    page = History(rows)("acme", ["s"], 0.0, 100.0, Sought(status="5xx"), limit=10, most=20)
    assert (page.rows, page.looked, rows.read) == ((), 20, 21)
    assert page.until == 30.0


def test_who_does_not_say_what_was_asked_is_counted() -> None:
    rows = Rows([row(1, 1.0), row(2, 2.0, "exhausted", told=False)])
    page = History(rows)("acme", ["s"], 0.0, 100.0, Sought(status="2xx"), limit=10, most=20)
    assert ([one.key.event_id for one in page.rows], page.untold) == (["evt_1"], 1)

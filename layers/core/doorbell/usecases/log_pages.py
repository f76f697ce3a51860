"""The event log in pages that one can go on behind: each event once, also where several are of one moment."""

from collections.abc import Sequence
from itertools import islice

from doorbell.domain.log import LogRow
from doorbell.domain.replays import Cursor, Selection
from doorbell.usecases.left_out import EventLogs


def rows_behind(log: EventLogs, selection: Selection, after: Cursor | None, limit: int) -> list[LogRow]:
    """Earliest first. Fewer than `limit`: there are no more."""
    since = selection.since if after is None else float(after["at"])
    seen = () if after is None else str(after["seen"]).split()
    rows = log.between(selection.tenant_id, since, selection.until)
    return list(islice((row for row in rows if row.event_id not in seen), limit))


def place_behind(rows: Sequence[LogRow], before: Cursor | None) -> Cursor:
    """Behind the last of `rows`, which were read from `before`."""
    at = rows[-1].created_at
    seen = [row.event_id for row in rows if row.created_at == at]
    if before is not None and before["at"] == at:
        seen = [*str(before["seen"]).split(), *seen]
    return {"at": at, "seen": " ".join(seen)}

"""History: what became of a subscription's deliveries, delivered ones too, newest first, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.history import EndedRow, Sought


class Histories(Protocol):
    def between(
        self,
        tenant_id: str,
        subscription_ids: Sequence[str],
        since: float,
        until: float,
        *,
        likely: int | None = None,
    ) -> Iterator[EndedRow]:
        """What ended in [since, until], newest first, each once. `likely`: how many will be taken; None: not
        known."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`until` and `seen` say where to go on: everything at `until` or before that is not among `seen`; None
    at the end. `looked`: how many rows were read. `untold`: how many of these do not say what was asked."""

    rows: tuple[EndedRow, ...]
    until: float | None
    seen: tuple[str, ...]
    looked: int
    untold: int


@dataclass(frozen=True, slots=True)
class History:
    """Costs half a read unit for 13 rows that it looks at, and no less for each Query of `HistoryIndex`."""

    log: Histories

    def __call__(
        self,
        tenant_id: str,
        subscription_ids: Sequence[str],
        since: float,
        until: float,
        sought: Sought,
        *,
        limit: int,
        most: int,
        seen: Sequence[str] = (),
    ) -> HistoryPage:
        """At most `limit` of those that ended in [since, until], epoch seconds, without those `seen`. It
        looks at no more than `most`."""
        rows, at, here, looked, untold = list[EndedRow](), until, tuple(seen), 0, 0
        likely = min(limit, most) + 1 + len(seen) if sought == Sought() else None
        for row in self.log.between(tenant_id, subscription_ids, since, until, likely=likely):
            if (name := name_of(row.key)) in seen:
                continue
            if len(rows) >= limit or looked >= most:
                return HistoryPage(tuple(rows), at, here, looked, untold)
            here = (*here, name) if row.ended_at == at else (name,)
            at, looked = row.ended_at, looked + 1
            is_sought = sought.takes(row)
            untold += is_sought is None
            if is_sought:
                rows.append(row)
        return HistoryPage(tuple(rows), None, (), looked, untold)


def ended_in(tenant_id: str, names: Sequence[str], sought: Sought) -> tuple[str, dict[str, str | None]]:
    """What a list of a tenant's ended deliveries is called, and what narrows it: a cursor of the CLI's serves
    over HTTP, and the other way round."""
    return f"ended/{tenant_id}", {**sought.asked, "subscription": ",".join(sorted(set(names))) or None}


def name_of(key: DeliveryKey) -> str:
    return f"{key.event_id}/{key.subscription_id}/{key.generation}"

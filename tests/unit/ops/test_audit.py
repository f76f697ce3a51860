"""The audit's walk: every tenant, every event, and a second, consistent look before anything is reported."""

from collections.abc import Iterator
from dataclasses import replace

from doorbell.domain.ledger import EventEntry
from doorbell.domain.log import LogRow
from doorbell.usecases.audit import BATCH, Audit, Report
from tests.unit.ops.test_ledger import DELIVERED, EXHAUSTED, NOW, OLD, PENDING, an_entry


class Log:
    def __init__(self, **tenants: list[str]) -> None:
        self.tenants = tenants

    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]:
        return (LogRow(event_id, OLD, "push", f"of {tenant_id}") for event_id in self.tenants[tenant_id])


class Ledger:
    """`stale` is what an eventually consistent read still sees."""

    def __init__(self, **entries: EventEntry | None) -> None:
        self.entries = entries
        self.stale: dict[str, EventEntry | None] = {}
        self.reads: list[tuple[str, bool]] = []

    def entry(self, event_id: str, *, consistent: bool = False) -> EventEntry | None:
        self.reads.append((event_id, consistent))
        return self.entries[event_id] if consistent else self.stale.get(event_id, self.entries[event_id])


def audited(ledger: Ledger, **tenants: list[str]) -> Report:
    return Audit(Log(**tenants), ledger, lambda: NOW, map)(list(tenants), OLD, NOW)


def test_every_tenant_s_events_are_counted() -> None:
    ledger = Ledger(e1=an_entry(DELIVERED), e2=an_entry(EXHAUSTED), e3=an_entry(PENDING))
    report = audited(ledger, acme=["e1", "e2"], other=["e3"])
    assert (report.totals.events, report.totals.matched) == (3, 3)
    assert dict(report.totals.states) == {"delivered": 1, "exhausted": 1, "pending": 1}
    assert report.balanced


def test_how_many_events_each_source_had_is_counted_however_many_there_are() -> None:
    many, few = [f"m{number}" for number in range(2 * BATCH + 1)], ["f0"]
    ledger = Ledger(**dict.fromkeys([*many, *few], an_entry(DELIVERED)))
    report = audited(ledger, acme=many, other=few)
    assert report.by_source == {"of acme": len(many), "of other": 1}
    assert report.by_source.total() == report.totals.events


def test_a_sound_event_is_read_once_and_never_consistently() -> None:
    ledger = Ledger(e1=an_entry(DELIVERED))
    audited(ledger, acme=["e1"])
    assert ledger.reads == [("e1", False)]


def test_what_a_stale_read_makes_look_broken_is_read_again_and_not_reported() -> None:
    ledger = Ledger(e1=an_entry(DELIVERED))
    ledger.stale["e1"] = an_entry()
    report = audited(ledger, acme=["e1"])
    assert report.balanced
    assert ledger.reads == [("e1", False), ("e1", True)]


def test_what_is_broken_is_reported_and_nothing_balances() -> None:
    report = audited(Ledger(e1=an_entry(DELIVERED), e2=an_entry()), acme=["e1", "e2"])
    assert [found.code for found in report.discrepancies] == ["delivery_missing"]
    assert not report.balanced


def test_an_expired_event_has_no_ledger_any_more() -> None:
    expired = replace(an_entry(), expires_at=int(NOW) - 1)
    report = audited(Ledger(e1=expired, e2=None), acme=["e1", "e2"])
    assert report.totals.expired == 2
    assert report.balanced

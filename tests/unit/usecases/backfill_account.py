"""A source, its account at Stripe, and what was let in: all in memory, with deaths on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from doorbell.domain.backfill import SETTLE_SECONDS, Listed
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.outbound import OutboundRequest
from doorbell.domain.sources import Backfill, Source
from doorbell.egress.conversation import WireAnswer
from doorbell.runtime.provider_lists import list_of, verified, window_of
from doorbell.usecases.backfill import BackFill
from doorbell.usecases.ports_of_backfill import Report
from doorbell.usecases.take_fetched import TakeFetched
from tests.support import fakes
from tests.support.stripe_events import ENDPOINT, KEY, StripeAccount
from tests.unit.usecases.backfill_world import FakeBook, Steps

SOURCE = Source("pay", "stripe", ("ssm:/x",), tenant_id="acme", backfill=Backfill("ssm:/key", ENDPOINT))


@dataclass
class Account:
    source: Source = SOURCE
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    steps: Steps = field(default_factory=Steps)
    record: dict[str, int] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.stripe = StripeAccount(f"https://hooks.test/in/{self.source.source_id}", self.clock)
        self.book = FakeBook(self.steps, self.record)
        self.queue, self.checks = fakes.FakeEventsQueue(), fakes.FakeChecks()

    def exchange(self, request: OutboundRequest, max_body_bytes: int) -> WireAnswer:
        parts = urlsplit(request.url)
        self.hosts.add(f"{parts.scheme}://{parts.netloc}")
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        status, headers, body = self.steps.step(
            lambda: self.stripe.handle(request.method, target, dict(request.headers))
        )
        return WireAnswer(status, headers, body, is_cut=False, is_reusable=True)

    def take(self, source: Source, row: Listed, origin: str, said: str) -> None:
        quiet = fakes.RecordingMetrics(), fakes.RecordingLog()
        taken = TakeFetched(verified, self.checks, fakes.FakeBodies(), self.queue, self.clock, *quiet)
        self.steps.step(lambda: taken(source, row, origin, said))

    def run(self, *, dry_run: bool = False) -> Report:
        provider = list_of(self.source, KEY, self, [], self.clock, self.take)  # type: ignore[arg-type]
        quiet = fakes.RecordingMetrics(), fakes.RecordingLog()
        report = BackFill(self.book, window_of, self.clock, lambda seconds: None, *quiet)(
            self.source, provider, dry_run=dry_run
        )
        self.record.update({event.event_id: 1 for event in self.taken()})
        return report

    def taken(self) -> list[VerifiedEvent]:
        return [event for event, _ in self.queue.sent]

    def later(self) -> None:
        self.clock.advance(SETTLE_SECONDS)

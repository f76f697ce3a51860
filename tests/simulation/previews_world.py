"""A history of jobs among which are previews: recorded events are tried, and nothing but the job is written.

As `jobs_world`, with everything that is held there. Beside it, at rest: a preview that is done has looked at
every event of its tenant once, however often its workers died, and says which match, did match and failed,
and the first of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from doorbell.aws_errors import translated
from doorbell.domain.jobs import Job, JobState
from doorbell.domain.log import LogRow
from doorbell.domain.matching import FilterError, Match, Reason
from doorbell.domain.previews import PreviewJob
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.domain.replays import Selection
from doorbell.domain.routing import RoutingPage
from doorbell.usecases.ports_of_jobs import Step
from doorbell.usecases.preview import Preview
from tests.simulation.jobs_world import NAME, PAGE, START, TENANTS, JobsWorld
from tests.simulation.loop import Violation
from tests.support import fakes
from tests.support.builders import an_incoming

WANTED, BROKEN = 2, 5
"""Every so many events one matches; on every so many the filter fails."""


class PreviewsWorld(JobsWorld):
    def __init__(self, seed: int, steps: int = 60) -> None:
        super().__init__(seed, steps)
        self.events = {tenant: self._recorded(tenant) for tenant in TENANTS}
        self.preview = Preview(
            self,
            self._read,
            fakes.FakeBodies(),
            _Filters().passes,
            lambda *_: b"",
            self.clock,
            page_size=PAGE,
        )

    def between(self, tenant_id: str, since: float, until: float) -> Iterator[LogRow]:
        with translated("dynamodb", "Query"):
            self._call("dynamodb", "Query", "the log", lambda: None)
        for event in self.events[tenant_id]:
            if since <= event.created_at <= until:
                incoming = event.incoming
                yield LogRow(event.event_id, event.created_at, incoming.event_type, incoming.source_id)

    def _read(self, event_ids: Sequence[str]) -> Iterator[StoredEvent]:
        with translated("dynamodb", "GetItem"):
            self._call("dynamodb", "GetItem", "events", lambda: None)
        kept = {event.event_id: event for events in self.events.values() for event in events}
        return iter([kept[event_id] for event_id in event_ids])

    def _recorded(self, tenant: str) -> list[StoredEvent]:
        """Several of one moment."""
        got = RoutingPage((Match(NAME, Reason.MATCHED),))
        return [
            StoredEvent(
                f"evt_{tenant}_{n:02}",
                replace(an_incoming(), event_id=f"evt_{tenant}_{n:02}", tenant_id=tenant),
                generation=0,
                created_at=START - 600 + n // 3,
                dedupe_until=START,
                expires_at=int(START) + 90 * 86_400,
                routing=got if n % 4 == 0 else RoutingPage(),
            )
            for n in range(self.rng.randrange(0, 31))
        ]

    def _ask(self, tenant: str) -> None:
        if self.rng.random() < 0.3:
            super()._ask(tenant)
            return
        rule = {"sources": (), "event_types": (), "filter": "tried", "transform": None}
        self.desk.preview(Selection(tenant, NAME, START - 3600, START, ()), rule, "someone")

    def _step_for(self, job: Job) -> Step:
        return self.preview.page if isinstance(job.work, PreviewJob) else super()._step_for(job)

    def _at_rest(self) -> None:
        super()._at_rest()
        for job in self.jobs.values():
            if isinstance(job.work, PreviewJob):
                self._preview_at_rest(job, job.work)

    def _preview_at_rest(self, job: Job, work: PreviewJob) -> None:
        if job.state not in (JobState.DONE, JobState.CANCELLED):
            raise Violation(f"{job.key} is {job.state} at rest: {job.problem}")
        if job.state is JobState.CANCELLED:
            return
        events = self.events[job.key.tenant_id]
        fails = [event.event_id for event in events if number(event) % BROKEN == 0]
        match = [e.event_id for e in events if e.event_id not in fails and number(e) % WANTED == 0]
        said = work.looked, work.matched, work.failed, work.bodies_gone
        if said != (len(events), len(match), len(fails), 0):
            raise Violation(f"{job.key} says {said} of {len(events)}, {len(match)}, {len(fails)}")
        if work.did_match != len([event for event in events if number(event) % 4 == 0]):
            raise Violation(f"{job.key} says {work.did_match} did match")
        shown = [one.event_id for one in work.examples], [one.event_id for one in work.errors]
        if shown != (match[:3], fails[:3]):
            raise Violation(f"{job.key} shows {shown}, not the first")


class _Filters(fakes.FakeFilters):
    """One that fails on some events."""

    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool:
        n = int(event.event_id[-2:])
        if n % BROKEN == 0:
            raise FilterError("cannot be evaluated")
        return n % WANTED == 0


def number(event: StoredEvent) -> int:
    return int(event.event_id[-2:])

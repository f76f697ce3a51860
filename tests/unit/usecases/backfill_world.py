"""A source, its hook at GitHub, and what is on record of it: all in memory, with deaths on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from doorbell.domain.backfill import Later, Listed, Progress, Tried
from doorbell.domain.events import event_id_for
from doorbell.domain.outbound import OutboundRequest
from doorbell.domain.sources import Backfill, Source
from doorbell.egress.conversation import WireAnswer
from doorbell.runtime.provider_lists import list_of, window_of
from doorbell.usecases.backfill import BackFill
from doorbell.usecases.ports_of_backfill import List, Report
from tests.support.fakes import Crash, FakeClock, RecordingLog, RecordingMetrics
from tests.support.github_hooks import TOKEN, GitHubHook

HOOK = "repos/octo/hello/hooks/7"
SOURCE = Source("gh", "github", ("ssm:/x",), tenant_id="acme", backfill=Backfill("ssm:/token", HOOK))


@dataclass
class Steps:
    """Counts whatever touches the world, and kills whoever takes step `death`: before it, or right after."""

    death: int = 0
    after: bool = False
    taken: int = 0

    def step[T](self, work: Callable[[], T]) -> T:
        self.taken += 1
        dies = self.taken == self.death
        if dies and not self.after:
            raise Crash
        done = work()
        if dies:
            raise Crash
        return done


@dataclass
class FakeBook:
    steps: Steps
    record: dict[str, int]
    kept: Progress | None = None
    asked: dict[str, Tried] = field(default_factory=dict)

    def progress(self, source: Source) -> Progress:
        return self.kept or Progress(source.source_id, source.tenant_id)

    def save(self, progress: Progress) -> Progress:
        def work() -> Progress:
            if self.kept is not None and self.kept.version != progress.version:
                raise Later(60, "another back-fill of this source is under way")
            self.kept = replace(progress, version=progress.version + 1)
            return self.kept

        return self.steps.step(work)

    def on_record(self, event_ids: Sequence[str]) -> Mapping[str, object]:
        return {name: 0 for name in event_ids if name in self.record}

    def tried(self, source: Source, keys: Sequence[str]) -> Mapping[str, Tried]:
        return {key: self.asked[key] for key in keys if key in self.asked}

    def all_tried(self, source: Source) -> Sequence[Tried]:
        return list(self.asked.values())

    def ask(self, source: Source, tried: Tried) -> bool:
        def work() -> bool:
            before = self.asked.get(tried.key)
            if before is not None and before.asked >= tried.asked:
                return False
            self.asked[tried.key] = tried
            return True

        return self.steps.step(work)

    def settle(self, source: Source, tried: Tried) -> None:
        def work() -> None:
            self.asked[tried.key] = tried

        self.steps.step(work)


@dataclass
class World:
    """`answers`: what the front door says; 202 puts the event on record, once or not (`record` counts)."""

    source: Source = SOURCE
    answers: int = 202
    clock: FakeClock = field(default_factory=FakeClock)
    steps: Steps = field(default_factory=Steps)
    record: dict[str, int] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)
    requests: list[OutboundRequest] = field(default_factory=list)
    deaths: int = 0
    made: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hook = GitHubHook(self.ring, self.clock, f"https://hooks.test/in/{self.source.source_id}")
        self.book = FakeBook(self.steps, self.record)

    def event_id(self, key: str) -> str:
        return event_id_for(self.source.tenant_id, self.source.source_id, key)

    def ring(self, guid: str, event: str, body: bytes) -> int:
        if self.answers == 202:
            name = self.event_id(guid)
            self.record[name] = self.record.get(name, 0) + 1
            self.made[name] = self.clock()
        return self.answers

    def happen(self, count: int, answers: int = 202, event: str = "push") -> list[str]:
        self.answers = answers
        guids = [self.hook.happen(event) for _ in range(count)]
        self.answers = 202
        return guids

    def exchange(self, request: OutboundRequest, max_body_bytes: int) -> WireAnswer:
        """As the transport does."""
        self.requests.append(request)
        parts = urlsplit(request.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {name.lower(): value for name, value in request.headers}
        status, fields, body = self.steps.step(lambda: self.hook.handle(request.method, target, headers))
        return WireAnswer(status, fields, body, is_cut=False, is_reusable=True)

    def take(self, source: Source, row: Listed, origin: str, said: str) -> None:
        raise AssertionError("GitHub's list has no bodies")

    def list(self, token: str = TOKEN) -> List:
        return list_of(self.source, token, self, [], self.clock, self.take)  # type: ignore[arg-type]

    def run(self, *, token: str = TOKEN, since: float | None = None, dry_run: bool = False) -> Report:
        back_fill = BackFill(
            self.book, window_of, self.clock, self.pauses.append, RecordingMetrics(), RecordingLog()
        )
        return back_fill(self.source, self.list(token), since=since, dry_run=dry_run)

    def until_finished(self, most: int = 100) -> Sequence[Report]:
        """As the clock runs it: where the provider says "later", it is later."""
        reports: list[Report] = []
        while (not reports or reports[-1].later is not None) and len(reports) < most:
            self.clock.advance(reports[-1].later or 0 if reports else 0)
            reports.append(self.run())
        return reports

    def asks(self) -> int:
        return sum(call.startswith("POST") for call in self.hook.calls)

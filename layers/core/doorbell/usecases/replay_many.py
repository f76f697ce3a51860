"""Replay many: everything a subscription missed, spread over time, in a job that nobody has to stay for.

Each page of what was missed becomes new deliveries whose `due_at` are slots `1 / per_second` apart; the
sweeper then sends them as they come due, as it sends every long retry. So the rate holds without a process
that holds it, and what this loop has made goes out even if it dies. If it dies, another run takes the job up
where the last page ended: a delivery's key follows from what it replays, its put is conditional, and one
that is there already under this job's name is counted as made.

Costs per delivery: two reads of half a unit, one put and its entry in the due index; then what any delivery
costs, with one more write (and two of the index) for the sweep.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.errors import Refusal
from doorbell.domain.log import Missed
from doorbell.domain.replays import Cursor, Kept, MissedPage, ReplayJob, Selection, next_key, replay_of
from doorbell.domain.trials import TEST_OVER
from doorbell.usecases.ports import Clock

PAGE = 100
EXAMPLES = 3


class MissedLog(Protocol):
    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage: ...


class Replays(Protocol):
    def kept(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Kept]:
        """Those of `keys` that are on record."""

    def create(self, deliveries: Sequence[Delivery], job_id: str) -> Sequence[Kept | None]:
        """Put each unless there is one under its key; what was there already, else None."""

    def save(self, job: ReplayJob) -> bool:
        """Write it as `job.version`, if the version on record is the one before; False: another runs it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`count` deliveries would be made; `skipped` need none, by reason. `looked`: at so many events.
    `examples`: the first of what would be replayed. `more`: not all of it was looked at."""

    count: int
    skipped: Mapping[str, int]
    looked: int = 0
    examples: tuple[Missed, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class ReplayMany:
    log: MissedLog
    replays: Replays
    clock: Clock

    def estimate(self, selection: Selection, most: int | None = None) -> Estimate:
        """What a run would do, by reading alone. `most`: it stops after the page with which there are so
        many."""
        count, looked, skipped, after = 0, 0, Counter[str](), None
        examples: list[Missed] = []
        while True:
            page = self.log.page(selection, after, PAGE)
            wanted, left_out = self._choose(page, selection, job_id=None)
            examples += [row for row, _ in wanted[: EXAMPLES - len(examples)]]
            count, looked = count + len(wanted), looked + page.looked
            skipped += left_out
            after = page.after
            if after is None or (most is not None and count >= most):
                return Estimate(count, dict(skipped), looked, tuple(examples), after is not None)

    def run(self, job: ReplayJob) -> Iterator[ReplayJob]:
        """Go on with `job` to its end; yields it after each page. Refuses (409) when another run has it."""
        job = self._saved(job.rebased(self.clock()))
        while job.finished_at is None:
            job = self._saved(self.page(job))
            yield job

    def page(self, job: ReplayJob) -> ReplayJob:
        """The job as it is after one page more. Not saved: whoever does that page again makes none twice."""
        page = self.log.page(job.selection, job.cursor, PAGE)
        wanted, skipped = self._choose(page, job.selection, job.job_id)
        now = self.clock()
        made = [replay_of(row, kept, job.slot(n), now) for n, (row, kept) in enumerate(wanted)]
        there = self.replays.create(made, job.job_id) if made else []
        lost = sum(kept is not None and kept.job != job.job_id for kept in there)
        skipped["replayed_already"] += lost
        return replace(
            job,
            cursor=page.after,
            position=job.position + len(made),
            created=job.created + len(made) - lost,
            skipped=dict(+(Counter(job.skipped) + skipped)),
            finished_at=now if page.after is None else None,
        )

    def _choose(
        self, page: MissedPage, selection: Selection, job_id: str | None
    ) -> tuple[list[tuple[Missed, Kept]], Counter[str]]:
        """The rows to replay with what is known of them, and why the others are not."""
        rows = [row for row in page.rows if row.state in selection.states]
        known = self.replays.kept([key for row in rows for key in (row.key, next_key(row))]) if rows else {}
        wanted: list[tuple[Missed, Kept]] = []
        skipped = Counter[str](page.skipped)
        for row in rows:
            itself, later = known.get(row.key), known.get(next_key(row))
            if row.key in page.events and itself is None:
                itself = page.events[row.key]
            elif row.key in page.events:
                skipped["has_a_delivery"] += 1
                continue
            if row.reason == TEST_OVER and row.key not in page.events:  # where it is a type
                skipped[TEST_OVER] += 1
            elif itself is None or itself.expires_at <= self.clock():
                skipped["expired"] += 1
            elif later is not None and (job_id is None or later.job != job_id):
                skipped["replayed_already"] += 1
            else:
                wanted.append((row, itself))
        return wanted, skipped

    def _saved(self, job: ReplayJob) -> ReplayJob:
        job = replace(job, version=job.version + 1)
        if not self.replays.save(job):
            raise Refusal(409, "job_taken", f"another run has the job {job.job_id}")
        return job

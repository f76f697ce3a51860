"""What jobs need of the world. Each may raise `Unavailable`; the call may have taken effect."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from doorbell.domain.jobs import Job, JobKey, JobsPage, Work

type Step = Callable[[Any], Work]
"""One page more of the work, which is of the kind that it knows: done, and not saved. Doing it again makes
nothing twice."""


class Jobs(Protocol):
    def load(self, key: JobKey) -> Job | None: ...

    def save(self, job: Job) -> bool:
        """Write it as `job.version`, if the version on record is the one before (1: if there is none). Never
        an `UnknownJob`."""

    def page(self, tenant_id: str, after: tuple[float, str] | None, limit: int) -> JobsPage: ...


class DueJobs(Protocol):
    def due(self, now: float) -> Iterator[JobKey]:
        """The longest due first. An index: it may lag, so ask the job itself."""

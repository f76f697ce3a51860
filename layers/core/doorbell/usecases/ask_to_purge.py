"""Ask for a purge of a tenant as a job. Nothing is written for one that is refused; who asks for one that
removes is on record with Doorbell's own tenant, which none removes, before there is a job."""

from collections.abc import Callable
from dataclasses import dataclass

from doorbell.domain.errors import Refusal
from doorbell.domain.jobs import Job
from doorbell.domain.own_events import TENANT
from doorbell.domain.purges import PurgeJob
from doorbell.domain.replays import Selection
from doorbell.usecases.jobs import JobDesk

OFF = (
    'purges as jobs are off: nothing of the stack may delete. Deploy it with PurgeJobs "true", or run '
    "`doorbell purge --tenant NAME`, which uses your own credentials"
)
JOBS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class AskToPurge:
    """`is_known`: whether anything of a tenant is configured or on record. `record`: who asked, for which
    tenant, by which job, when."""

    desk: JobDesk
    is_on: bool
    is_known: Callable[[str], bool]
    record: Callable[[str, str, str, float], None]

    def __call__(self, tenant_id: str, *, removes: bool, by: str) -> Job:
        """Refuses (409) where purges as jobs are off, the tenant of Doorbell's own events, and a tenant whose
        last purge has not ended; (404) one of whom there is nothing.

        Purges that have not ended are looked for in an index, which may lag: of two that are asked for in one
        second both may be taken. They remove the same.
        """
        refuse_purge(tenant_id, is_on=self.is_on)
        before = self._purges_of(tenant_id)
        for job in before:
            if not job.state.ended:
                said = f"the purge {job.key.job_id} of {tenant_id} has not ended; wait for it, or cancel it"
                raise Refusal(409, "purge_running", said)
        if not before and not self.is_known(tenant_id):
            said = f'there is nothing of a tenant "{tenant_id}"; a tenant\'s name has no other case or form'
            raise Refusal(404, "unknown_tenant", said)
        now, job_id = self.desk.clock(), self.desk.ids()
        if removes:
            self.record(by, tenant_id, job_id, now)
        job = self.desk.ask(PurgeJob(job_id, Selection(tenant_id, "", now, now, ()), removes), by)
        self.desk.begin_now()
        return job

    def _purges_of(self, tenant_id: str) -> list[Job]:
        found, after = list[Job](), None
        while True:
            page = self.desk.page(tenant_id, after, JOBS_AT_ONCE)
            found += [job for job in page.jobs if isinstance(job.work, PurgeJob)]
            if page.after is None:
                return found
            after = page.after


def refuse_purge(tenant_id: str, *, is_on: bool) -> None:
    """Refuses (409) where purges as jobs are off, and the tenant of Doorbell's own events."""
    if not is_on:
        raise Refusal(409, "purge_jobs_off", OFF)
    if tenant_id == TENANT:
        said = f'"{TENANT}" is the tenant of Doorbell\'s own events. It is not purged'
        raise Refusal(409, "tenant_reserved", said)

"""Jobs: those that replay many, and all that a tenant has, of both kinds."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.replays import ReplayJob
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.moving import Moment, moved
from doorbell_cli.console.views.jobs import Work, work
from doorbell_cli.console.views.replay import Job
from doorbell_cli.console.views.replay import job as job_of
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.ops.replayer import Replayer

JOBS = 50


def one(desk: Desk, request: Request) -> Response:
    """One call."""
    found = _found(desk, request)
    return desk.pages.page("job.html", desk.clock(), tenant=found.selection.tenant_id, job=job_of(found))


def moves(desk: Desk, request: Request) -> Callable[[], Iterable[object]]:
    """One call a look. Refuses (404) a job that is not there."""

    def look() -> Moment:
        found = job_of(_found(desk, request))
        return Moment(found, found.finished)

    return moved(look)


def every(desk: Desk, request: Request) -> Response:
    """Four calls: two for what people's own tools replay, two for what the stack works on."""
    tenant = tenant_of(request)
    jobs, works = _newest(desk, tenant)
    under_way = _under_way(jobs, works)
    return desk.pages.page(
        "jobs.html", desk.clock(), tenant=tenant, jobs=jobs, works=works, following=under_way
    )


def moves_of_all(desk: Desk, request: Request) -> Callable[[], Iterable[object]]:
    """Four calls a look, as long as one of them is under way."""
    tenant = tenant_of(request)

    def look() -> Moment:
        jobs, works = _newest(desk, tenant)
        return Moment((jobs, works), not _under_way(jobs, works))

    return moved(look)


def _found(desk: Desk, request: Request) -> ReplayJob:
    job_id = request.path_params["job_id"]
    found = Replayer(desk.target).jobs().load(job_id)
    if found is None:
        raise Refusal(404, "unknown_job", f"There is no replay job {job_id}.")
    return found


def _newest(desk: Desk, tenant: str) -> tuple[Sequence[Job], Sequence[Work]]:
    found = islice(Replayer(desk.target).jobs().jobs(tenant), JOBS)
    works = job_desk(desk.target).page(tenant, None, JOBS).jobs
    return [job_of(one) for one in found], [work(one) for one in works]


def _under_way(jobs: Sequence[Job], works: Sequence[Work]) -> bool:
    """Or was interrupted: that of a tool's job is not on record."""
    return not all(one.finished for one in jobs) or not all(one.ended for one in works)

"""`/admin/tenants/{tenant_id}/jobs`: much work, asked for at once and done in slices."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from doorbell.domain.jobs import JobKey
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Cursor, JobId, Limit, TenantId
from doorbell.runtime.admin.jobs_answers import JobAnswer, JobsAnswer, JobWanted
from doorbell.runtime.admin.jobs_wanted import changes_of, removes, selection_of, trial_of
from doorbell.runtime.http import principal_of
from doorbell.runtime.jobs_json import job_json
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.ports import Clock

if TYPE_CHECKING:
    from doorbell.usecases.ask_to_purge import AskToPurge

TAGS = ["jobs"]
MANY = "/admin/tenants/<tenant_id>/jobs"
ONE = f"{MANY}/<job_id>"


def register(
    app: APIGatewayHttpResolver,
    desk: JobDesk,
    purges: "Callable[[], AskToPurge]",
    clock: Clock,
    kept: float,
) -> None:
    """`kept`: for how many seconds events are."""

    @app.post(
        MANY,
        tags=TAGS,
        summary="Ask for a job",
        status_code=202,
        responses=answers(JobAnswer, 409, status=202),
    )
    def make_job(tenant_id: TenantId, wanted: JobWanted) -> JobAnswer:
        """It is begun within a minute, and needs nobody to stay. Two replays of the same make nothing
        twice: the second leaves out what the first has made (`replayed_already`). A preview only reads. A
        test is begun at once."""
        now, by = clock(), principal_of(app.current_event.raw_event)
        if wanted.kind == "test":
            return JobAnswer.model_validate(job_json(desk.trial(*trial_of(tenant_id, wanted, now), by)))
        if wanted.kind == "purge":
            is_run = removes(tenant_id, wanted)
            return JobAnswer.model_validate(job_json(purges()(tenant_id, removes=is_run, by=by)))
        selection = selection_of(tenant_id, wanted, now, now - kept)
        if wanted.kind == "preview":
            job = desk.preview(selection, changes_of(tenant_id, wanted), by)
        else:
            job = desk.replay(selection, wanted.per_second, by)
        return JobAnswer.model_validate(job_json(job))

    @app.get(MANY, tags=TAGS, summary="List jobs", responses=answers(JobsAnswer))
    def list_jobs(tenant_id: TenantId, limit: Limit = 100, cursor: Cursor = None) -> JobsAnswer:
        """Newest first; kept for a month. A page may have fewer entries than `limit`, and more to come."""
        of = f"jobs/{tenant_id}"
        place = cursors.decode(of, cursor, asked_at=float, job_id=str)
        after = None if place is None else (float(place["asked_at"]), place["job_id"])
        page = desk.page(tenant_id, after, limit)
        rest = None if page.after is None else dict(zip(("asked_at", "job_id"), page.after, strict=True))
        rows = [job_json(job) for job in page.jobs]
        return JobsAnswer.model_validate({"jobs": rows, "next_cursor": cursors.encode(of, rest)})

    @app.get(ONE, tags=TAGS, summary="Show a job", responses=answers(JobAnswer))
    def show_job(tenant_id: TenantId, job_id: JobId) -> JobAnswer:
        """How far it has come."""
        return JobAnswer.model_validate(job_json(desk.show(JobKey(tenant_id, job_id))))

    @app.post(f"{ONE}/cancel", tags=TAGS, summary="Cancel a job", responses=answers(JobAnswer, 409))
    def cancel_job(tenant_id: TenantId, job_id: JobId) -> JobAnswer:
        """It goes no further, but for a page of a hundred that it may be at. What it has written stays, and
        goes out: pause the subscription to hold that back. A test is not tried again, but for an attempt that
        is under way. What a purge has removed is gone. 409 where it has ended otherwise."""
        by = principal_of(app.current_event.raw_event)
        return JobAnswer.model_validate(job_json(desk.cancel(JobKey(tenant_id, job_id), by)))

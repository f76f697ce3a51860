"""What the stack works on by itself: one job, calling it off, and asking for a test."""

import time
from collections.abc import Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.domain.jobs import JobKey
from doorbell.domain.replays import Selection
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.trial_jobs import WAIT_SECONDS, job_body
from doorbell.domain.trials import DATA, EVENT_TYPE
from doorbell.usecases.jobs import refuse_newer
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.moving import Moment, moved
from doorbell_cli.console.views.jobs import detail, job_path
from doorbell_cli.ops.jobs import job_desk


def one(desk: Desk, request: Request) -> Response:
    """One call."""
    key = _key(request)
    found = job_desk(desk.target).show(key)
    return desk.pages.page("work.html", desk.clock(), tenant=key.tenant_id, job=detail(found))


def moves(desk: Desk, request: Request) -> Callable[[], Iterable[object]]:
    """One call a look. Refuses (404) a job that is not there."""
    key, jobs = _key(request), job_desk(desk.target)

    def look() -> Moment:
        found = jobs.show(key)
        return Moment(detail(found), found.state.ended)

    return moved(look)


def cancel(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Refuses (409) one that has ended. What it has made stays."""
    key, jobs = _key(request), job_desk(desk.target)
    found = jobs.show(key)
    if found.state.ended:
        raise Refusal(409, "job_ended", f"The job is {found.state.value} already.")
    refuse_newer(found)
    desk.note(key.tenant_id, "cancel", f"job {key.job_id}")
    jobs.cancel(key, desk.by)
    return RedirectResponse(job_path(key), 303)


def ask_for_test(desk: Desk, subscription: Subscription) -> Response:
    """To its page. A stack that has no function for it is refused."""
    desk.target.function_name("jobs")
    now = time.time()
    chosen = Selection(subscription.tenant_id, subscription.subscription_id, now, now + WAIT_SECONDS, ())
    job = job_desk(desk.target).trial(chosen, EVENT_TYPE, job_body(DATA), desk.by)
    return RedirectResponse(job_path(job.key), 303)


def _key(request: Request) -> JobKey:
    return JobKey(request.path_params["tenant"], request.path_params["job_id"])

"""What a subscription missed, sent again: the plan, and the job that writes it."""

import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import Refusal
from doorbell.domain.replays import ReplayJob
from doorbell.runtime.admin_api import iso
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.pages.query import period_of, rate_of
from doorbell_cli.console.views.replay import plan as plan_view
from doorbell_cli.ops.own_events import ring_replay_done
from doorbell_cli.ops.replay_plans import plan_of
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.replaying import STATES, new_job
from doorbell_cli.output import Output
from doorbell_cli.target import EXPECTED

PER_SECOND = 10.0
MOST = 5_000
"""Deliveries that a plan counts: two calls for each hundred."""
JOB_ID = re.compile(r"[0-9a-f]{12}")


def ask(desk: Desk, request: Request) -> Response:
    """A call, then the form goes out. With `since` in the address also the plan: five calls, two for each
    further hundred missed deliveries, and a walk of the hours in which it was off."""
    now, key, asked = desk.clock(), _key(request), request.query_params
    replayer, job = Replayer(desk.target), None
    if "since" not in asked:
        desk.item(SUBSCRIPTION, *key)
    else:
        job = _job(replayer, key, asked, now, secrets.token_hex(6))
    return desk.pages.streamed(
        "replay.html",
        now,
        tenant=key[0],
        key=key,
        read=lambda: None if job is None else plan_view(job, replayer, plan_of, MOST),
        asked=asked,
        states=STATES,
        rate=PER_SECOND,
    )


def run(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """The first hundred are written before it answers, the others after it. The plan's own id: who sends the
    form twice begins one job."""
    key, job_id = _key(request), fields.get("job", "")
    if not JOB_ID.fullmatch(job_id):
        raise Refusal(422, "bad_form", "This form is not of a plan. Show the plan again.")
    replayer = Replayer(desk.target)
    job = _job(replayer, key, fields, desk.clock(), job_id)
    chosen = job.selection
    told = f"{' and '.join(chosen.states)} between {iso(chosen.since)} and {iso(chosen.until)}"
    label = f"subscription {'/'.join(key)}"
    desk.note(key[0], "replay", label, f"job {job_id}: {told}, {job.per_second:g} a second")
    steps = replayer.many(chosen).run(job)
    first = next(steps)
    if first.finished_at is None:
        behind(lambda: _go_on(replayer, steps))
    else:
        ring_replay_done(Output(), desk.target, first)
    return RedirectResponse(f"/jobs/{job_id}", 303)


def behind(work: Callable[[], None]) -> None:
    """While the console runs."""
    threading.Thread(target=work, daemon=True).start()


def _go_on(replayer: Replayer, steps: Iterator[ReplayJob]) -> None:
    """What ends it leaves the job interrupted, as its page says; `doorbell replay --resume` goes on."""
    with suppress(*EXPECTED):
        for done in steps:
            if done.finished_at is not None:
                ring_replay_done(Output(), replayer.target, done)


def _job(
    replayer: Replayer, key: tuple[str, str], given: Mapping[str, str], now: float, job_id: str
) -> ReplayJob:
    """Refuses (422) times and rates that are none."""
    since, until = period_of(given.get("since") or "7d", given.get("until") or "now", now)
    states = (given["state"],) if given.get("state") in STATES else STATES
    made = new_job(replayer, *key, since, until, states, rate_of(given.get("rate", "")), PER_SECOND)
    return replace(made, job_id=job_id)


def _key(request: Request) -> tuple[str, str]:
    return request.path_params["tenant"], request.path_params["name"]

"""A subscription's history: what became of its deliveries, narrowed by state, answer, type and time; and how
they were answered, by code."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.history import ENDED, Sought, status_problem
from doorbell.domain.log import DAY_SECONDS
from doorbell.runtime.admin import cursors
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.pages.query import period_of
from doorbell_cli.console.views.history import Answers, History
from doorbell_cli.console.views.history import answers as answers_of
from doorbell_cli.console.views.history import history as history_of
from doorbell_cli.ops.deliveries_by_state import keeps_delivered
from doorbell_cli.ops.places import place_in
from doorbell_cli.ops.reading import history

LIMIT = 50
MOST = 2_000
"""Deliveries that a page looks at: some 80 read units."""
COUNTED = 1_000
"""Deliveries whose answers are counted by code."""


def ended(desk: Desk, request: Request) -> Response:
    """Its head goes out before anything is asked; then nine Queries, now and then one more; narrowed,
    another for each hundred rows."""
    now, asked = desk.clock(), request.query_params
    tenant, name = key = (request.path_params["tenant"], request.path_params["name"])
    sought = _sought(request)
    start, end = period_of(asked.get("since") or "7d", asked.get("until") or "now", now)
    of, by = f"ended/{tenant}/{name}", sought.asked
    since, until, seen = place_in(of, asked.get("cursor"), start, end, by)
    rest = list[str | None]()

    def read() -> History:
        page = history(desk.target)(tenant, [name], since, until, sought, limit=LIMIT, most=MOST, seen=seen)
        rest.append(cursors.rest(of, since, page.until, page.seen, by))
        return history_of(page)

    def more() -> str | None:
        kept = {field: text for field, text in asked.items() if field != "cursor" and text}
        return None if rest[0] is None else urlencode({**kept, "cursor": rest[0]})

    return desk.pages.streamed(
        "history.html",
        now,
        tenant=tenant,
        key=key,
        asked=asked,
        states=ENDED,
        read=read,
        more=more,
        all_kept=keeps_delivered(desk.target),
    )


def by_answer(desk: Desk, request: Request) -> Response:
    """A part of a subscription's page, read after it. Its head goes out first; then nine Queries, and another
    for each hundred deliveries, a thousand at the most."""
    now = desk.clock()
    tenant, name = key = (request.path_params["tenant"], request.path_params["name"])

    def read() -> Answers:
        page = history(desk.target)(
            tenant, [name], now - DAY_SECONDS, now, Sought(), limit=COUNTED, most=COUNTED
        )
        return answers_of(page)

    return desk.pages.streamed(
        "answers.html", now, tenant=tenant, key=key, read=read, all_kept=keeps_delivered(desk.target)
    )


def _sought(request: Request) -> Sought:
    """Refuses (422) what is no state, and no status."""
    asked = request.query_params
    state, status = asked.get("state") or None, asked.get("status", "").strip() or None
    if state is not None and state not in ENDED:
        raise Refusal(422, "bad_state", f"state: must be one of {', '.join(ENDED)}")
    if status is not None and (problem := status_problem(status)) is not None:
        raise Refusal(422, "bad_status", f"status: {problem}")
    states = ENDED if state is None else (state,)
    return Sought(states, status, type_glob=asked.get("type", "").strip() or None)

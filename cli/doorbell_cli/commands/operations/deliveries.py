"""`doorbell deliveries`: by state, and the attempts of one delivery."""

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from doorbell.domain.errors import Refusal
from doorbell.domain.history import ENDED, Sought, status_problem
from doorbell.runtime.admin_api import delivery_json
from doorbell_cli.commands.operations.deliveries_ended import EndedIn, list_ended
from doorbell_cli.commands.operations.deliveries_lists import say_waiting
from doorbell_cli.commands.typed import refuse_typed
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.attempt_details import say_details, with_details
from doorbell_cli.ops.deliveries_by_state import waiting
from doorbell_cli.ops.event_ids import whole_event_id
from doorbell_cli.ops.reading import attempt_details, inspect
from doorbell_cli.ops.stories import say_delivery
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.target import StackOption, Target, connected

deliveries = typer.Typer(no_args_is_help=True, help="Deliveries: where events went.")


class ByState(StrEnum):
    WAITING = "waiting"
    FAILING = "failing"
    ENDED = "ended"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


MISSED = ("exhausted", "cancelled")
STATES: Mapping[ByState | None, tuple[str, ...]] = {
    ByState.ENDED: ENDED,
    ByState.DELIVERED: ("delivered",),
    ByState.EXHAUSTED: ("exhausted",),
    ByState.CANCELLED: ("cancelled",),
}


@deliveries.command("list")
def list_deliveries(
    context: typer.Context,
    state: Annotated[
        ByState | None,
        typer.Option(
            help="waiting: all that are pending; failing: those that failed before; ended: all others."
        ),
    ] = None,
    subscription: Annotated[
        list[str] | None, typer.Option(help="Only this one; can be repeated. Without: all of the tenant.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="The tenant.")] = DEFAULT,
    since: Annotated[
        str,
        typer.Option(help="Ended since: 1h, 2026-11-23, … All that wait are shown."),
    ] = "7d",
    until: Annotated[str, typer.Option(help="Ended before.")] = "now",
    status: Annotated[
        str | None, typer.Option(help="Ended, and the last attempt was answered so: 404, or 5xx.")
    ] = None,
    error: Annotated[
        str | None, typer.Option(help="Ended, and the last attempt had this error: timeout, dns_failed, …")
    ] = None,
    event_type: Annotated[
        str | None,
        typer.Option(
            "--type", metavar="GLOB", help="Ended, and the event is of this type: push, invoice.*, …"
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 50,
    cursor: Annotated[
        str | None,
        typer.Option(help="Ended: go on where a list has ended, with the same filters. It keeps its time."),
    ] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deliveries by their state, newest first; without --state what ended without success.

    Without --subscription the histories of all that the tenant has now are read. Where they are many, what
    that reads is said first. What ended before the stack kept histories is found if it ended without
    success, and not by --status, --error or --type.
    """
    out, named = Output(as_json), subscription or []
    start, end = period(since, until, time.time())
    details = (status, error, event_type)
    _check(state, status, details, cursor)
    if state in (ByState.WAITING, ByState.FAILING):
        refuse_typed(context, ["since", "until"], "Leave it out: all that wait are shown.")
    with connected(stack) as target:
        if state in (ByState.WAITING, ByState.FAILING):
            tried = state is ByState.FAILING
            rows, found = waiting(target, tenant, named, limit, tried=tried)
            say_waiting(out, rows, found, limit, tried=tried)
            _note_missing(out, target, tenant, named)
            return
        sought = Sought(STATES.get(state, MISSED), *details)
        list_ended(out, target, EndedIn(tenant, named, sought, limit, cursor), (start, end))
        _note_missing(out, target, tenant, named)


def _check(
    state: ByState | None, status: str | None, details: tuple[str | None, ...], cursor: str | None
) -> None:
    if cursor is not None and state in (ByState.WAITING, ByState.FAILING):
        raise typer.BadParameter("It goes on with lists of what ended.", param_hint="--cursor")
    if any(details) and state in (ByState.WAITING, ByState.FAILING):
        raise typer.BadParameter(
            "--status, --error and --type look among deliveries that ended. Leave them out, or use "
            "--state ended."
        )
    if status is not None and (problem := status_problem(status)) is not None:
        raise typer.BadParameter(problem, param_hint="--status")


def _note_missing(out: Output, target: Target, tenant: str, named: list[str]) -> None:
    for name in named:
        if SUBSCRIPTION.table(target).get(tenant, name) is None:
            out.note(
                f"There is no subscription {tenant}/{name} now. One that was deleted is listed under its id."
            )


@deliveries.command("show")
def show_delivery(
    event_id: Annotated[str, typer.Argument(help="evt_…, or the beginning of it.")],
    subscription: Annotated[str, typer.Argument(help="The subscription's id.")],
    tenant: Annotated[str, typer.Option(help="The tenant.")] = DEFAULT,
    details: Annotated[
        bool, typer.Option("--details", help="Headers, addresses and times of its attempts too.")
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """The timeline of one delivery and of its replays: every attempt, and what was answered.

    Details are kept of failed attempts, for seven days unless the stack's AttemptDetailDays says otherwise.
    """
    out = Output(as_json)
    with connected(stack) as target:
        story = inspect(target)(whole_event_id(target, event_id, tenant))
        found = [d for d in story.deliveries if d.key.subscription_id == subscription]
        if not found:
            raise Refusal(404, "unknown_delivery", f"{event_id} has no delivery to {subscription}.")
        kept = attempt_details(target).of(found[0].key.event_id, subscription) if details else []
    if as_json:
        shown = [delivery_json(delivery) for delivery in found]
        out.document([with_details(each, kept) for each in shown] if details else shown)
        return
    for delivery in found:
        say_delivery(out, delivery)
    if details:
        say_details(out, kept)

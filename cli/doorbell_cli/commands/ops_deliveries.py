"""`doorbell deliveries`: what a subscriber missed, and the attempts of one delivery."""

import time
from typing import Annotated, Any

import typer

from doorbell.domain.errors import Refusal
from doorbell.domain.log import Missed
from doorbell.domain.replays import Selection
from doorbell.runtime.admin_api import delivery_json, iso
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.limits import say_more, up_to
from doorbell_cli.ops.opened import Opened
from doorbell_cli.ops.stories import say_delivery
from doorbell_cli.ops.subscribed import subscription_ids
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output, clock
from doorbell_cli.target import StackOption, connected

deliveries = typer.Typer(no_args_is_help=True, help="Where it went.")


@deliveries.command("list")
def list_deliveries(
    failed: Annotated[
        bool, typer.Option("--failed/--exhausted-only", help="Exhausted and cancelled, or exhausted alone.")
    ] = True,
    subscription: Annotated[
        list[str] | None, typer.Option(help="Only this one; may be repeated. Without: all of the tenant.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="Whose.")] = DEFAULT,
    since: Annotated[str, typer.Option(help="Ended since: 1h, 2026-11-23, …")] = "7d",
    until: Annotated[str, typer.Option(help="Ended up to.")] = "now",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """What ended without success, by subscription, earliest first."""
    out = Output(as_json)
    states = ("exhausted", "cancelled") if failed else ("exhausted",)
    start, end = period(since, until, time.time())
    with connected(stack) as target:
        opened, chosen = Opened(target), subscription or subscription_ids(target, tenant)
        gone = [name for name in subscription or [] if SUBSCRIPTION.table(target).get(tenant, name) is None]
        selections = [Selection(tenant, name, start, end, states) for name in chosen]
        found = (row for selection in selections for row in opened.undelivered().missed(selection))
        rows, more = up_to(limit, found)
    out.rows(
        ["ended", "subscription", "event", "state", "reason"],
        [(clock(r.ended_at), _name(r), r.key.event_id, r.state, r.reason) for r in rows],
        document=[missed_json(row) for row in rows],
        empty="nothing failed",
    )
    for name in gone:
        out.note(
            f"there is no subscription {tenant}/{name} now; one that was deleted is found by the id it had"
        )
    if more:
        say_more(out, limit)


@deliveries.command("show")
def show_delivery(
    event_id: Annotated[str, typer.Argument(help="evt_…")],
    subscription: Annotated[str, typer.Argument(help="The subscription's id.")],
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """The timeline of one delivery and of its replays: every attempt, and what was answered."""
    out = Output(as_json)
    with connected(stack) as target:
        story = Opened(target).inspect()(event_id)
        found = [d for d in story.deliveries if d.key.subscription_id == subscription]
        if not found:
            raise Refusal(404, "unknown_delivery", f"{event_id} was not to go to {subscription}")
    if as_json:
        out.document([delivery_json(delivery) for delivery in found])
        return
    for delivery in found:
        say_delivery(out, delivery)


def missed_json(row: Missed) -> dict[str, Any]:
    return {
        "event_id": row.key.event_id,
        "subscription_id": row.key.subscription_id,
        "generation": row.key.generation,
        "state": row.state,
        "reason": row.reason,
        "ended_at": iso(row.ended_at),
    }


def _name(row: Missed) -> str:
    return row.key.subscription_id + (f" (replay {row.key.generation})" if row.key.generation else "")

"""`doorbell deliveries list`, of those that have ended: where they are looked for, where a list goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

import typer

from doorbell.domain.history import Sought
from doorbell.domain.replays import Selection
from doorbell.runtime.admin import cursors
from doorbell.usecases.history import ended_in, name_of
from doorbell_cli.commands.operations.deliveries_lists import say_delivered, say_ended, say_history
from doorbell_cli.ops.deliveries_by_state import Ended, delivered, ended, in_history, keeps_delivered
from doorbell_cli.ops.places import place_in, price_of, say_cursor
from doorbell_cli.ops.subscribed import subscription_ids
from doorbell_cli.output import Output
from doorbell_cli.target import Target

MANY = 20
"""Subscriptions whose histories are asked without a word."""
UNITS_EACH = 4.5
"""Read units of the nine Queries of a subscription, at least."""


@dataclass(frozen=True, slots=True)
class EndedIn:
    """`named`: of these subscriptions; none: of all of the tenant."""

    tenant: str
    named: Sequence[str]
    sought: Sought
    limit: int
    cursor: str | None

    @property
    def has_details(self) -> bool:
        return any((self.sought.status, self.sought.error, self.sought.type_glob))


def list_ended(out: Output, target: Target, asked: EndedIn, period: tuple[float, float]) -> None:
    tenant, sought, limit = asked.tenant, asked.sought, asked.limit
    of, by = ended_in(tenant, asked.named, sought)
    since, until, seen = place_in(of, asked.cursor, *period, by)
    names = list(asked.named) or subscription_ids(target, tenant)
    if sought.states == ("delivered",) and not asked.has_details and not keeps_delivered(target):
        if asked.cursor is not None:
            raise typer.BadParameter(
                "This stack keeps no histories of what was delivered. Use --until.", param_hint="--cursor"
            )
        say_delivered(out, *delivered(target, tenant, names, since, until, limit), limit)
    elif asked.has_details or "delivered" in sought.states or asked.cursor is not None:
        _say_cost(out, len(names))
        rows, page = in_history(target, tenant, names, (since, until, seen), sought, limit)
        say_history(out, rows, page, limit, sought.states)
        say_cursor(out, cursors.rest(of, since, page.until, page.seen, by))
    else:
        selections = [Selection(tenant, name, since, until, sought.states) for name in names]
        rows, more = ended(target, selections, limit)
        say_ended(out, rows, more, limit)
        say_cursor(out, cursors.rest(of, since, *_place(rows), by) if more else None)


def _say_cost(out: Output, histories: int) -> None:
    """Before it begins, on stderr."""
    if histories > MANY:
        units = histories * UNITS_EACH
        out.note(
            f"Reads the histories of {histories:,} subscriptions: {price_of(units)} for each page. "
            "To read fewer, name some with --subscription."
        )


def _place(rows: Sequence[Ended]) -> tuple[float | None, tuple[str, ...]]:
    last = rows[-1].row.ended_at
    return last, tuple(name_of(one.row.key) for one in rows if one.row.ended_at == last)

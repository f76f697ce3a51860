"""`doorbell cost --compare`: the estimate beside last month's bill."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from doorbell_cli.commands.configuration.items import confirmed
from doorbell_cli.ops.billed import REQUEST_USD, REQUESTS, TAG, Billed, NotTold, last_month
from doorbell_cli.ops.billed_beside import Compared
from doorbell_cli.output import Exit, Output, fail
from doorbell_cli.target import Target


def billed(target: Target, yes: bool) -> Billed:
    """Says the price, asks, and reads; or ends the command."""
    if target.local:
        fail("The local stack has no bill. Name a deployed one with --stack NAME.", Exit.USAGE)
    most = REQUESTS * REQUEST_USD
    confirmed(f"Cost Explorer charges {REQUEST_USD} USD a page, at most {most:.2f} USD here. Ask it?", yes)
    try:
        return last_month(target.client("ce"), target.name, datetime.now(UTC).date())
    except NotTold as error:
        fail(str(error), Exit.AWS)


def document(found: Billed, rows: Sequence[Compared]) -> dict[str, Any]:
    return {
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        "tag": TAG,
        "services": [asdict(row) for row in rows],
        "stack_usd": round(sum(found.stack.values()), 2),
        "account_usd": round(sum(found.account.values()), 2),
        "requests": found.requests,
        "is_whole": found.is_whole,
        "is_final": found.is_final,
        "advice": found.advice() or None,
    }


def say(out: Output, found: Billed, rows: Sequence[Compared]) -> None:
    cells = [(row.service, _usd(row.estimated), _usd(row.stack), _usd(row.account)) for row in rows]
    estimated, account = sum(row.estimated for row in rows), sum(found.account.values())
    cells.append(("total", _usd(estimated), _usd(sum(found.stack.values())), _usd(account)))
    if not out.as_json:
        out.rows(["service", "estimated", "billed: this stack", "billed: all"], cells, document=None)
    days = (found.end - found.start).days
    out.say(
        f"Billed: {found.start} to {found.end}, {days} days, without credits, refunds and tax, in "
        f"{found.requests} request(s) of {REQUEST_USD} USD. The estimate is of 30 days and of list prices, "
        "without free tiers. What AWS does not tag is in the last column alone."
    )
    if found.advice():
        out.note(found.advice())
    if not found.is_final:
        out.note("AWS has not closed that month: the numbers may still change.")
    if not found.is_whole:
        out.note(f"The bill has more than {REQUESTS} pages. What was not read is in no sum.")


def _usd(value: float) -> str:
    return f"{value:,.2f}"

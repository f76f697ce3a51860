"""`doorbell events list`: what a search costs, where it goes on, and how both are told."""

import time

from doorbell.runtime.admin import cursors
from doorbell.store.deliveries.delivery_states import DeliveryStateTable
from doorbell.usecases.search import Search, SearchPage, Wanted
from doorbell_cli.ops.limits import say_more
from doorbell_cli.ops.reading import event_log, show_body
from doorbell_cli.ops.times import kept
from doorbell_cli.output import Output, clock
from doorbell_cli.target import Target

type Place = tuple[float, float, tuple[str, ...]]
"""Since, until, and what of `until` was seen."""

ROWS, OPENED = 100_000, 10_000
"""How many events a search looks at unless told otherwise: in the log alone, and one by one."""
LOG_UNITS, UNITS_FOR_4_KIB = 0.5 / 16, 0.5


def search(target: Target) -> Search:
    states = DeliveryStateTable(target.client("dynamodb"), target.table("Events"))
    return Search(event_log(target), states, show_body(target))


def most_looked_at(wanted: Wanted, told: int | None) -> int:
    return told or (OPENED if wanted.opens_events else ROWS)


def say_cost(out: Output, wanted: Wanted, most: int) -> None:
    """Before it begins, on stderr; a list of everything reads what it shows."""
    if wanted.is_all:
        return
    from doorbell_cli.ops.counted import prices  # the use cases behind it: slow to import

    unit = prices()["usd"]["read_unit"]
    each = LOG_UNITS + UNITS_FOR_4_KIB * ((wanted.state is not None) + bool(wanted.words))
    cents = most * each * unit["price"] / unit["per"] * 100
    size = ", if each is no more than 4 KiB" if wanted.opens_events else ""
    out.note(f"Reads at most {most:,} events: {_cents(cents)}{size}.")


def place_of(tenant: str, cursor: str | None, start: float, end: float) -> Place:
    """Where to begin: the cursor's own time goes before `start` and `end`. Refuses (422) what is no cursor of
    this tenant's events."""
    place = cursors.decode(_list_of(tenant), cursor, since=float, until=float, seen=list)
    if place is None:
        return start, end, ()
    if place["until"] < place["since"]:
        raise cursors.refused()
    since, until = kept(place["since"], place["until"], time.time())
    return since, until, tuple(map(str, place["seen"]))


def say_rest(out: Output, tenant: str, since: float, wanted: Wanted, page: SearchPage, limit: int) -> None:
    """Beside the rows, on stderr."""
    if page.unread:
        out.note(f"{page.unread:,} bodies were not searched: they are longer than 1 MiB, or gone.")
    if page.until is None:
        return
    if len(page.rows) >= limit and wanted.is_all:
        say_more(out, limit)
    else:
        out.note(f"Looked at {page.looked:,} events, back to {clock(page.until)}. There may be more.")
    place = {"since": since, "until": page.until, "seen": list(page.seen)}
    out.note(f"To go on, repeat the command with --cursor {cursors.encode(_list_of(tenant), place)}")


def _list_of(tenant: str) -> str:
    """As the admin API names it: a cursor of one serves the other."""
    return f"events/{tenant}"


def _cents(cents: float) -> str:
    return "less than 0.1 cents" if cents < 0.1 else f"{cents:.1f} cents"

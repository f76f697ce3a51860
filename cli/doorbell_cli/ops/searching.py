"""`doorbell events list`: what a search costs, where it goes on, and how both are told."""

from doorbell.runtime.admin import cursors
from doorbell.store.deliveries.delivery_states import DeliveryStateTable
from doorbell.usecases.search import Search, SearchPage, Wanted
from doorbell_cli.ops.limits import say_more
from doorbell_cli.ops.places import Place, place_in, price_of, say_cursor
from doorbell_cli.ops.reading import event_log, show_body
from doorbell_cli.output import Output, clock
from doorbell_cli.target import Target

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
    each = LOG_UNITS + UNITS_FOR_4_KIB * ((wanted.state is not None) + bool(wanted.words))
    size = ", if each is no more than 4 KiB" if wanted.opens_events else ""
    out.note(f"Reads at most {most:,} events: {price_of(most * each)}{size}.")


def place_of(tenant: str, cursor: str | None, start: float, end: float, by: cursors.Filters) -> Place:
    """Where to begin: the cursor's own time goes before `start` and `end`. Refuses (422) what is no cursor of
    this tenant's events, narrowed `by` these."""
    return place_in(list_of(tenant), cursor, start, end, by)


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
    say_cursor(out, cursors.rest(list_of(tenant), since, page.until, page.seen, wanted.asked))


def list_of(tenant: str) -> str:
    """As the admin API names it: a cursor of one serves the other."""
    return f"events/{tenant}"

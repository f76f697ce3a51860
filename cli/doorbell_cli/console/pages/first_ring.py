"""A new source waits for its first ring: whether it came, or what was wrong with it."""

from collections.abc import Callable, Iterable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.rollups import ACCEPTED
from doorbell.signatures.catalogue import find
from doorbell.store.configuration.config_tables import Stored
from doorbell_cli.configuration import SOURCE
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.views.first_ring import Ring, first_ring
from doorbell_cli.ops.counts import source_holder, stats_of
from doorbell_cli.ops.refusals import refused_requests
from doorbell_cli.ops.spelled import spelled


def waiting(desk: Desk, request: Request) -> Response:
    """Three calls. What was wrong, in words, is read by the page's script, or one link further."""
    now, name = desk.clock(), request.path_params["name"]
    stored = desk.item(SOURCE, name)
    entry = find(str(stored.values.get("provider", "")))
    holder = source_holder(stored.values)
    sound = not desk.problems(SOURCE, stored.values)
    table = desk.target.table(SOURCE.output)
    return desk.pages.page(
        "first_ring.html",
        now,
        tenant=holder.tenant_id,
        name=name,
        url=f"{desk.target.api_url}/in/{name}",
        entry=entry,
        ring=look(desk, name, stored),
        same=spelled(SOURCE, stored.values, table) if sound else None,
    )


def look(desk: Desk, name: str, stored: Stored) -> Ring:
    """Two Queries: what was counted, and what was refused, since the source is there, of the last day."""
    now, holder = desk.clock(), source_holder(stored.values)
    made_at = stored.values.get("created_at")
    since = max(float(made_at) if isinstance(made_at, int) else 0.0, now - DAY_SECONDS)
    accepted = stats_of(desk.target).whole(holder, since, now)[ACCEPTED]
    newest = refused_requests(desk.target).page(name, None, 1).rows
    return first_ring(name, holder.tenant_id, accepted, [row for row in newest if row.at >= since])


def changes(desk: Desk, name: str) -> Callable[[], Iterable[object]]:
    """Each look says what is new: it rang, or it was refused and why. Words cost a few calls more, once for
    each refused request. Refuses (404) a source that is not there."""
    stored, told = desk.item(SOURCE, name), set[str]()

    def next_look() -> Iterable[object]:
        ring = look(desk, name, stored)
        if ring.state == "waiting" or ring.refused_id in told:
            return []
        words = ring.words
        if ring.state == "refused":
            told.add(ring.refused_id)
            words = refused_requests(desk.target).explain(name, ring.refused_id).words
        return [{**asdict(ring), "words": list(words)}]

    return next_look

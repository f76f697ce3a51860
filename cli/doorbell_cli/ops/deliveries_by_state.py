"""A tenant's deliveries by their state, newest first, each list with an end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import batched, islice

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.health import Health
from doorbell.domain.history import EndedRow, Sought
from doorbell.domain.log import Missed
from doorbell.domain.replays import Selection, next_key
from doorbell.domain.standing import Pending
from doorbell.domain.subscriptions import scoped
from doorbell.store.dynamodb.batch_get import GET_BATCH
from doorbell.store.health.reads import HealthReads
from doorbell.usecases.history import HistoryPage
from doorbell_cli.ops.limits import up_to
from doorbell_cli.ops.places import Place
from doorbell_cli.ops.reading import deliveries_by_key, event_log, history, pending_walk, undelivered
from doorbell_cli.target import Target

EVENTS = 500
"""Of the newest, whose deliveries are looked for where a stack keeps no delivered ones in its histories."""
ROWS = 20_000
"""Of histories, that are looked at at most: some 800 read units."""


@dataclass(frozen=True, slots=True)
class Ended:
    """`delivery` None: it has expired. `replay`: the one after it, if there is one."""

    row: Missed | EndedRow
    delivery: Delivery | None
    replay: Delivery | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """`health`: of its endpoint."""

    delivery: Delivery
    health: Health


def ended(target: Target, selections: Sequence[Selection], limit: int) -> tuple[list[Ended], bool]:
    """Exhausted and cancelled ones, and whether there are more."""
    index = undelivered(target)
    each = (index.missed(selection, newest_first=True) for selection in selections)
    rows, more = up_to(limit, merge(*each, key=lambda row: row.ended_at, reverse=True))
    return _with_deliveries(target, rows), more


def in_history(
    target: Target, tenant: str, names: Sequence[str], place: Place, sought: Sought, limit: int
) -> tuple[list[Ended], HistoryPage]:
    """What ended in that time, delivered ones too, newest first, and how far was looked."""
    since, until, seen = place
    page = history(target)(tenant, names, since, until, sought, limit=limit, most=ROWS, seen=seen)
    return _with_deliveries(target, page.rows), page


def keeps_delivered(target: Target) -> bool:
    """Whether they stand in the histories. A stack that does not say is older than they are."""
    return target.parameters.get("History", "undelivered") == "all"


def _with_deliveries(target: Target, rows: Sequence[Missed | EndedRow]) -> list[Ended]:
    known = deliveries_by_key(target).by_key([key for row in rows for key in (row.key, next_key(row))])
    return [Ended(row, known.get(row.key), known.get(next_key(row))) for row in rows]


def waiting(
    target: Target, tenant: str, names: Sequence[str], limit: int, *, tried: bool
) -> tuple[list[Waiting], Pending]:
    """Pending ones, of `names` or (without) of the whole tenant, and how far was looked; with `tried` those
    alone that have failed before. Newest attempt first, or newest made."""
    pending = pending_walk(target).pending(tenant, names[0] if len(names) == 1 else None)
    chosen = [row for row in pending.rows if not names or row.key.subscription_id in names]
    found = Pending(
        [row for row in chosen if row.attempts_made or not tried], pending.looked_at, pending.more
    )
    read = deliveries_by_key(target).by_key([row.key for row in found.telling(limit)]).values()
    still = [one for one in read if not one.state.terminal]
    healths = _healths(target, still)
    rows = [Waiting(one, healths.get(_endpoint(one), Health())) for one in sorted(still, key=_newest)]
    return rows, found


def delivered(
    target: Target, tenant: str, names: Iterable[str], since: float, until: float, limit: int
) -> tuple[list[Delivery], bool]:
    """First deliveries of events recorded then, newest event first, where no history has them: those of the
    newest `EVENTS` events are looked for. Whether there may be more."""
    log = event_log(target).between(tenant, since, until, newest_first=True, first=EVENTS + 1)
    newest = list(islice(log, EVENTS + 1))
    keys = [DeliveryKey(row.event_id, name) for row in newest[:EVENTS] for name in names]
    rows, more = up_to(limit, _delivered(target, keys))
    return rows, more or len(newest) > EVENTS


def _delivered(target: Target, keys: Sequence[DeliveryKey]) -> Iterator[Delivery]:
    reads = deliveries_by_key(target)
    for batch in batched(keys, GET_BATCH, strict=False):
        found = reads.by_key(batch)
        yield from (found[key] for key in batch if key in found and found[key].state is State.DELIVERED)


def _healths(target: Target, deliveries: Iterable[Delivery]) -> Mapping[str, Health]:
    reads = HealthReads(target.client("dynamodb"), target.table("Endpoints"))
    return reads.healths([_endpoint(one) for one in deliveries])


def _endpoint(delivery: Delivery) -> str:
    return scoped(delivery.tenant_id, delivery.key.subscription_id)


def _newest(delivery: Delivery) -> float:
    return -(delivery.attempts[-1].at if delivery.attempts else delivery.created_at)

"""When a source's last event was accepted: a part of its page, read after it."""

from dataclasses import dataclass
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.rollups import ACCEPTED, BUCKET_SECONDS, Holder
from doorbell.usecases.stats import Step
from doorbell_cli.configuration import SOURCE
from doorbell_cli.console.desk import Desk
from doorbell_cli.ops.counts import source_holder, stats_of
from doorbell_cli.ops.reading import event_log

DAYS = 14
"""For which counts are kept."""
LATE_SECONDS = 900.0
"""After it came in, an event is looked for on record."""
LOOKED_AT = 2_000
"""Events of the tenant."""


@dataclass(frozen=True, slots=True)
class Last:
    """`at`: when its event was recorded; where `event_id` is "" the beginning of the five minutes in which it
    came. Epoch seconds."""

    at: float
    event_id: str


def accepted(desk: Desk, request: Request) -> Response:
    """A call, then its head goes out. Then a Query for each of four keys, four more where nothing came in the
    last day; and six of the log of the few minutes in which it came."""
    now, name = desk.clock(), request.path_params["name"]
    holder = source_holder(desk.item(SOURCE, name).values)
    return desk.pages.streamed(
        "last_ring.html",
        now,
        tenant=holder.tenant_id,
        name=name,
        days=DAYS,
        read=lambda: _last(desk, holder, now),
    )


def _last(desk: Desk, holder: Holder, now: float) -> Last | None:
    bucket = _bucket(desk, holder, now - DAY_SECONDS, now)
    if bucket is None:
        bucket = _bucket(desk, holder, now - DAYS * DAY_SECONDS, now - DAY_SECONDS)
    if bucket is None:
        return None
    end = bucket + BUCKET_SECONDS + LATE_SECONDS
    log = event_log(desk.target).between(holder.tenant_id, bucket, end, newest_first=True)
    mine = (row for row in islice(log, LOOKED_AT) if row.source_id == holder.name)
    found = next(mine, None)
    return Last(bucket, "") if found is None else Last(found.created_at, found.event_id)


def _bucket(desk: Desk, holder: Holder, since: float, until: float) -> float | None:
    """The beginning of the newest five minutes in which it took anything in."""
    count = int((until - since) / BUCKET_SECONDS) + 2
    rows = stats_of(desk.target).page(holder, since, until, Step.BUCKET, count).rows
    return next((row.at for row in rows if row[ACCEPTED]), None)

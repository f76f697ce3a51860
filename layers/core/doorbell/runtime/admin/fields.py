"""Path and query parameters of the admin API."""

from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from doorbell.domain.errors import Refusal
from doorbell.domain.sources import ID

MAX_PAGE = 500
DAY_SECONDS = 86_400.0

_ID = f"^{ID.pattern}$"

TenantId = Annotated[str, Path(pattern=_ID)]
SourceId = Annotated[str, Path(pattern=_ID)]
SubscriptionId = Annotated[str, Path(pattern=_ID)]
EventId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.\-]{1,128}$")]
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{8,64}$")]
EventTypeName = Annotated[
    str,
    Path(pattern=r"^([A-Za-z0-9_.:\-]|~1){1,128}$", description="A slash in the type is written ~1"),
]

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most entries in a page")]
Cursor = Annotated[str | None, Query(max_length=4096, description="`next_cursor` of the page before; opaque")]
TypeGlob = Annotated[
    str | None,
    Query(
        alias="type", min_length=1, max_length=128, description="Only these types, a glob: push, invoice.*"
    ),
]


def _written(value: object) -> object:
    """A number is no time: pydantic would count seconds, and `20261130` were a day of 1970."""
    if isinstance(value, str) and "-" in value.strip()[1:]:
        return value
    raise PydanticCustomError("datetime_written", "no time as RFC 3339 has it")


Instant = Annotated[datetime, BeforeValidator(_written)]
Moment = Annotated[Instant | None, Query(description="RFC 3339; without a zone it is UTC")]


def time_range(
    since: datetime | None, until: datetime | None, *, now: float, default: float, oldest: float
) -> tuple[float, float]:
    """[since, until] in epoch seconds; the last `default` seconds unless said otherwise, and nothing from
    before `oldest`, where nothing can be kept. Refuses (422) a range that ends before it begins."""
    end = now if until is None else min(epoch(until), now)
    start = end - default if since is None else epoch(since)
    if start > end:
        raise Refusal(422, "time_range", "since is after until")
    return max(start, oldest), max(end, oldest)


def epoch(moment: datetime) -> float:
    """Epoch seconds. Refuses (422) what no clock shows."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    try:
        return aware.timestamp()
    except OverflowError as error:  # year 1 or 9999 with an offset that leaves them
        raise Refusal(422, "time_range", "a time that no clock shows") from error

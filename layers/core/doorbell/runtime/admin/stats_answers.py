"""What the admin API answers of counts. Times are RFC 3339 in UTC."""

from pydantic import BaseModel


class SourceCounts(BaseModel):
    """From `at` on. `refused`: by the code that was answered; at least so many."""

    at: str
    accepted: int
    duplicates: int
    refused: dict[str, int]


class Percentiles(BaseModel):
    """In milliseconds. Each is the upper bound of the bucket that it lies in: the true value is at most that,
    and more than seven tenths of it. None: nothing was measured."""

    p50: int | None
    p95: int | None
    p99: int | None


class SubscriptionCounts(BaseModel):
    """From `at` on. `failed`: attempts, by class (`5xx`, `timeout`, …). `held`: by reason, once for each time
    that a delivery was. `answer_ms`: how long the subscriber took to answer, whatever it answered."""

    at: str
    delivered: int
    failed: dict[str, int]
    exhausted: int
    cancelled: int
    held: dict[str, int]
    ingest_to_delivery_ms: Percentiles
    answer_ms: Percentiles


class SourceStats(BaseModel):
    stats: list[SourceCounts]
    next_cursor: str | None


class SubscriptionStats(BaseModel):
    stats: list[SubscriptionCounts]
    next_cursor: str | None

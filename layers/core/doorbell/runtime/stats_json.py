"""Counts as JSON, the same over HTTP and from the CLI."""

from typing import Any

from doorbell.domain.rollups import (
    ACCEPTED,
    ANSWER,
    CANCELLED,
    DELIVERED,
    DUPLICATES,
    EXHAUSTED,
    FAILED,
    HELD,
    LATENCY,
    REFUSED,
)
from doorbell.domain.summaries import Rollup
from doorbell.runtime.admin_api import iso


def source_stats_json(rollup: Rollup) -> dict[str, Any]:
    return {
        "at": iso(rollup.at),
        "accepted": rollup[ACCEPTED],
        "duplicates": rollup[DUPLICATES],
        "refused": rollup.by(REFUSED),
    }


def subscription_stats_json(rollup: Rollup) -> dict[str, Any]:
    return {
        "at": iso(rollup.at),
        "delivered": rollup[DELIVERED],
        "failed": rollup.by(FAILED),
        "exhausted": rollup[EXHAUSTED],
        "cancelled": rollup[CANCELLED],
        "held": rollup.by(HELD),
        "ingest_to_delivery_ms": _percentiles(rollup, LATENCY),
        "answer_ms": _percentiles(rollup, ANSWER),
    }


def _percentiles(rollup: Rollup, scale: str) -> dict[str, int | None]:
    return {f"p{percent}": ms for percent, ms in rollup.percentiles_ms(scale).items()}

"""Counts of a target: what happened, and who was refused in the last hour."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
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
    Holder,
    Kind,
)
from doorbell.domain.summaries import Rollup
from doorbell.store.bodies import BodyBucket
from doorbell.store.refused.refused_table import RefusedTable
from doorbell.store.rollups.rollup_reads import RollupReads
from doorbell.usecases.stats import LAST_SECONDS, Stats
from doorbell_cli.configuration import DEFAULT_TENANT
from doorbell_cli.target import Target

type Refused = Mapping[str, int]
"""How many by reason, the most frequent first; at least so many."""


def stats_of(target: Target) -> Stats:
    return Stats(RollupReads(target.client("dynamodb"), target.table("Rollups")), time.time)


def source_holder(values: Mapping[str, Any]) -> Holder:
    """Of a source's item, which may be broken."""
    tenant_id, source_id = values.get("tenant_id", DEFAULT_TENANT), values.get("source_id", "")
    return Holder(Kind.SOURCE, str(tenant_id), str(source_id))


def refused_of(target: Target, sources: Sequence[Mapping[str, Any]]) -> list[Refused]:
    """Of each source in the last hour; a call for each seven. Nothing in a stack of before there were
    counts."""
    if not sources or "RollupsTableName" not in target.outputs:
        return [{}] * len(sources)
    holders = [source_holder(values) for values in sources]
    found = stats_of(target).refused(list(dict.fromkeys(holders)))
    return [found[holder] for holder in holders]


def with_kept(target: Target, values: Mapping[str, Any], refused: Refused) -> Refused:
    """The same, of one source, with what is kept of its refused requests, where that says of more: a few are
    all kept at once, and counted only with the next one a minute later. One Query."""
    if "RefusedTableName" not in target.outputs:
        return refused
    now = time.time()
    bodies = BodyBucket(lambda: target.client("s3"), target.outputs.get("BodiesBucketName", ""))
    table = RefusedTable(target.client("dynamodb"), target.table("Refused"), bodies)
    rows = table.all(str(values["source_id"]), now)
    tenant_id = source_holder(values).tenant_id
    mine = [row for row in rows if row.tenant_id == tenant_id and row.at >= now - LAST_SECONDS]
    kept = Counter(row.code for row in mine)
    most = {code: max(refused.get(code, 0), kept[code]) for code in {*refused, *kept}}
    return dict(sorted(most.items(), key=lambda one: (-one[1], one[0])))


def in_words(counts: Mapping[str, int]) -> str:
    """`12: 8 timeout, 4 5xx`; "0" where there is none."""
    total = f"{sum(counts.values()):,}"
    return f"{total}: " + ", ".join(f"{n:,} {name}" for name, n in counts.items()) if counts else "0"


def refused_in_words(refused: Refused) -> str:
    """`at least 12: 12 signature_mismatch`; "" where there is none."""
    return f"at least {in_words(refused)}" if refused else ""


def source_fields(row: Rollup) -> Mapping[str, str]:
    counts = {name: f"{row[name]:,}" for name in (ACCEPTED, DUPLICATES)}
    return {**counts, "refused": in_words(row.by(REFUSED))}


def subscription_fields(row: Rollup) -> Mapping[str, str]:
    return {
        "delivered": f"{row[DELIVERED]:,}",
        "failed attempts": in_words(row.by(FAILED)),
        **{name: f"{row[name]:,}" for name in (EXHAUSTED, CANCELLED)},
        "held back": in_words(row.by(HELD)),
        "ingest to delivery": percentiles(row, LATENCY),
        "its own answer": percentiles(row, ANSWER),
    }


def percentiles(row: Rollup, scale: str) -> str:
    """`p50 64 ms, p95 1.4 s, p99 1.4 s`; "-" where nothing was timed."""
    found = row.percentiles_ms(scale)
    if None in found.values():
        return "-"
    return ", ".join(f"p{percent} {duration(ms)}" for percent, ms in found.items())


def duration(milliseconds: int | None) -> str:
    """For people: `64 ms`, `1.4 s`, `12 min`, `2.3 h`."""
    if milliseconds is None:
        return "-"
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    value = milliseconds / 1000
    for unit, size in (("s", 60.0), ("min", 60.0), ("h", 48.0)):
        if value < size:
            return f"{value:.3g} {unit}"
        value /= size if unit != "h" else 24.0
    return f"{value:.3g} d"

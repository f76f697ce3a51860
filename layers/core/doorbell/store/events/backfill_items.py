"""Back-fill in the Events table. Key `event_id = "backfill#<source_id>"`:

- `sk = "progress"`: where the source's passes are. With a schedule it stands in the due index, in a partition
  of its own (`due_shard = "backfill"`), which no sweeper asks; who looks for pending deliveries there looks
  by `tenant_id`, which it has not. About 300 bytes; a pass writes it twice, and once for each page. In the
  event log's index it is in a partition of its own too: `#backfill#<tenant>`.
- `sk = "asked#<delivery key>"`: an event that was asked for. About 300 bytes, kept for a month; one write for
  each time it is asked for, and one when it is settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doorbell.domain.backfill import TRIED_KEPT_SECONDS, Progress, Stage, Tried
from doorbell.domain.sources import Source
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE

DUE_SHARD = "backfill"
PREFIX, PROGRESS_SK, ASKED_PREFIX = "backfill#", "progress", "asked#"


def backfills_partition(tenant_id: str) -> str:
    return f"#backfill#{tenant_id}"


def backfill_key(source_id: str, sk: str = PROGRESS_SK) -> dict[str, Any]:
    return {"event_id": f"{PREFIX}{source_id}", "sk": sk}


def progress_values(progress: Progress) -> dict[str, Any]:
    return {
        **backfill_key(progress.source_id),
        "tenant": progress.tenant_id,
        "done_until": progress.done_until,
        "began": progress.began,
        "since": progress.since,
        "cursor": progress.cursor,
        "failures": progress.failures or None,
        "problem": progress.problem or None,
        "version": progress.version,
        "tenant_day": backfills_partition(progress.tenant_id),
        "created_at": progress.done_until,
        "due_shard": None if progress.due_at is None else DUE_SHARD,
        "due_at": progress.due_at,
    }


def progress_from(values: Mapping[str, Any]) -> Progress:
    return Progress(
        source_id=values["event_id"].removeprefix(PREFIX),
        tenant_id=values["tenant"],
        done_until=values["done_until"],
        began=values["began"],
        since=values["since"],
        cursor=values.get("cursor"),
        due_at=values.get("due_at"),
        failures=values.get("failures", 0),
        problem=values.get("problem", ""),
        version=values["version"],
    )


def tried_values(source: Source, tried: Tried) -> dict[str, Any]:
    return {
        **backfill_key(source.source_id, f"{ASKED_PREFIX}{tried.key}"),
        "tenant_id": source.tenant_id,
        "id": tried.event_id,
        "type": tried.event_type,
        "at": tried.at,
        "asked": tried.asked,
        "asked_at": tried.asked_at,
        "stage": tried.stage.value,
        "why": tried.why or None,
        TTL_ATTRIBUTE: int(tried.asked_at) + TRIED_KEPT_SECONDS,
    }


def tried_from(values: Mapping[str, Any], source: Source) -> Tried | None:
    if values["tenant_id"] != source.tenant_id:
        return None
    key = values["sk"].removeprefix(ASKED_PREFIX)
    return Tried(
        key=key,
        event_id=values["id"],
        event_type=values["type"],
        at=values["at"],
        asked=values["asked"],
        asked_at=values["asked_at"],
        stage=Stage(values["stage"]),
        why=values.get("why", ""),
    )

"""The items of the Events table and back: keys, attributes, sizes.

- `sk = "event"`: one event: who and what, `headers`, `body` (gzip) or `body_key`, `routing` (gzip JSON of
  the first page), `tenant_day` and `created_at` (index by_tenant).
- `sk = "routing#00001"`…: further pages of the routing record.
- `sk = "delivery#<subscription_id>"`, its replays `…#0001` and on: a delivery; see `delivery_items`.

Size of an event: about 1 KiB and the headers and body, gzip. Key `event_id`, so one Query shows the story.
"""

import gzip
import json
import zlib
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.store.tables import TTL_ATTRIBUTE

EVENT_SK = "event"
ROUTING_PREFIX = "routing#"
LOG_SHARDS = 4
"""Keys that a tenant's events of one day are spread over: each takes 1,000 writes a second.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""
GZIP_FRAME = 16 + zlib.MAX_WBITS
"""zlib's word for it: a gzip header before the data, its checksum after."""


def event_key(event_id: str) -> dict[str, Any]:
    return {"event_id": event_id, "sk": EVENT_SK}


def routing_key(event_id: str, number: int) -> dict[str, Any]:
    return {"event_id": event_id, "sk": f"{ROUTING_PREFIX}{number:05d}"}


def tenant_day(tenant_id: str, at: float, event_id: str) -> str:
    """Partition of the event log: one of `tenant_day_shards`, by hash."""
    return tenant_day_shards(tenant_id, at)[crc32(event_id.encode()) % LOG_SHARDS]


def tenant_day_shards(tenant_id: str, at: float) -> tuple[str, ...]:
    """All partitions of one tenant's one UTC day; the first bears no number."""
    day = f"{tenant_id}#{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    return (day, *(f"{day}#{shard}" for shard in range(1, LOG_SHARDS)))


def event_values(event: StoredEvent) -> dict[str, Any]:
    incoming = event.incoming
    body = incoming.body
    return {
        **event_key(event.event_id),
        "base_id": incoming.event_id,
        "generation": event.generation,
        "ingest_id": incoming.ingest_id,
        "tenant_id": incoming.tenant_id,
        "source_id": incoming.source_id,
        "provider": incoming.provider,
        "event_type": incoming.event_type,
        "received_at": incoming.received_at,
        "dedupe_window_seconds": incoming.dedupe_window_seconds,
        "dedupe_until": event.dedupe_until,
        "created_at": event.created_at,
        "tenant_day": tenant_day(incoming.tenant_id, event.created_at, event.event_id),
        "content_type": incoming.content_type,
        "headers": dict(incoming.headers),
        "body_size": body.size,
        "body": None if body.inline is None else gzip.compress(body.inline, 6, mtime=0),
        "body_key": body.key,
        "routing": pack_routing(event.routing),
        TTL_ATTRIBUTE: event.expires_at,
    }


def event_from(values: dict[str, Any], *, with_routing: bool = True) -> StoredEvent:
    """Without its routing it is told as unrouted: a page of a thousand matches takes longer to read than all
    else of the event."""
    packed = values.get("body")
    return StoredEvent(
        event_id=values["event_id"],
        generation=values["generation"],
        created_at=values["created_at"],
        dedupe_until=values["dedupe_until"],
        expires_at=values[TTL_ATTRIBUTE],
        routing=unpack_routing(values["routing"]) if with_routing else RoutingPage(),
        incoming=Incoming(
            ingest_id=values["ingest_id"],
            event_id=values["base_id"],
            tenant_id=values["tenant_id"],
            source_id=values["source_id"],
            provider=values["provider"],
            event_type=values["event_type"],
            dedupe_window_seconds=values["dedupe_window_seconds"],
            received_at=values["received_at"],
            content_type=values["content_type"],
            headers=values["headers"],
            body=BodyAt(
                size=values["body_size"],
                inline=None if packed is None else _unpacked(packed),
                key=values.get("body_key"),
            ),
        ),
    )


def pack_routing(page: RoutingPage) -> bytes:
    return gzip.compress(json.dumps(page.to_json(), separators=(",", ":")).encode(), 6, mtime=0)


def unpack_routing(packed: bytes) -> RoutingPage:
    return RoutingPage.from_json(json.loads(_unpacked(packed)))


def _unpacked(packed: bytes) -> bytes:
    """Of one gzip member; `gzip.decompress` looks for more in Python."""
    return zlib.decompress(packed, GZIP_FRAME)

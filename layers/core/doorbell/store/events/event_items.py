"""The items of the Events table and back: keys, attributes, sizes.

- `sk = "event"`: one event: who and what, `headers`, `body` (gzip) or `body_key` (and `body_digest`, where it
  is known), `routing` (gzip JSON of the first page), `tenant_day` and `created_at` (index by_tenant).
  `event_types` where its body has several, `element` where it was one of several, `fetched` where it never
  rang, `hops` where it has some.
- `sk = "newest"`: under the first use of a dedupe key that was used again: the newest; see `newest`.
- `sk = "routing#00001"`…: further pages of the routing record; see `routing_items`.
- `sk = "attempt#…"`: the details of an attempt; see `store.deliveries.attempt_details`.
- `sk = "delivery#<subscription_id>"`, its replays `…#0001` and on: a delivery; see `delivery_items`.

Size of an event: about 1 KiB and the headers and body, gzip. Key `event_id`, so one Query shows the story.
"""

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE
from doorbell.store.dynamodb.zipped import unzipped, zipped
from doorbell.store.events.routing_items import pack_routing, unpack_routing

EVENT_SK = "event"
LOG_SHARDS = 6
"""Keys that a tenant's events of one day are spread over: each takes 1,000 writes a second. They were four
once: what stands on these is read with the others.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""


UNROUTED = (
    *("event_id", "base_id", "generation", "ingest_id", "tenant_id", "source_id", "provider", "event_type"),
    *("event_types", "element", "received_at", "dedupe_window_seconds", "dedupe_until", "created_at"),
    *(
        "content_type",
        "headers",
        "body_size",
        "body",
        "body_key",
        "body_digest",
        "fetched",
        "hops",
        TTL_ATTRIBUTE,
    ),
)
"""What there is to read of an event but its routing. It takes the read units of the whole item all the same:
what is spared is the way."""


def without_routing() -> dict[str, Any]:
    """The arguments of a read that ask for that alone. Some are reserved words."""
    names = {f"#{number}": name for number, name in enumerate(UNROUTED)}
    return {"ProjectionExpression": ",".join(names), "ExpressionAttributeNames": names}


def event_key(event_id: str) -> dict[str, Any]:
    return {"event_id": event_id, "sk": EVENT_SK}


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
    values = {
        **event_key(event.event_id),
        "base_id": incoming.event_id,
        "generation": event.generation,
        "ingest_id": incoming.ingest_id,
        "tenant_id": incoming.tenant_id,
        "source_id": incoming.source_id,
        "provider": incoming.provider,
        "event_type": incoming.event_type,
        "event_types": incoming.event_types or None,
        "element": incoming.element,
        "fetched": incoming.fetched or None,
        "hops": incoming.hops or None,
        "received_at": incoming.received_at,
        "dedupe_window_seconds": incoming.dedupe_window_seconds,
        "dedupe_until": event.dedupe_until,
        "created_at": event.created_at,
        "tenant_day": tenant_day(incoming.tenant_id, event.created_at, event.event_id),
        "content_type": incoming.content_type,
        "headers": dict(incoming.headers),
        "body_size": body.size,
        "body": None if body.inline is None else zipped(body.inline),
        "body_key": body.key,
        "body_digest": body.digest,
        TTL_ATTRIBUTE: event.expires_at,
    }
    return {**values, "routing": pack_routing(event.routing, values)}


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
            event_types=tuple(values.get("event_types", ())),
            element=values.get("element"),
            fetched=values.get("fetched", ""),
            hops=values.get("hops", 0),
            dedupe_window_seconds=values["dedupe_window_seconds"],
            received_at=values["received_at"],
            content_type=values["content_type"],
            headers=values["headers"],
            body=BodyAt(
                size=values["body_size"],
                inline=None if packed is None else unzipped(packed),
                key=values.get("body_key"),
                digest=values.get("body_digest"),
            ),
        ),
    )

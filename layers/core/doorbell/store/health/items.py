"""Health and wake as attributes of an endpoint's item, and back.

The wake is `wake_at` and `wake_shard` (the index `wake`, see `wakes`), `wake_state` ("closing", else absent),
`wake_cursor`, `wake_rest_at`, `wake_pace`, `wake_ceiling`, `wake_told_at`. What is None has no attribute;
without a wake there is none of them, and the item is as the release before writes it.
"""

from typing import Any
from zlib import crc32

from doorbell.domain.health import Health
from doorbell.domain.wakes import Wake
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal

HEALTH_FIELDS = ("failing_since", "parked_until", "asked_until", "probe_until", "url_hash")
PASS_FIELDS = ("wake_state", "wake_cursor", "wake_rest_at")
"""Of the pass through the list that is under way."""
CLOSING = "closing"
WAKE_SHARDS = 8
"""Partitions of the index: each takes a thousand writes a second. An endpoint's wake moves every ten at most,
but where nobody answers any more each event may park another endpoint."""


def endpoint_key(endpoint_id: str) -> Item:
    return marshal({"subscription_id": endpoint_id})


def wake_shard(endpoint_id: str) -> str:
    return str(crc32(endpoint_id.encode()) % WAKE_SHARDS)


def health_values(endpoint_id: str, health: Health) -> dict[str, Any]:
    """Of the next version; None: the attribute goes."""
    wake = health.wake
    return {
        **{name: getattr(health, name) or None for name in HEALTH_FIELDS},
        "failures": health.failures,
        "parks": health.parks,
        "version": health.version + 1,
        "wake_at": wake and wake.at,
        "wake_shard": wake and wake_shard(endpoint_id),
        "wake_state": CLOSING if wake is not None and wake.closing else None,
        "wake_cursor": wake and wake.cursor,
        "wake_rest_at": wake and wake.rest_at,
        "wake_pace": wake and wake.pace,
        "wake_ceiling": wake and wake.ceiling,
        "wake_told_at": wake and wake.told_at,
    }


def health_from(item: Item) -> Health:
    """{} = no item = healthy."""
    values = unmarshal(item)
    return Health(
        failures=values.get("failures", 0),
        failing_since=values.get("failing_since"),
        parked_until=values.get("parked_until"),
        parks=values.get("parks", 0),
        probe_until=values.get("probe_until"),
        url_hash=values.get("url_hash", ""),
        version=values.get("version", 0),
        wake=_wake(values),
        asked_until=values.get("asked_until"),
    )


def _wake(values: dict[str, Any]) -> Wake | None:
    if "wake_at" not in values:
        return None
    return Wake(
        at=values["wake_at"],
        closing=values.get("wake_state") == CLOSING,
        cursor=values.get("wake_cursor"),
        rest_at=values.get("wake_rest_at"),
        pace=values.get("wake_pace"),
        ceiling=values.get("wake_ceiling"),
        told_at=values.get("wake_told_at"),
    )

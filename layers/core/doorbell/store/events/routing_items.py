"""The routing record in the Events table: gzip JSON, the first page with its event, further ones beside it.

A write is billed for each KiB that it begins. A near miss is named only where there is room in those that the
item takes anyway: an event costs its tenant no more because others nearly wanted it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html
"""

import json
from collections.abc import Mapping
from typing import Any

from doorbell.domain.routing import RoutingPage
from doorbell.store.dynamodb.sizes import item_bytes, write_units
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal
from doorbell.store.dynamodb.zipped import unzipped, zipped

ROUTING_PREFIX = "routing#"
FEWER = (25, 12, 6, 3, 1, 0)
"""How many near misses are named where there is no room for all, the first number that fits."""


def routing_key(event_id: str, number: int) -> dict[str, Any]:
    return {"event_id": event_id, "sk": f"{ROUTING_PREFIX}{number:05d}"}


def page_values(event_id: str, number: int, page: RoutingPage, expires_at: int) -> dict[str, Any]:
    """A further page: as many write units as its matches take, mostly one."""
    values = {**routing_key(event_id, number), TTL_ATTRIBUTE: expires_at}
    return {**values, "routing": pack_routing(page, values)}


def pack_routing(page: RoutingPage, beside: Mapping[str, Any]) -> bytes:
    """`beside`: the other values of its item."""
    packed = _packed(page)
    if not page.near_misses:
        return packed
    others = item_bytes(marshal({**beside, "routing": b""}))
    units = write_units(others + len(_packed(page.naming(0))))
    for fewer in FEWER:
        if write_units(others + len(packed)) <= units:
            break
        packed = _packed(page.naming(fewer))
    return packed


def unpack_routing(packed: bytes) -> RoutingPage:
    return RoutingPage.from_json(json.loads(unzipped(packed)))


def _packed(page: RoutingPage) -> bytes:
    return zipped(json.dumps(page.to_json(), separators=(",", ":")).encode())

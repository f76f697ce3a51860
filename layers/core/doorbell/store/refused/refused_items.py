"""The items of the Refused table and back: key `source_id`, `sk`.

- `sk = "place"`: the source's bound. `hour_no` (hours since 1970), `kept` in it, `total` since the source's
  first.
- `sk = "kept#012"`: one refused request, in place 12 of `most`. A newer one is put over it.
- `sk = "accepted#<refused_id>"`: who let it in; kept for as long as events are.

A body up to `INLINE_BODY_BYTES` is in the item, a longer one in the bucket under
`!refused/<tenant>/<source>/`, which no tenant's events can be under: an id has no `!`. About 1 KiB, and
headers and body.
"""

from typing import Any

from doorbell.domain.refused import INLINE_BODY_BYTES, Accepted, Refused
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE

PLACE_SK = "place"
KEPT_PREFIX, ACCEPTED_PREFIX = "kept#", "accepted#"
BODIES_PREFIX = "!refused/"


def bodies_prefix(tenant_id: str) -> str:
    """What all objects of a tenant's refused requests begin with."""
    return f"{BODIES_PREFIX}{tenant_id}/"


def body_key(refused: Refused) -> str | None:
    """None: the body is in the item."""
    if len(refused.body) <= INLINE_BODY_BYTES:
        return None
    return f"{bodies_prefix(refused.tenant_id)}{refused.source_id}/{refused.refused_id}"


def kept_sk(place: int) -> str:
    return f"{KEPT_PREFIX}{place:03d}"


def kept_values(place: int, refused: Refused, expires_at: int) -> dict[str, Any]:
    key = body_key(refused)
    return {
        "source_id": refused.source_id,
        "sk": kept_sk(place),
        "refused_id": refused.refused_id,
        "tenant_id": refused.tenant_id,
        "provider": refused.provider,
        "at": refused.at,
        "status": refused.status,
        "code": refused.code,
        "method": refused.method,
        "url": refused.url,
        "path": refused.path,
        "raw_query": refused.raw_query or None,
        "headers": dict(refused.headers),
        "source_ip": refused.source_ip or None,
        "size": refused.size,
        "body": refused.body if key is None else None,
        "body_key": key,
        "cut": refused.cut or None,
        "masked": list(refused.masked) or None,
        TTL_ATTRIBUTE: expires_at,
    }


def refused_from(values: dict[str, Any], accepted: Accepted | None) -> Refused:
    """Without a body that is in the bucket."""
    return Refused(
        refused_id=values["refused_id"],
        source_id=values["source_id"],
        tenant_id=values["tenant_id"],
        provider=values["provider"],
        at=values["at"],
        status=values["status"],
        code=values["code"],
        method=values["method"],
        url=values["url"],
        path=values["path"],
        raw_query=values.get("raw_query", ""),
        headers=values["headers"],
        source_ip=values.get("source_ip", ""),
        size=values["size"],
        body=values.get("body", b""),
        cut=values.get("cut", False),
        masked=tuple(values.get("masked", ())),
        accepted=accepted,
    )


def accepted_values(source_id: str, tenant_id: str, accepted: Accepted, expires_at: int) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "sk": f"{ACCEPTED_PREFIX}{accepted.refused_id}",
        "tenant_id": tenant_id,
        "by": accepted.by,
        "at": accepted.at,
        "event_ids": list(accepted.event_ids),
        TTL_ATTRIBUTE: expires_at,
    }


def accepted_from(values: dict[str, Any]) -> Accepted:
    refused_id = values["sk"].removeprefix(ACCEPTED_PREFIX)
    return Accepted(refused_id, values["by"], values["at"], tuple(values["event_ids"]))

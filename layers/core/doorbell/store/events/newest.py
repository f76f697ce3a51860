"""The newest use of a dedupe key, under the key's first event: `sk = "newest"`, `generation`, `ingest_id`,
`received_at`, `dedupe_until`, `body_size`, `body_digest`; it expires with the event that it names.

0.3 KiB: a write unit for every use after the first, a read unit for every ring that comes after the first
one's window. What it is for, and who races for it: `usecases.generations`.
"""

from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.events import BodyAt
from doorbell.domain.records import StoredEvent
from doorbell.domain.uses import Use, without_bytes
from doorbell.store.dynamodb.put_new import put_new
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal, unmarshal

NEWEST_SK = "newest"


def newest(client: Any, table: str, event_id: str, now: float) -> Use | None:
    """None: there is no second use, or the newest has expired. Strongly consistent: who misses it may put a
    generation that is older than those in use."""
    key = marshal({"event_id": event_id, "sk": NEWEST_SK})
    with translated("dynamodb", "GetItem"):
        answer = client.get_item(TableName=table, Key=key, ConsistentRead=True)
    values = unmarshal(answer.get("Item", {}))
    if is_gone(values, now):
        return None
    body = BodyAt(values["body_size"], digest=values.get("body_digest"))
    return Use(values["generation"], values["ingest_id"], values["received_at"], values["dedupe_until"], body)


def move_newest(client: Any, table: str, event: StoredEvent) -> None:
    """To `event`, unless it names a newer one already."""
    body = without_bytes(event.incoming.body)
    values = {
        "event_id": event.incoming.event_id,
        "sk": NEWEST_SK,
        "generation": event.generation,
        "ingest_id": event.incoming.ingest_id,
        "received_at": event.incoming.received_at,
        "dedupe_until": event.dedupe_until,
        "body_size": body.size,
        "body_digest": body.digest,
        TTL_ATTRIBUTE: event.expires_at,
    }
    put_new(client, table, values, event.created_at, older="generation")

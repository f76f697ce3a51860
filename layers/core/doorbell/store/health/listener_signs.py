"""A listener's sign of life, which the operator's tool writes; `listeners` says what is in it."""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.listening import Listener
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.items import endpoint_key
from doorbell.store.health.listeners import SHARD, key_of


@dataclass(frozen=True, slots=True)
class ListenerSigns:
    client: Any
    table: str

    def seen(self, listener: Listener) -> None:
        values = {
            "target": listener.target,
            "queue_url": listener.queue_url,
            "wake_shard": SHARD,
            "wake_at": listener.until,
        }
        key = endpoint_key(key_of(listener.tenant_id, listener.subscription_id))
        with translated("dynamodb", "PutItem"):
            self.client.put_item(TableName=self.table, Item={**key, **marshal(values)})

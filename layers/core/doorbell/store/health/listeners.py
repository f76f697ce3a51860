"""Listeners that are away, in the Endpoints table under keys that no endpoint has:
`!listen/<tenant_id>/<subscription_id>`.

Attributes: `target` and `queue_url`; `wake_shard` ("listen") and `wake_at`, by which the index `wake` finds
those that are away for good. No TTL: whoever is on record has a queue. About 300 bytes.

Costs: a sign of life is a write unit and two of the index, and a listener gives one every ten minutes. The
sweeper asks one question in an hour, half a read unit where everybody is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.listening import Listener
from doorbell.domain.subscriptions import scoped
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.health.items import endpoint_key
from doorbell.store.health.wakes import INDEX

PREFIX: Final = "!listen/"
SHARD: Final = "listen"


@dataclass(frozen=True, slots=True)
class ListenerTable:
    client: Any
    table: str

    def away(self, now: float) -> Iterator[Listener]:
        """Those that are away for good, as they are on record now. Raises `Unavailable` too where the index
        is being filled."""
        call = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "wake_shard = :shard AND wake_at <= :now",
            "ExpressionAttributeValues": marshal({":shard": SHARD, ":now": now}),
        }
        for row in query.items(self.client, call):
            with translated("dynamodb", "GetItem"):
                key = endpoint_key(row["subscription_id"])
                answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
            values = unmarshal(answer.get("Item", {}))
            if values and values["wake_at"] <= now:
                name = str(row["subscription_id"]).removeprefix(PREFIX).partition("/")
                yield Listener(name[0], name[2], values["target"], values["queue_url"], values["wake_at"])

    def forget(self, listener: Listener) -> None:
        """Unless it gave a sign of life since then."""
        with translated("dynamodb", "DeleteItem"):
            try:
                self.client.delete_item(
                    TableName=self.table,
                    Key=endpoint_key(key_of(listener.tenant_id, listener.subscription_id)),
                    ConditionExpression="wake_at = :seen",
                    ExpressionAttributeValues=marshal({":seen": listener.until}),
                )
            except ClientError as error:
                if not is_condition_failed(error):
                    raise


def key_of(tenant_id: str, subscription_id: str) -> str:
    return f"{PREFIX}{scoped(tenant_id, subscription_id)}"

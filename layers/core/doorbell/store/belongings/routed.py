"""What the routing index has of a tenant. Its manifests tell the other items, and go after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from doorbell.domain.purges import Things
from doorbell.domain.replays import Cursor
from doorbell.store.belongings.found import queried
from doorbell.store.belongings.removal import remove_items
from doorbell.store.dynamodb.tables import Item, marshal
from doorbell.store.routes.items import about_key, entry_key, manifest_from, manifest_key, manifests_pk


@dataclass(frozen=True, slots=True)
class Routes:
    """Counted with nothing: it is made of the subscriptions."""

    client: Any
    table: str
    tenant_id: str
    name: ClassVar[str] = "routes"
    kind: ClassVar[str] = ""

    def page(self, after: Cursor | None) -> Things:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": marshal({":pk": manifests_pk(self.tenant_id)}),
            "ConsistentRead": True,
        }
        return Things(*queried(self.client, call, after))

    def weigh(self, found: Sequence[Item]) -> int:
        return len(found) + len(self._others(found))

    def remove(self, found: Sequence[Item]) -> int:
        manifests = [manifest_key(self.tenant_id, item["sk"]["S"]) for item in found]
        done = remove_items(self.client, self.table, self._others(found))
        return done + remove_items(self.client, self.table, manifests)

    def _others(self, found: Sequence[Item]) -> list[Item]:
        entries = [
            entry_key(self.tenant_id, place, item["sk"]["S"])
            for item in found
            for filed in [manifest_from(item)]
            for place in (*filed.places, *filed.leaving)
        ]
        return [*entries, about_key(self.tenant_id)]

"""Canaries: items that are put into Subscriptions, and taken away again, so that its stream has a record.

The sweeper lets one fly in each of `CANARIES` partitions every minute; whoever reads the stream notes when it
was heard. Price: two calls and 32 write units a minute, and one more for each shard that hears of them; 0.90
USD a month. Only while the routing index is on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.certificates import CANARIES, Heard
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal
from doorbell.store.routes.items import CANARIES as KEY
from doorbell.store.routes.items import ONE

TENANT: Final = "!canary-"
"""No tenant's: an id has no "!"."""


def canary_of(tenant_id: str) -> int | None:
    """Its number; None: that is a tenant."""
    number = tenant_id.removeprefix(TENANT)
    return int(number) if tenant_id.startswith(TENANT) and number.isdecimal() else None


def heard_from(values: Mapping[str, Any]) -> Heard:
    at = {int(name[1:]): seen for name, seen in values.items() if name[0] == "c" and name[1:].isdecimal()}
    return Heard(at, values.get("since", 0.0))


@dataclass(frozen=True, slots=True)
class Canaries:
    """`client`'s tables: `table` is Subscriptions."""

    client: Any
    table: str

    def fly(self, now: float) -> None:
        """Nothing of it stays; if it does, the next takes it away."""
        keys = [marshal({"tenant_id": f"{TENANT}{n}", "subscription_id": ONE}) for n in range(CANARIES)]
        self._write([{"PutRequest": {"Item": key | marshal({"at": now})}} for key in keys])
        self._write([{"DeleteRequest": {"Key": key}} for key in keys])

    def _write(self, requests: list[Item]) -> None:
        with translated("dynamodb", "BatchWriteItem"):
            self.client.batch_write_item(RequestItems={self.table: requests})


@dataclass(frozen=True, slots=True)
class HeardCanaries:
    """`table` is Routes."""

    client: Any
    table: str

    def get(self) -> Heard:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=KEY, ConsistentRead=True)
        return heard_from(unmarshal(answer.get("Item", {})))

    def note(self, heard: Mapping[int, float]) -> None:
        """`heard[number]`: the latest time. Shards are read side by side: who is late tries again."""
        while True:
            before = after = self.get()
            for number, at in heard.items():
                after = after.later(number, at)
            if after == before or self._write(before, after):
                return

    def _write(self, before: Heard, after: Heard) -> bool:
        """Only what changed: others may note theirs meanwhile. `since` has to be what was seen."""
        changed = {number: at for number, at in after.at.items() if before.at.get(number) != at}
        known = {number: before.at[number] for number in changed if number in before.at}
        conditions = [f"c{number} = :b{number}" for number in known]
        conditions += [f"attribute_not_exists(c{number})" for number in changed if number not in known]
        conditions.append("since = :since" if before.since else "attribute_not_exists(since)")
        sets = [f"c{number} = :c{number}" for number in changed] + ["since = :now"]
        values = {":now": after.since, **({":since": before.since} if before.since else {})}
        values |= {f":c{number}": at for number, at in changed.items()}
        values |= {f":b{number}": at for number, at in known.items()}
        with translated("dynamodb", "UpdateItem"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=KEY,
                    UpdateExpression=f"SET {', '.join(sets)}",
                    ConditionExpression=" AND ".join(conditions),
                    ExpressionAttributeValues=marshal(values),
                )
            except ClientError as error:
                if is_condition_failed(error):
                    return False
                raise
        return True

"""The Rollups table: key `holder`, `at`.

`holder` is `source#<tenant>/<id>` or `subscription#<tenant>/<id>`, or that with `#1` to `#3`, `at` is the
beginning of five minutes, epoch seconds. The other attributes are counts by the names of `domain/rollups.py`,
and the TTL attribute. An item is some 300 bytes, and below a KiB with long ids, every kind of failure, and
times over seven decades.

Fan-out, dispatcher and ingest add, one write unit each (`usecases/write_rollups.py`,
`usecases/count_refused.py`). What one holder has in five minutes is up to four items, each of which takes
1,000 writes a second: an environment adds to one of them. Above 4,000 batches a second counts are lost, and
said to be.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
People's tools read: `rollup_reads`.
"""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.rollups import BUCKET_SECONDS, Counts, Holder, Kind, prefix
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal

HOLDER, AT = "holder", "at"


@dataclass(frozen=True, slots=True)
class RollupTable:
    """`keeps` in seconds. `number`: which of a holder's keys is added to."""

    client: Any
    table: str
    keeps: float
    number: int = 0

    def add(self, holder: Holder, at: int, counts: Counts) -> None:
        """One write unit. Repeated after a time-out it counts twice."""
        names = {f"#{n}": name for n, name in enumerate(counts)}
        values = {f":{n}": count for n, count in enumerate(counts.values())}
        adding = ", ".join(f"#{n} :{n}" for n in range(len(counts)))
        with translated("dynamodb", "UpdateItem"):
            self.client.update_item(
                TableName=self.table,
                Key=marshal({HOLDER: holder.keys[self.number], AT: at}),
                UpdateExpression=f"ADD {adding} SET #ttl = :ttl",
                ExpressionAttributeNames={**names, "#ttl": TTL_ATTRIBUTE},
                ExpressionAttributeValues=marshal({**values, ":ttl": int(at + BUCKET_SECONDS + self.keeps)}),
            )


def prefixes(tenant_id: str) -> list[str]:
    """What all keys of a tenant begin with."""
    return [prefix(kind, tenant_id) for kind in Kind]

"""What a change of a subscription writes to the index: all of it in one transaction, or nothing.

So what is on file of a subscription is always what its manifest says, whoever was killed, late or there
twice. The condition is on the manifest's version, which is read before the subscription is.

Price: a transaction writes each item for twice its units. A new subscription with one place is 4 (manifest,
entry), one that moves 6; 1 where nothing changes that events are asked for. Reads: a unit for the
manifest, one for a tenant's paths where a filter begins with an equality. A million changes: some 4 USD.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of, is_condition_failed, translated
from doorbell.domain.filing import Path
from doorbell.domain.routes import MOST_PATHS, Manifest
from doorbell.domain.subscriptions import Interest
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal
from doorbell.store.routes.items import (
    about_key,
    entry,
    entry_key,
    manifest_from,
    manifest_item,
    manifest_key,
    path_text,
    paths_from,
)

_CANCELLED = "TransactionCanceledException"
_LOST = frozenset({"None", "ConditionalCheckFailed", "TransactionConflict"})
"""Why a transaction may be cancelled for another's sake."""


@dataclass(frozen=True, slots=True)
class RouteFile:
    """Reads are strongly consistent."""

    client: Any
    table: str

    def manifest(self, tenant_id: str, subscription_id: str) -> Manifest:
        return manifest_from(self._get(manifest_key(tenant_id, subscription_id)))

    def paths(self, tenant_id: str) -> frozenset[Path]:
        return paths_from(unmarshal(self._get(about_key(tenant_id)) or {}))

    def touch(self, owner: tuple[str, str], before: Manifest, now: float) -> bool:
        """Raise the version of what is on file. False: another has changed it meanwhile."""
        item = manifest_item(*owner, replace(before, version=before.version + 1), now)
        with translated("dynamodb", "PutItem"):
            try:
                self.client.put_item(TableName=self.table, Item=item, **_still(before))
            except ClientError as error:
                if is_condition_failed(error):
                    return False
                raise
        return True

    def write(
        self,
        owner: tuple[str, str],
        before: Manifest,
        after: Manifest,
        wants: Interest | None,
        path: Path | None,
        now: float,
    ) -> bool:
        """Make `before` into `after`. `owner`: tenant and subscription. `path` is added to the tenant's.
        False: another has changed it meanwhile, or there is no room for the path."""
        writes = [
            {"Put": {"Item": manifest_item(*owner, after, now), **_still(before)}},
            *_entries(owner, before, after, wants, now),
            *([] if path is None else [{"Update": _with_path(owner[0], path)}]),
        ]
        named = [{kind: {"TableName": self.table, **what} for kind, what in one.items()} for one in writes]
        with translated("dynamodb", "TransactWriteItems"):
            try:
                self.client.transact_write_items(TransactItems=named)
            except ClientError as error:
                if not _is_lost(error):
                    raise
                return False
        return True

    def _get(self, key: Item) -> Item | None:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item


def _still(before: Manifest) -> dict[str, Any]:
    if not before.version:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    values = marshal({":seen": before.version})
    return {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": values}


def _entries(
    owner: tuple[str, str], before: Manifest, after: Manifest, wants: Interest | None, now: float
) -> Iterator[Mapping[str, Any]]:
    """Whose time is over goes by itself."""
    tenant_id, subscription_id = owner
    there: dict[str, float | None] = {**dict.fromkeys(after.places), **after.leaving}
    if wants is not None:
        for place, until in there.items():
            yield {"Put": {"Item": entry(tenant_id, place, wants, after.version, until)}}
    gone = {*before.places, *(place for place, until in before.leaving.items() if until > now)}
    for place in sorted(gone - there.keys()):
        yield {"Delete": {"Key": entry_key(tenant_id, place, subscription_id)}}


def _with_path(tenant_id: str, path: Path) -> dict[str, Any]:
    room = "attribute_not_exists(#paths) OR contains(#paths, :one) OR size(#paths) < :most"
    return {
        "Key": about_key(tenant_id),
        "UpdateExpression": "ADD #paths :set",
        "ConditionExpression": room,
        "ExpressionAttributeNames": {"#paths": "paths"},
        "ExpressionAttributeValues": marshal(
            {":set": {path_text(path)}, ":one": path_text(path), ":most": MOST_PATHS}
        ),
    }


def _is_lost(error: ClientError) -> bool:
    response: Any = error.response
    reasons = {reason.get("Code", "None") for reason in response.get("CancellationReasons", [])}
    return code_of(error) == _CANCELLED and bool(reasons) and reasons <= _LOST

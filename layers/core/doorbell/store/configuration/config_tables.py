"""The write side of Sources and Subscriptions, for people's tools: the CLI and the admin API.

Items are also written by hand and by IaC, so there is no version attribute to rely on: a write says what it
saw, attribute by attribute, and goes through only while the item is still that. Broken items can be read,
shown, switched off and deleted like any other. Nothing here is on the path of an event.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.errors import DoorbellError
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal
from doorbell.store.items.base import PAUSE_FIELDS
from doorbell.store.items.models import SourceItem, SubscriptionItem

SOURCE_KEY = ("source_id",)
SUBSCRIPTION_KEY = ("tenant_id", "subscription_id")
_FIELDS = {SOURCE_KEY: tuple(SourceItem.model_fields), SUBSCRIPTION_KEY: tuple(SubscriptionItem.model_fields)}


class Conflict(DoorbellError):
    """The item is not what the writer saw: somebody wrote, made or removed it in between."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as it lies in the table: `raw` in DynamoDB's own form, to the digit, for the condition."""

    raw: Item

    @property
    def values(self) -> dict[str, Any]:
        return unmarshal(self.raw)


@dataclass(frozen=True, slots=True)
class ConfigTable:
    """`key` is `SOURCE_KEY` or `SUBSCRIPTION_KEY`. Times are epoch seconds, kept whole."""

    client: Any
    table: str
    key: tuple[str, ...]

    def get(self, *key: str) -> Stored | None:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=self._key(key), ConsistentRead=True)
        return Stored(answer["Item"]) if "Item" in answer else None

    def page(
        self, tenant_id: str | None = None, *, limit: int = 100, after: Sequence[str] | None = None
    ) -> tuple[list[Stored], tuple[str, ...] | None]:
        """Up to `limit` items read, and the key to go on after (None at the end). A tenant's subscriptions
        are a Query in order of their id; anything else is a Scan, filtered, in no order."""
        call: dict[str, Any] = {"TableName": self.table, "Limit": limit}
        if after is not None:
            call["ExclusiveStartKey"] = self._key(after)
        if tenant_id is not None:
            call["ExpressionAttributeValues"] = marshal({":tenant": tenant_id, ":default": "default"})
        if tenant_id is not None and self.key[0] == "tenant_id":
            del call["ExpressionAttributeValues"][":default"]
            with translated("dynamodb", "Query"):
                answer = self.client.query(KeyConditionExpression="tenant_id = :tenant", **call)
        else:
            if tenant_id is not None:  # a source without tenant_id is of the tenant "default"
                call["FilterExpression"] = (
                    "tenant_id = :tenant OR (attribute_not_exists(tenant_id) AND :tenant = :default)"
                )
            with translated("dynamodb", "Scan"):
                answer = self.client.scan(**call)
        last = answer.get("LastEvaluatedKey")
        following = None if last is None else tuple(unmarshal(last)[name] for name in self.key)
        return [Stored(item) for item in answer["Items"]], following

    def all(self, tenant_id: str | None = None) -> Iterator[Stored]:
        after: tuple[str, ...] | None = None
        while True:
            items, after = self.page(tenant_id, limit=500, after=after)
            yield from items
            if after is None:
                return

    def put(self, values: Mapping[str, Any], seen: Stored | None, now: float) -> Stored:
        """Write the whole item in place of `seen` (None: there must be none). Raises `Conflict`."""
        times = {"created_at": int(now)} if seen is None else {}
        return self._put(marshal({**times, **values, "updated_at": int(now)}), seen)

    def enable(self, seen: Stored, now: float) -> Stored:
        gone = ("disabled_reason", "disabled_at")
        kept = {name: value for name, value in seen.raw.items() if name not in gone}
        return self._put({**kept, **marshal({"enabled": True, "updated_at": int(now)})}, seen)

    def disable(self, seen: Stored, reason: str | None, now: float) -> Stored:
        changes = marshal(
            {"enabled": False, "disabled_reason": reason, "disabled_at": int(now), "updated_at": int(now)}
        )
        return self._put({**seen.raw, **changes}, seen)

    def pause(self, seen: Stored, now: float) -> Stored:
        """One that is paused stays so, since then."""
        since = {} if seen.values.get("paused") is True else {"paused_at": int(now)}
        return self._put({**seen.raw, **marshal({"paused": True, **since, "updated_at": int(now)})}, seen)

    def resume(self, seen: Stored, now: float) -> Stored:
        kept = {name: value for name, value in seen.raw.items() if name not in PAUSE_FIELDS}
        return self._put({**kept, **marshal({"updated_at": int(now)})}, seen)

    def delete(self, seen: Stored) -> None:
        """Raises `Conflict` when it is there and not `seen` any more."""
        self._write("DeleteItem", self.client.delete_item, seen, {}, Key=self._key_of(seen.raw))

    def _put(self, item: Item, seen: Stored | None) -> Stored:
        self._write("PutItem", self.client.put_item, seen, item, Item=item)
        return Stored(item)

    def _write(self, operation: str, call: Any, seen: Stored | None, added: Item, **arguments: Any) -> None:
        with translated("dynamodb", operation):
            try:
                call(TableName=self.table, **arguments, **self._as_seen(seen, added))
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
                if not self._is_done(seen, added):
                    name = self._name(seen, added)
                    raise Conflict(f"{name} was changed by somebody else meanwhile") from None

    def _is_done(self, seen: Stored | None, wanted: Item) -> bool:
        """Whether the table holds what was to be written: boto3 repeats a call whose answer was lost, and the
        repetition meets what the first one wrote."""
        stored = self.get(*self._key_values(wanted or (seen.raw if seen is not None else {})))
        there = {} if stored is None else stored.raw
        return unmarshal(there) == unmarshal(wanted) and _kinds(there) == _kinds(wanted)

    def _as_seen(self, seen: Stored | None, added: Item) -> dict[str, Any]:
        """Every attribute as it was, and none besides that an item can have: DynamoDB cannot be asked for
        "no others", so one that no item has could come in between unseen."""
        if seen is None:
            return {"ConditionExpression": f"attribute_not_exists({self.key[0]})"}
        known = [name for name in seen.raw if name not in self.key]
        unknown = sorted({*added, *_FIELDS.get(self.key, ())} - set(seen.raw))
        parts = [f"attribute_exists({self.key[0]})"]
        parts += [f"#{n} = :{n}" for n, _ in enumerate(known)]
        parts += [f"attribute_not_exists(#{n})" for n, _ in enumerate(unknown, len(known))]
        condition: dict[str, Any] = {"ConditionExpression": " AND ".join(parts)}
        if known or unknown:
            condition["ExpressionAttributeNames"] = {f"#{n}": name for n, name in enumerate(known + unknown)}
        if known:
            condition["ExpressionAttributeValues"] = {f":{n}": seen.raw[name] for n, name in enumerate(known)}
        return condition

    def _key(self, key: Sequence[str]) -> Item:
        return marshal(dict(zip(self.key, key, strict=True)))

    def _key_of(self, raw: Item) -> Item:
        return {name: raw[name] for name in self.key}

    def _key_values(self, raw: Item) -> list[str]:
        return [str(value) for value in unmarshal(self._key_of(raw)).values()]

    def _name(self, seen: Stored | None, added: Item) -> str:
        return "/".join(self._key_values(added if seen is None else seen.raw))


def _kinds(raw: Item) -> dict[str, str]:
    """Each attribute's type: to Python, 1 and true are equal."""
    return {name: kind for name, value in raw.items() for kind in value}

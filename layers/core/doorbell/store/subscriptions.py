"""The Subscriptions table: who wants what. Key `tenant_id`, `subscription_id`; written by people.

Fan-out asks for a tenant's subscriptions, page by page, in order of their id; the dispatcher for one.
Both are cached for a few seconds in each environment, so a change takes that long to be seen.
"""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.errors import ConfigError
from doorbell.domain.subscriptions import Interest, Subscription, SubscriptionPage
from doorbell.store.cache import Broken, TtlCache
from doorbell.store.items import load_subscription
from doorbell.store.tables import marshal, unmarshal

CACHE_SECONDS = 10.0
PAGE_SIZE = 500
CACHED_PAGES = 24
"""Bounds memory: what 24 pages of 500 subscriptions want is some 8 MB; of the rest nothing is kept."""


class SubscriptionTable:
    """`on_broken` hears of every item that is left out."""

    def __init__(
        self,
        client: Any,
        table: str,
        clock: Callable[[], float],
        on_broken: Callable[[ConfigError], None],
        ttl: float = CACHE_SECONDS,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._client, self._table, self._on_broken, self._page_size = client, table, on_broken, page_size
        self._pages: TtlCache[tuple[str, str | None], SubscriptionPage] = TtlCache(ttl, clock, CACHED_PAGES)
        self._items: TtlCache[tuple[str, str], Subscription | Broken | None] = TtlCache(ttl, clock)

    def page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        return self._pages.get((tenant_id, after), lambda: self._load_page(tenant_id, after))

    def get(self, tenant_id: str, subscription_id: str, *, fresh: bool = False) -> Subscription | None:
        key = (tenant_id, subscription_id)
        if fresh:
            self._items.drop(key)
        reads = (True,) if fresh else (False, True)
        found = self._items.get(key, lambda: self._load(tenant_id, subscription_id, reads))
        if isinstance(found, Broken):
            raise found.error()
        return found

    def disable(self, subscription: Subscription, reason: str, now: float) -> bool:
        tenant_id, subscription_id = subscription.tenant_id, subscription.subscription_id
        on_and_the_same = "#url = :url AND (attribute_not_exists(enabled) OR enabled = :on)"
        values = {":url": subscription.url, ":on": True, ":off": False, ":reason": reason, ":now": int(now)}
        with translated("dynamodb", "UpdateItem"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(tenant_id, subscription_id),
                    UpdateExpression="SET enabled = :off, disabled_reason = :reason, disabled_at = :now",
                    ConditionExpression=on_and_the_same,
                    ExpressionAttributeNames={"#url": "url"},
                    ExpressionAttributeValues=marshal(values),
                )
            except ClientError as error:
                if is_condition_failed(error):
                    return False
                raise
        self._items.drop((tenant_id, subscription_id))
        return True

    def _load(
        self, tenant_id: str, subscription_id: str, reads: Sequence[bool]
    ) -> Subscription | Broken | None:
        """`reads`: whether each is strongly consistent, the last one is: a delivery hangs on what is gone."""
        for consistent in reads:
            with translated("dynamodb", "GetItem"):
                answer = self._client.get_item(
                    TableName=self._table, Key=_key(tenant_id, subscription_id), ConsistentRead=consistent
                )
            if "Item" in answer:
                return self._parse(answer["Item"])
        return None

    def _load_page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        call: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "tenant_id = :tenant",
            "ExpressionAttributeValues": marshal({":tenant": tenant_id}),
            "Limit": self._page_size,
        }
        if after is not None:
            call["ExclusiveStartKey"] = _key(tenant_id, after)
        with translated("dynamodb", "Query"):
            page = self._client.query(**call)
        found = [self._parse(item) for item in page["Items"]]
        for broken in found:
            if isinstance(broken, Broken):
                self._on_broken(broken.error())
        last = page.get("LastEvaluatedKey")
        return SubscriptionPage(
            subscriptions=tuple(Interest.of(entry) for entry in found if isinstance(entry, Subscription)),
            after=None if last is None else unmarshal(last)["subscription_id"],
        )

    def _parse(self, item: dict[str, Any]) -> Subscription | Broken:
        try:
            return load_subscription(unmarshal(item))
        except ConfigError as error:
            return Broken.of(error)


def _key(tenant_id: str, subscription_id: str) -> dict[str, Any]:
    return marshal({"tenant_id": tenant_id, "subscription_id": subscription_id})

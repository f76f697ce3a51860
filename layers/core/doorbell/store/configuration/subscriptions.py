"""The Subscriptions table: who wants what. Key `tenant_id`, `subscription_id`; written by people.

Fan-out asks for a tenant's subscriptions, page by page, in order of their id; the dispatcher for one.
Both are cached for a few seconds in each environment, so a change takes that long to be seen. A page costs
half a read unit for each 4 KiB of it, every `ttl`; events of one batch that need the same page read it once.

Before all else fan-out asks whether the page is at hand: most tenants have no more than `FEW`, and theirs are
not to wait for a page of hundreds, nor for some that are very long. Of a tenant with more, that is a small
Query for nothing every `MANY_SECONDS`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.clocks import CLOCKS, Clocks
from doorbell.domain.errors import ConfigError
from doorbell.domain.filing import SubscriptionPage
from doorbell.domain.subscriptions import Subscription
from doorbell.store.configuration.interests import Interests
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.cache import Broken, ByLot, TtlCache
from doorbell.store.dynamodb.once import Once, at_once
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.items.models import load_subscription

CACHE_SECONDS = 10.0
PAGE_SIZE = 500
FEW = 25
"""What a call of statements writes the deliveries of."""
LONG_BYTES = 64 * 1024
"""Read in a millisecond or two, in which nine neighbours wait."""
MANY_SECONDS = 600.0
CACHED_PAGES = 24
"""Bounds memory: 24 pages of 500 subscriptions of half a KiB, packed until checked, are some 16 MB."""


class SubscriptionTable:
    """`on_broken` hears of every item that is left out. `queries` has `query` or `query_unread`; `once` has
    what several ask for at the same moment done for all of them."""

    def __init__(
        self,
        client: Any,
        table: str,
        on_broken: Callable[[ConfigError], None],
        clocks: Clocks = CLOCKS,
        ttl: float = CACHE_SECONDS,
        page_size: int = PAGE_SIZE,
        few: int = FEW,
        queries: Any = None,
        once: Once = at_once,
    ) -> None:
        self._client, self._table, self._on_broken = client, table, on_broken
        self._queries, self._once = queries or client, once
        self._page_size, self._few = page_size, few
        self._pages: TtlCache[tuple[str, str | None], SubscriptionPage] = ByLot(ttl, clocks, CACHED_PAGES)
        self._with_many: TtlCache[str, None] = TtlCache(MANY_SECONDS, clocks)
        self._items: TtlCache[tuple[str, str], Subscription | Broken | None] = TtlCache(ttl, clocks)

    def page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        key = (tenant_id, after)
        return self._once(key, lambda: self._pages.get(key, lambda: self._load_page(tenant_id, after)))

    def is_at_hand(self, tenant_id: str) -> bool:
        """Whether the first page is there, or is a short one and the last: then it is there now."""
        return self._once(tenant_id, lambda: self._is_at_hand(tenant_id))

    def has_many(self, tenant_id: str) -> bool:
        return self._with_many.has(tenant_id)

    def _is_at_hand(self, tenant_id: str) -> bool:
        key = (tenant_id, None)
        if self._pages.has(key):
            return True
        if self._with_many.has(tenant_id):
            return False
        page = self._load_few(tenant_id)
        if page is None:
            self._with_many.put(tenant_id, None)
            return False
        self._pages.put(key, page)
        return True

    def get(self, tenant_id: str, subscription_id: str, *, fresh: bool = False) -> Subscription | None:
        found = self._fresh(tenant_id, subscription_id) if fresh else self._kept(tenant_id, subscription_id)
        if isinstance(found, Broken):
            raise found.error()
        return found

    def _kept(self, tenant_id: str, subscription_id: str) -> Subscription | Broken | None:
        key = (tenant_id, subscription_id)
        if there := self._items.there(key):
            return there[0]
        reads = (False, True)
        return self._once(("one", *key), lambda: self._items.get(key, lambda: self._load(*key, reads)))

    def _fresh(self, tenant_id: str, subscription_id: str) -> Subscription | Broken | None:
        """Shared with nobody: another's read may have begun before what this one must see."""
        key = (tenant_id, subscription_id)
        self._items.drop(key)
        return self._items.get(key, lambda: self._load(*key, (True,)))

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
                    ExpressionAttributeNames={"#url": "target" if subscription.has_target else "url"},
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

    def _load_few(self, tenant_id: str) -> SubscriptionPage | None:
        """None: they are more, or take long to read."""
        answer = query.unread(self._queries, self._call(tenant_id, None, self._few + 1))
        if answer.size > LONG_BYTES:
            return None
        page = self._page(answer)
        return page if page.after is None else None

    def _load_page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        page = self._page(query.unread(self._queries, self._call(tenant_id, after, self._page_size)))
        if page.after is not None:
            self._with_many.put(tenant_id, None)
        return page

    def _call(self, tenant_id: str, after: str | None, limit: int) -> dict[str, Any]:
        call: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "tenant_id = :tenant",
            "ExpressionAttributeValues": marshal({":tenant": tenant_id}),
            "Limit": limit,
        }
        return call if after is None else {**call, "ExclusiveStartKey": _key(tenant_id, after)}

    def _page(self, answer: query.Unread) -> SubscriptionPage:
        with translated("dynamodb", "Query"):
            read = answer.read()
        last = read.get("LastEvaluatedKey")
        after = None if last is None else unmarshal(last)["subscription_id"]
        return SubscriptionPage(Interests(read["Items"], self._on_broken), after)

    def _parse(self, item: dict[str, Any]) -> Subscription | Broken:
        try:
            return load_subscription(unmarshal(item))
        except ConfigError as error:
            return Broken.of(error)


def _key(tenant_id: str, subscription_id: str) -> dict[str, Any]:
    return marshal({"tenant_id": tenant_id, "subscription_id": subscription_id})

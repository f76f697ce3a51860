"""`/admin/tenants/{tenant_id}/subscriptions`: who wants what."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body

from doorbell.runtime.admin.answers import ConfiguredItem, ConfiguredItems, PublicKeysAnswer
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.fields import Cursor, Limit, SubscriptionId, TenantId
from doorbell.runtime.admin.items import after, page, shown
from doorbell.runtime.admin.written import AsWritten, Reason, written
from doorbell.store.configuration.config_tables import SUBSCRIPTION_KEY, Stored
from doorbell.store.items.models import Checks, SubscriptionItem
from doorbell.usecases.configure import Configure
from doorbell.usecases.public_keys import PublicKeys

TAGS = ["subscriptions"]
ALL = "/admin/tenants/<tenant_id>/subscriptions"
ONE = f"{ALL}/<subscription_id>"


def register(
    app: APIGatewayHttpResolver, subscriptions: Configure[Stored], checks: Checks, public_keys: PublicKeys
) -> None:
    def answer(stored: Stored) -> ConfiguredItem:
        return shown(SubscriptionItem, SUBSCRIPTION_KEY, checks, stored)

    @app.get(ALL, tags=TAGS, summary="List a tenant's subscriptions", responses=answers(ConfiguredItems))
    def list_subscriptions(tenant_id: TenantId, limit: Limit = 100, cursor: Cursor = None) -> ConfiguredItems:
        """In order of their id."""
        of, key = f"subscriptions/{tenant_id}", SUBSCRIPTION_KEY[1:]
        place = after(of, key, cursor)
        items, last = subscriptions.page(tenant_id, limit, None if place is None else (tenant_id, *place))
        return page(of, key, [answer(stored) for stored in items], None if last is None else last[1:])

    @app.get(ONE, tags=TAGS, summary="Show a subscription", responses=answers(ConfiguredItem))
    def show_subscription(tenant_id: TenantId, subscription_id: SubscriptionId) -> ConfiguredItem:
        return answer(subscriptions.get(tenant_id, subscription_id))

    @app.put(ONE, tags=TAGS, summary="Write a subscription", responses=answers(ConfiguredItem, 409, 415))
    def put_subscription(
        tenant_id: TenantId,
        subscription_id: SubscriptionId,
        subscription: Annotated[
            dict[str, Any], AsWritten(SubscriptionItem, ConfiguredItem, in_path=SUBSCRIPTION_KEY), Body()
        ],
    ) -> ConfiguredItem:
        """The whole item, new or in place of what is there; or what a GET of it answered. Switched on again,
        its endpoint starts afresh."""
        key = {"tenant_id": tenant_id, "subscription_id": subscription_id}
        values = written(SubscriptionItem, key, subscription, checks)
        return answer(subscriptions.put((tenant_id, subscription_id), values))

    @app.delete(
        ONE,
        tags=TAGS,
        summary="Delete a subscription",
        status_code=204,
        responses=answers(None, 409, status=204),
    )
    def delete_subscription(tenant_id: TenantId, subscription_id: SubscriptionId) -> None:
        """Its pending deliveries are cancelled when their time comes."""
        subscriptions.delete(tenant_id, subscription_id)

    @app.post(
        f"{ONE}/enable",
        tags=TAGS,
        summary="Enable a subscription",
        responses=answers(ConfiguredItem, 409),
    )
    def enable_subscription(tenant_id: TenantId, subscription_id: SubscriptionId) -> ConfiguredItem:
        """Its endpoint starts afresh: closed, nothing counted."""
        return answer(subscriptions.enable(tenant_id, subscription_id))

    @app.post(
        f"{ONE}/disable",
        tags=TAGS,
        summary="Disable a subscription",
        responses=answers(ConfiguredItem, 409, 415),
    )
    def disable_subscription(
        tenant_id: TenantId, subscription_id: SubscriptionId, why: Annotated[Reason | None, Body()] = None
    ) -> ConfiguredItem:
        """Its pending deliveries are cancelled when their time comes."""
        reason = (why.reason if why else "") or None
        return answer(subscriptions.disable(tenant_id, subscription_id, reason=reason))

    @app.post(
        f"{ONE}/pause",
        tags=TAGS,
        summary="Pause a subscription",
        responses=answers(ConfiguredItem, 409),
    )
    def pause_subscription(tenant_id: TenantId, subscription_id: SubscriptionId) -> ConfiguredItem:
        """Its deliveries wait, and so does what comes: nothing is sent, nothing is lost, no attempt is used
        up. They wait as long as their events are kept."""
        return answer(subscriptions.pause(tenant_id, subscription_id))

    @app.post(
        f"{ONE}/resume",
        tags=TAGS,
        summary="Resume a subscription",
        responses=answers(ConfiguredItem, 409),
    )
    def resume_subscription(tenant_id: TenantId, subscription_id: SubscriptionId) -> ConfiguredItem:
        """What waits goes out at a metered rate, oldest first. It begins within a minute."""
        return answer(subscriptions.resume(tenant_id, subscription_id))

    @app.get(
        f"{ONE}/public-keys",
        tags=TAGS,
        summary="Keys to verify with",
        responses=answers(PublicKeysAnswer, 409),
    )
    def show_public_keys(tenant_id: TenantId, subscription_id: SubscriptionId) -> PublicKeysAnswer:
        """Of a subscription whose signing is standard-ed25519; what may be given to its consumer."""
        return PublicKeysAnswer(public_keys=list(public_keys(tenant_id, subscription_id)))

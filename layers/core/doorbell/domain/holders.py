"""Whom a delivery waits for: its endpoint, or its source while that is paused. Lists, wakes and looks know
either by its name in a tenant: a subscription's id, or a source's behind a mark that no id has."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from doorbell.domain.deliveries import Delivery
from doorbell.domain.subscriptions import Subscription, scoped

OF_A_SOURCE = "source#"


def name_of_source(source_id: str) -> str:
    return f"{OF_A_SOURCE}{source_id}"


def list_of_source(source_id: str, item: Mapping[str, Any]) -> str:
    """The holder that stands for a source, of its item: of events that came while it had another tenant it is
    another, and so is their list."""
    return scoped(str(item.get("tenant_id", "default")), name_of_source(source_id))


def source_in(name: str) -> str | None:
    """None: it is a subscription's id."""
    return name.removeprefix(OF_A_SOURCE) if name.startswith(OF_A_SOURCE) else None


def source_held_by(delivery: Delivery) -> str | None:
    """The source on whose list it waits; None: it waits for its endpoint, or not at all."""
    if not delivery.waits or delivery.shelf is None:
        return None
    holder, _, _ = delivery.shelf.removeprefix("wait#").rpartition("#")
    return source_in(holder.partition("/")[2])


def as_holder(source_id: str, subscription: Subscription, *, paused: bool) -> Subscription:
    """What stands for the source of a delivery to `subscription`, where that waits on the source's list: it
    has the subscription's own times, and no URL, as it is no endpoint."""
    return replace(subscription, subscription_id=name_of_source(source_id), url="", paused=paused)

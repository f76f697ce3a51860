"""What waited for a subscription that was switched off by a tool has ended soon, where nothing went wrong."""

from collections.abc import Mapping

from doorbell.domain.deliveries import Delivery, DeliveryKey
from tests.simulation.story import START
from tests.simulation.world import World

SOON = 30.0 + 60.0 + 60.0
"""Seconds: until every environment knows, a tick of the sweeper, and its messages."""


def check_offs(world: World, deliveries: Mapping[DeliveryKey, Delivery]) -> None:
    """Where it stays off. An attempt that was under way is over by then."""
    last = {change.name: (change.at, change.what) for change in world.story.changes}
    for key, delivery in deliveries.items() if world.story.is_sound else ():
        at, what = last.get(key.subscription_id, (0.0, ""))
        late = (delivery.ended_at or 0.0) - START - at
        if what == "off" and delivery.created_at < START + at and late > SOON:
            raise world.violated(f"{key} ended {late:.0f} s after its subscription was switched off")

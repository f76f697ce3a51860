"""What a pause keeps: no age runs in it, and who waited longest goes first when it is over."""

from collections.abc import Callable
from dataclasses import dataclass, field

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.wakes import TICK_SECONDS
from tests.simulation.outside import People
from tests.simulation.sends import SUBSCRIPTION_CACHE_SECONDS
from tests.simulation.watch_lists import holder_of
from tests.simulation.world import World

SQS_WHOLE_SECONDS = 5.0


@dataclass(eq=False)
class PauseWatch:
    """`is_held`: a message of the delivery is on its queue, or was lost. Told without what the code under
    test writes down of pauses."""

    world: World
    people: People
    deliveries: dict[DeliveryKey, Delivery]
    is_held: Callable[[DeliveryKey], bool]
    _since: dict[tuple[DeliveryKey, str], float] = field(default_factory=dict)
    _seconds: dict[DeliveryKey, float] = field(default_factory=dict)

    def seconds(self, key: DeliveryKey) -> float:
        """How long it waited for the end of a pause, at least, until a worker took it."""
        return self._seconds.get(key, 0.0)

    def written(self, old: Delivery | None, new: Delivery) -> None:
        key, name = new.key, holder_of(new)
        filed = old is not None and old.lease is not None and new.lease is None and new.waits
        if filed and self.people.during(name, self._cached_since(), self.world.now) == {"pause"}:
            self._since.setdefault((key, name), self.world.now)
        if new.lease is not None and not self.people.is_paused(name) and (key, name) in self._since:
            resumed_at = self.people.changed_at(name)
            self._seconds[key] = self.seconds(key) + max(0.0, resumed_at - self._since.pop((key, name)))

    def sent(self, delivery: Delivery) -> None:
        """Where nothing is wrong, nobody who waited longer is on the list still, without a message."""
        if not self.world.story.is_sound or not delivery.waits:
            return
        latest = delivery.next_attempt_at - TICK_SECONDS - SQS_WHOLE_SECONDS
        for other in self.deliveries.values():
            same = other.waits and holder_of(other) == holder_of(delivery)
            if (
                same
                and other.lease is None
                and other.next_attempt_at < latest
                and not self.is_held(other.key)
            ):
                raise self.world.violated(f"{delivery.key} goes before {other.key}, which waited longer")

    def _cached_since(self) -> float:
        return self.world.now - SUBSCRIPTION_CACHE_SECONDS

"""When a pause ends, an endpoint that was parked before or in it is asked at once, where nothing is wrong,
and not when its parking would have ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from doorbell.domain.deliveries import Delivery
from doorbell.domain.health import PARK_MAX_SECONDS
from doorbell.domain.subscriptions import scoped
from doorbell.store.dynamodb.tables import unmarshal
from tests.simulation.outside import TENANT, People
from tests.simulation.sends import RELEASED_LATE, SOURCE, SendWatch
from tests.simulation.watch_lists import holder_of
from tests.simulation.world import World


@dataclass(eq=False)
class ResumeWatch:
    """`_owed`: whom somebody must have asked, since when."""

    world: World
    people: People
    sends: SendWatch
    _owed: list[tuple[str, float]] = field(default_factory=list)

    def resumed(self, name: str) -> None:
        """A subscription, or the list of a source."""
        waiting = [delivery for delivery in self.sends.deliveries.values() if self._waits(delivery, name)]
        subscriptions = sorted({delivery.key.subscription_id for delivery in waiting})
        self._owed += [(one, self.world.now) for one in subscriptions if self._is_parked(one, name)]

    def check(self) -> None:
        """At rest."""
        if not self.world.story.is_sound or self.world.story.no_index_until:
            return
        for name, since in self._owed:
            until = since + RELEASED_LATE
            asked = [send for send in self.sends.sends if send.key.subscription_id == name]
            if self._undisturbed(name, since, until) and not any(since < s.begun <= until for s in asked):
                raise self.world.violated(f"{name} was not asked when its pause was over, at {since:.0f}")

    def _waits(self, delivery: Delivery, name: str) -> bool:
        due = not delivery.state.terminal and delivery.next_attempt_at <= self.world.now
        return due and delivery.waits and delivery.lease is None and holder_of(delivery) == name

    def _is_parked(self, name: str, holder: str) -> bool:
        """By a guess; of a source's list by one that nobody has tried since somebody was filed there."""
        item = unmarshal(self.sends.tables.items["endpoints"].get((scoped(TENANT, name),), {}))
        parked_until = item.get("parked_until") or 0.0
        untried = holder == name or item.get("failing_since") is None
        if self.sends.asked.get(scoped(TENANT, name), 0.0) > self.world.now:
            return False
        return untried and self.world.now < parked_until <= self.world.now + PARK_MAX_SECONDS

    def _undisturbed(self, name: str, since: float, until: float) -> bool:
        ways: Sequence[set[str]] = [self.people.during(one, since + 0.01, until) for one in (name, SOURCE)]
        return all(ways == {"enable"} for ways in ways)

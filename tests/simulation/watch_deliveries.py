"""What may be written of a delivery: history only grows, an end is an end, what is on record was."""

from collections.abc import Callable
from dataclasses import dataclass

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.usecases.holds import SLOT_LOOK_SECONDS
from tests.simulation.outside import People
from tests.simulation.sends import SUBSCRIPTION_CACHE_SECONDS, Send
from tests.simulation.story import Target
from tests.simulation.watch_lists import ListWatch
from tests.simulation.watch_pauses import PauseWatch
from tests.simulation.workers import Worker
from tests.simulation.world import World

LOOK_AHEAD = 60.0


@dataclass(eq=False)
class DeliveryWatch:
    """`deliveries` is the table, read. `on_moved` hears of a delivery whose `due_at` alone was moved."""

    world: World
    people: People
    deliveries: dict[DeliveryKey, Delivery]
    on_moved: Callable[[DeliveryKey], None]
    lists: ListWatch
    pauses: PauseWatch

    def written(self, new: Delivery) -> None:
        old = self.deliveries.get(new.key)
        self.deliveries[new.key] = new
        if old is None:
            self._created(new)
        elif old.state.terminal:
            raise self.world.violated(f"{new.key} had ended ({old.state}) and was changed")
        else:
            self._changed(old, new)
        self._due(new)
        self.pauses.written(old, new)

    def _created(self, new: Delivery) -> None:
        if new.state is not State.PENDING or new.attempts:
            raise self.world.violated(f"{new.key} was not new when it was created")
        for key, other in self.deliveries.items():
            same = (key.event_id, key.subscription_id) == (new.key.event_id, new.key.subscription_id)
            if same and key != new.key and not other.state.terminal:
                raise self.world.violated(f"{new.key} was replayed while another was under way")

    def _changed(self, old: Delivery, new: Delivery) -> None:
        before = (old.created_at, old.expires_at, old.attempts)
        after = (new.created_at, new.expires_at, new.attempts[: old.attempts_made])
        if before != after or new.attempts_made - old.attempts_made not in (0, 1):
            raise self.world.violated(f"the history of {new.key} was rewritten")
        if new.lease is not None and new.lease != old.lease:
            self._claimed(old)
        elif old.lease is not None and new.lease is None:
            self._recorded(old, new)
        elif new.due_at != old.due_at:
            self.on_moved(new.key)

    def _claimed(self, old: Delivery) -> None:
        agreed = self.world.now + self.world.story.skew + 0.01
        if old.lease is not None and old.lease.until > agreed:
            raise self.world.violated(f"{old.key} was claimed while a claim was live")
        self.lists.claimed(old, self._worker())
        self._looks(old)

    def _looks(self, old: Delivery) -> None:
        """Who waits for a slot of an old rate comes soon after it was changed, where nothing is wrong."""
        changed, rate = self.people.limits[old.key.subscription_id][-1]
        if any(self.world.story.rates.values()) or old.slot_rate in (None, rate):
            return
        if self.world.now > changed + SLOT_LOOK_SECONDS + SUBSCRIPTION_CACHE_SECONDS + 2 * LOOK_AHEAD:
            raise self.world.violated(f"{old.key} slept on at the old rate")

    def _recorded(self, old: Delivery, new: Delivery) -> None:
        worker = self._worker()
        assert old.lease is not None
        if old.lease.lease_id not in worker.leases:
            raise self.world.violated(f"{new.key} was recorded without its lease")
        if new.attempts_made > old.attempts_made:
            self._attempted(new, new.attempts[-1], worker.last_send)
        if new.state.terminal:
            self._ended(new)
        if new.waits:
            self.lists.check_awake(new)

    def _attempted(self, new: Delivery, made: Attempt, send: Send | None) -> None:
        """On record though nothing was sent: an attempt of a broken subscription, and one whose pointer has
        no object. Every other was made."""
        if made.error == "config_error":
            if "break" not in self._ways(new):
                raise self.world.violated(f"{new.key}: a sound subscription is called broken")
            return
        if made.error == "large_not_kept":
            if not self._worker().faults:
                raise self.world.violated(f"{new.key}: its pointer's object was written, and is called lost")
            return
        if send is None or (send.key, send.attempt) != (new.key, made.number) or send.outcome is None:
            raise self.world.violated(f"{new.key}: attempt {made.number} on record was never made")
        if (made.status, made.error) != (send.outcome.status, send.outcome.error):
            raise self.world.violated(f"{new.key}: attempt {made.number} is not what happened")
        if made.status is not None and 200 <= made.status < 300 and new.state is not State.DELIVERED:
            raise self.world.violated(f"{new.key} was taken ({made.status}), and is not delivered")
        target = self.people.targets[new.key.subscription_id]
        if new.state is State.PENDING and _given_up(target, made):
            raise self.world.violated(f"{new.key} goes on after {made.status or made.error}")
        if _sent(new) > len(self.people.targets[new.key.subscription_id].schedule):
            raise self.world.violated(f"{new.key}: more attempts than its schedule has")

    def _ended(self, new: Delivery) -> None:
        if not self._may_end(new) or new.due_at is not None or new.ended_at is None:
            raise self.world.violated(f"{new.key} ended as {new.state} ({new.reason}), and should not have")

    def _may_end(self, new: Delivery) -> bool:
        status = new.attempts[-1].status if new.attempts else None
        target = self.people.targets[new.key.subscription_id]
        match new.state, new.reason:
            case State.DELIVERED, None:
                return status is not None and 200 <= status < 300
            case State.EXHAUSTED, "schedule":
                return self._used_up(new, len(target.schedule))
            case State.EXHAUSTED, "given_up":
                return _given_up(target, new.attempts[-1])
            case State.EXHAUSTED, "age":
                furthest = max(3600.0, 1.2 * max(target.schedule)) + self.world.story.skew
                aged = self.world.now - new.created_at - self.pauses.seconds(new.key)
                return aged + furthest >= target.max_age_hours * 3600
            case State.CANCELLED, "gone":
                return status == 410
            case State.CANCELLED, "subscription_disabled" | "subscription_deleted":
                return bool(self._ways(new, cached_for=0.0) & {"disable", "delete"})
            case _:
                return False

    def _used_up(self, new: Delivery, attempts: int) -> bool:
        """By a request that was sent: while the subscription cannot be read nobody knows its schedule."""
        more_than_it_has = new.attempts_made > attempts and _sent(new) < new.attempts_made
        made = new.attempts_made == attempts or more_than_it_has
        return made and new.attempts[-1].error != "config_error"

    def _due(self, new: Delivery) -> None:
        """The sweeper will look at whatever is pending, a grace after its plan at the latest."""
        if new.state.terminal:
            return
        latest = max(new.next_attempt_at, self.world.now + LOOK_AHEAD)
        latest += self.world.story.grace + self.world.story.skew + 1
        latest = self.lists.due_by(new) if new.waits else latest
        if new.due_at is None or new.due_at > latest:
            raise self.world.violated(f"{new.key} is pending and nobody will look at it in time")
        if new.paused_at is not None:  # its age is another, and no plan was made of it
            return
        unread = new.attempts and new.attempts[-1].error == "config_error"  # then nobody knows its age
        age = self.people.targets[new.key.subscription_id].max_age_hours * 3600
        if not unread and new.next_attempt_at > new.created_at + age + self.world.story.skew + 3:
            raise self.world.violated(f"{new.key} is planned for when it will have been given up")

    def _ways(self, delivery: Delivery, cached_for: float = SUBSCRIPTION_CACHE_SECONDS) -> set[str]:
        """How the subscription was configured since the worker may have read it."""
        since = self._worker().invocation.started - cached_for
        return self.people.during(delivery.key.subscription_id, since, self.world.now)

    def _worker(self) -> Worker:
        worker = self.world.worker
        assert worker is not None
        return worker


def _given_up(target: Target, made: Attempt) -> bool:
    """Whether the subscription's rules end a delivery after such a failure, told without the code under
    test. Nothing else was ever refused by Doorbell itself than a broken item, whose rules nobody knows."""
    names = {str(made.status), f"{(made.status or 0) // 100}xx"} if made.status else set()
    if made.error is not None and made.error != "config_error":
        names.add("timeout" if made.error == "timeout" else "network")
    if made.error == "config_error" or made.status == 200:
        return False
    return bool(names & {*target.give_up_on}) or bool(target.only_on and not names & {*target.only_on})


def _sent(delivery: Delivery) -> int:
    return sum(attempt.error != "config_error" for attempt in delivery.attempts)

"""The use cases' ports, in memory. What a service can do to Doorbell, `Faults` does: fail before the call
took effect, or after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import count

from doorbell.domain.after_pause import is_guess
from doorbell.domain.claims import DeliveryMessage, Due, Lost, WakeCall, Won
from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.errors import ConfigError, SecretMissing, Unavailable
from doorbell.domain.events import BodyAt, Several, VerifiedEvent
from doorbell.domain.filing import Filed, Path, SubscriptionPage
from doorbell.domain.health import Health
from doorbell.domain.matching import FilterError
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.places import Entry, Places, Turn
from doorbell.domain.rate import Rate, next_tat, recounted, slot_time
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.shelves import Listed, Shelved, shelf_at, shelf_names
from doorbell.domain.sources import Source
from doorbell.domain.subscriptions import Interest, Subscription
from doorbell.domain.uses import Use
from doorbell.domain.wakes import Wake

START = 1_700_000_000.0


class Crash(BaseException):
    """The worker is killed here: no `except Exception` may see it."""


class FakeClock:
    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Sequential:
    """Ids that count up."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix, self._numbers = prefix, count(1)

    def __call__(self) -> str:
        return f"{self._prefix}{next(self._numbers)}"


@dataclass
class Faults:
    """`before["create"] = [error]`: the next call of `create` raises it and does nothing; `after`: it does
    its work and raises. None in a list lets that call pass."""

    before: dict[str, list[BaseException | None]] = field(default_factory=dict)
    after: dict[str, list[BaseException | None]] = field(default_factory=dict)

    def hit(self, when: dict[str, list[BaseException | None]], name: str) -> None:
        if when.get(name) and (error := when[name].pop(0)) is not None:
            raise error


def unavailable(service: str = "dynamodb") -> Unavailable:
    return Unavailable(service, "Call", "InternalServerError")


class RecordingMetrics:
    """Of what seldom happens none is no count: a metric is paid for in each hour that has one."""

    ALWAYS = ("Matched", "Swept")

    def __init__(self) -> None:
        self.counts: dict[str, float] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.measured: list[tuple[str, float]] = []

    def count(self, name: str, value: float = 1, **dimensions: str) -> None:
        assert value > 0 or name in self.ALWAYS, name
        self.counts[name] = self.counts.get(name, 0) + value
        self.seen.append((name, dimensions))

    def measure(self, name: str, seconds: float) -> None:
        self.measured.append((name, seconds))


class RecordingLog:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, object]]] = []

    def debug(self, message: str, **fields: object) -> None:
        self.lines.append(("debug", message, fields))

    def info(self, message: str, **fields: object) -> None:
        self.lines.append(("info", message, fields))

    def error(self, message: str, **fields: object) -> None:
        self.lines.append(("error", message, fields))

    def messages(self, level: str = "info") -> list[str]:
        return [message for kind, message, _ in self.lines if kind == level]


class FakeSources:
    """A `ConfigError` as the value is a broken item."""

    def __init__(self, *sources: Source) -> None:
        self.items: dict[str, Source | ConfigError | Unavailable] = {s.source_id: s for s in sources}
        self.learned: dict[str, str] = {}

    def get(self, source_id: str) -> Source | None:
        found = self.items.get(source_id)
        if isinstance(found, Exception):
            raise found
        return found

    def learn_secret(self, source: Source, secret: str) -> bool:
        if source.source_id in self.learned or not source.secrets:
            return False
        self.learned[source.source_id] = secret
        return True


class FakeSourcePauses:
    """`cached` is what is answered unless it is asked for as it is at this moment."""

    def __init__(self, *paused: str) -> None:
        self.paused, self.cached = set(paused), dict[str, bool]()

    def is_paused(self, source_id: str, *, fresh: bool = False) -> bool:
        now = source_id in self.paused
        return now if fresh else self.cached.get(source_id, now)


class FakeSecrets:
    """`values` is the vault; what was resolved is cached until `forget`, as in a warm environment."""

    def __init__(self, values: Mapping[str, str], *, may_forget: bool = True) -> None:
        self.values, self.may_forget = dict(values), may_forget
        self.cached: dict[str, str] = {}
        self.owners: list[dict[str, str]] = []
        self.fetches = 0
        self.broken: Unavailable | None = None

    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
        self.owners.append(dict(owner))
        return tuple(self._one(reference) for reference in references)

    def _one(self, reference: str) -> str:
        if self.broken is not None:
            raise self.broken
        if reference not in self.cached:
            self.fetches += 1
            if reference not in self.values:
                raise SecretMissing(reference, "not there")
            self.cached[reference] = self.values[reference]
        return self.cached[reference]

    def forget(self, references: Sequence[str]) -> bool:
        if self.may_forget:
            for reference in references:
                self.cached.pop(reference, None)
        return self.may_forget


@dataclass
class FakeGate:
    """Does what `answer` says; `seen` are the secrets of each examination."""

    answer: Callable[[Source, RawRequest, Sequence[str]], VerifiedEvent | Several | Answer | Learn]
    seen: list[tuple[str, ...]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    most: int = 4_500_000

    def examine(
        self,
        source: Source,
        request: RawRequest,
        secrets: Sequence[str],
        *,
        verify_token: str | None,
        ingest_id: str,
        now: float,
        events_only: bool = False,
    ) -> VerifiedEvent | Several | Answer | Learn:
        self.seen.append(tuple(secrets))
        self.times.append(now)
        return self.answer(source, request, secrets)

    def ack(self, source: Source, request: RawRequest, secrets: Callable[[], Sequence[str]]) -> Answer:
        return Answer(202)

    def most_bytes(self, source: Source) -> int:
        return self.most


class FakeChecks:
    """Lets everything pass but what `refuse[check]` names."""

    def __init__(self, **refuse: Exception) -> None:
        self.refuse = refuse

    def sender(self, source: Source, source_ip: str) -> None:
        self._check("sender")

    def content_type(self, source: Source, content_type: str) -> None:
        self._check("content_type")

    def schema(self, source: Source, event: VerifiedEvent) -> None:
        self._check("schema")

    def _check(self, name: str) -> None:
        if name in self.refuse:
            raise self.refuse[name]


class FakeBodies:
    def __init__(self, faults: Faults | None = None) -> None:
        self.objects: dict[str, bytes] = {}
        self.faults = faults or Faults()

    def put(self, key: str, body: bytes) -> None:
        self.faults.hit(self.faults.before, "put_body")
        self.objects[key] = body
        self.faults.hit(self.faults.after, "put_body")

    def get(self, key: str) -> bytes:
        return self.objects[key]


class FakeEventsQueue:
    def __init__(self, faults: Faults | None = None) -> None:
        self.sent: list[tuple[VerifiedEvent, BodyAt]] = []
        self.faults = faults or Faults()

    def send(self, event: VerifiedEvent, body: BodyAt) -> None:
        if type(event) is not VerifiedEvent:
            raise TypeError("only a VerifiedEvent can be enqueued")
        self.faults.hit(self.faults.before, "send_event")
        self.sent.append((event, body))

    def send_all(self, events: Sequence[tuple[VerifiedEvent, BodyAt]]) -> None:
        """One by one: a fault leaves those before it taken."""
        for event, body in events:
            self.send(event, body)


class FakeDeliveriesQueue:
    """`sent` are (message, delay) in order; `woken` the same of calls for a look at a list."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.sent: list[tuple[DeliveryMessage, int]] = []
        self.woken: list[tuple[WakeCall, int]] = []
        self.faults = faults or Faults()

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        batch = list(messages)
        if not batch:
            return
        assert all(type(delay) is int and 0 <= delay <= 900 for _, delay in batch)
        self.faults.hit(self.faults.before, "send")
        self.sent += batch
        self.faults.hit(self.faults.after, "send")

    def wake(self, calls: Iterable[tuple[WakeCall, int]]) -> None:
        batch = list(calls)
        assert all(type(delay) is int and 0 <= delay <= 900 for _, delay in batch)
        self.woken += batch


class FakeShelves:
    """Reads the deliveries as they are, so it never lags."""

    def __init__(self, deliveries: FakeDeliveries) -> None:
        self._deliveries, self.is_ready = deliveries, True

    def ready(self) -> bool:
        return self.is_ready

    def waiting(self, endpoint_id: str, after: float | None, until: float, limit: int) -> Listed:
        shelves = shelf_names(endpoint_id)
        rows = sorted(
            (
                Shelved(d.key, d.tenant_id, shelf_at(d), d.attempts_made)
                for d in self._deliveries.items.values()
                if d.waits and d.shelf in shelves and (after or 0.0) < shelf_at(d) <= until
            ),
            key=lambda row: row.at,
        )
        return Listed(tuple(rows[:limit]), rows[limit - 1].at if len(rows) > limit else until)


class FakeSubscriptions:
    """`cached` is what is answered unless it is asked for as it is at this moment."""

    def __init__(self, *subscriptions: Subscription, page_size: int = 500) -> None:
        self.items: dict[tuple[str, str], Subscription | ConfigError] = {
            (s.tenant_id, s.subscription_id): s for s in subscriptions
        }
        self.cached: dict[tuple[str, str], Subscription | None] = {}
        self.page_size = page_size
        self.disabled: list[tuple[str, str]] = []

    def put(self, subscription: Subscription) -> None:
        self.items[subscription.tenant_id, subscription.subscription_id] = subscription

    def has_many(self, tenant_id: str) -> bool:
        return False

    def page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        ids = sorted(s for t, s in self.items if t == tenant_id and (after is None or s > after))
        found = [self.items[tenant_id, s] for s in ids[: self.page_size]]
        last = ids[self.page_size - 1] if len(ids) > self.page_size else None
        return SubscriptionPage(Filed(Interest.of(s) for s in found if isinstance(s, Subscription)), last)

    def is_at_hand(self, tenant_id: str) -> bool:
        return True

    def get(self, tenant_id: str, subscription_id: str, *, fresh: bool = False) -> Subscription | None:
        key = (tenant_id, subscription_id)
        found = self.cached[key] if key in self.cached and not fresh else self.items.get(key)
        if isinstance(found, ConfigError):
            raise found
        return found

    def disable(self, subscription: Subscription, reason: str, now: float) -> bool:
        found = self.get(subscription.tenant_id, subscription.subscription_id, fresh=True)
        if found is None or not found.enabled or found.url != subscription.url:
            return False
        self.put(replace(found, enabled=False, disabled_reason=reason))
        self.disabled.append((subscription.subscription_id, reason))
        return True


class FakeEvents:
    def __init__(self, faults: Faults | None = None) -> None:
        self.items: dict[str, StoredEvent] = {}
        self.pages: dict[tuple[str, int], RoutingPage] = {}
        self.uses: dict[str, Use] = {}
        self.puts = self.reads = self.pointer_reads = self.page_reads = 0
        self.faults = faults or Faults()

    def put_new(self, event: StoredEvent) -> StoredEvent | None:
        self.puts += 1
        self.faults.hit(self.faults.before, "put_new")
        there = self.items.get(event.event_id)
        if there is None or there.expires_at <= event.created_at:
            there = self.items[event.event_id] = event
            self.pages = {key: page for key, page in self.pages.items() if key[0] != event.event_id}
        self.faults.hit(self.faults.after, "put_new")
        return None if there is event else there

    def put_page(self, event: StoredEvent, number: int, page: RoutingPage) -> RoutingPage | None:
        self.faults.hit(self.faults.before, "put_page")
        there = self.pages.setdefault((event.event_id, number), page)
        self.faults.hit(self.faults.after, "put_page")
        return None if there is page else there

    def page(self, event: StoredEvent, number: int) -> RoutingPage | None:
        self.page_reads += 1
        return self.pages.get((event.event_id, number))

    def get(self, event_id: str, now: float) -> StoredEvent | None:
        self.faults.hit(self.faults.before, "get_event")
        self.reads += 1
        there = self.items.get(event_id)
        return None if there is None or there.expires_at <= now else there

    def source_id(self, event_id: str) -> str | None:
        there = self.items.get(event_id)
        return None if there is None else there.incoming.source_id

    def newest(self, event_id: str, now: float) -> Use | None:
        self.pointer_reads += 1
        return self.uses.get(event_id)

    def move_newest(self, event: StoredEvent) -> None:
        self.faults.hit(self.faults.before, "move_newest")
        there = self.uses.get(event.incoming.event_id)
        if there is None or there.generation < event.generation:
            self.uses[event.incoming.event_id] = Use.of(event)
        self.faults.hit(self.faults.after, "move_newest")


class FakeDeliveries:
    """Each method is atomic, and as strict as the table's conditions."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.items: dict[DeliveryKey, Delivery] = {}
        self.settled_by: dict[DeliveryKey, str] = {}
        self.faults = faults or Faults()

    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        self.faults.hit(self.faults.before, "create")
        result: list[Delivery | None] = []
        for delivery in deliveries:
            self.faults.hit(self.faults.before, "create_one")
            there = self.items.get(delivery.key)
            if there is None or there.expires_at <= delivery.created_at:
                there = self.items[delivery.key] = delivery
            result.append(None if there is delivery else there)
        self.faults.hit(self.faults.after, "create")
        return result

    def claim(
        self, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost:
        self.faults.hit(self.faults.before, "claim")
        there = self.items.get(key)
        if there is None or not self._free(there, attempt, now) or (there.shelf and not release):
            return Lost(there)
        self.items[key] = replace(there, lease=lease)
        self.faults.hit(self.faults.after, "claim")
        return Won(self.items[key])

    def _free(self, delivery: Delivery, attempt: int, now: float) -> bool:
        return (
            delivery.state is State.PENDING
            and delivery.next_attempt == attempt
            and delivery.next_attempt_at <= now + STEP_SLACK_SECONDS
            and (delivery.lease is None or delivery.lease.until < now)
        )

    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        self.faults.hit(self.faults.before, "record")
        assert claimed.lease is not None
        there = self.items[claimed.key]
        if there.lease is None or there.lease.lease_id != claimed.lease.lease_id or there.state.terminal:
            return self.settled_by.get(claimed.key) == claimed.lease.lease_id
        attempts = there.attempts if attempt is None else (*there.attempts, attempt)
        self.items[claimed.key] = replace(after, attempts=attempts, lease=None)
        self.settled_by[claimed.key] = claimed.lease.lease_id
        self.faults.hit(self.faults.after, "record")
        return True

    def by_key(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Delivery]:
        return {key: self.items[key] for key in keys if key in self.items}

    def postpone(self, key: DeliveryKey, seen_due_at: float, due_at: float) -> bool:
        self.faults.hit(self.faults.before, "postpone")
        there = self.items.get(key)
        if there is None or there.due_at != seen_due_at:
            return False
        moved = due_at if there.look_at is None else there.look_at
        self.items[key] = replace(there, due_at=moved, look_at=None)
        return True

    def postpone_all(self, moves: Sequence[tuple[Due, float]]) -> Sequence[bool]:
        return [self.postpone(row.key, row.due_at, due_at) for row, due_at in moves]


class FakeDueIndex:
    """Reads the deliveries as they are, so it never lags."""

    def __init__(self, deliveries: FakeDeliveries, shards: int = 4) -> None:
        self._deliveries, self._shards = deliveries, shards

    @property
    def shards(self) -> int:
        return self._shards

    def due(self, shard: int, until: float) -> Iterator[Due]:
        rows = [
            Due(d.key, d.tenant_id, d.due_at, d.attempts_made)
            for d in self._deliveries.items.values()
            if d.due_at is not None and d.due_at <= until and int(d.key.due_shard(self._shards)) == shard
        ]
        yield from sorted(rows, key=lambda row: row.due_at)


class FakeEndpoints:
    def __init__(self) -> None:
        self.states: dict[str, Health] = {}
        self.tats: dict[str, float] = {}
        self.rates: dict[str, Rate] = {}
        self.drains: dict[str, float] = {}
        self.turns: dict[str, float] = {}
        self.places: dict[str, dict[str, float]] = {}
        self.stays: dict[str, float] = {}
        self.writes = 0
        self.lose_races = 0

    def health(self, endpoint_id: str, *, fresh: bool = False) -> Health:
        return self.states.get(endpoint_id, Health())

    def stay_seconds(self, endpoint_id: str) -> float | None:
        return self.stays.get(endpoint_id)

    def write_health(self, endpoint_id: str, health: Health) -> bool:
        if self.lose_races:
            self.lose_races -= 1
            return False
        if self.health(endpoint_id).version != health.version:
            return False
        self.states[endpoint_id] = replace(health, version=health.version + 1)
        self.writes += 1
        return True

    def reset(self, endpoint_id: str) -> None:
        there = self.health(endpoint_id)
        wake = there.wake and Wake(0.0, pace=there.wake.pace, ceiling=there.wake.ceiling)
        self.states[endpoint_id] = Health(version=there.version + 1, wake=wake)
        for waiting in (self.tats, self.rates, self.drains, self.turns, self.stays):
            waiting.pop(endpoint_id, None)

    def resumed(self, endpoint_id: str, now: float) -> None:
        there = self.health(endpoint_id)
        there = replace(there, parked_until=now) if is_guess(there, now) else there
        wake = there.wake and replace(there.wake, at=0.0)
        self.states[endpoint_id] = replace(there, failing_since=None, wake=wake, version=there.version + 1)

    def take_slot(self, endpoint_id: str, rate: Rate, now: float, last: float) -> float | None:
        if endpoint_id in self.tats and self.rates.get(endpoint_id, rate) != rate:
            self.tats[endpoint_id] = recounted(self.tats[endpoint_id], rate, now)
        self.rates[endpoint_id] = rate
        tat = next_tat(self.tats.get(endpoint_id), rate, now)
        if slot_time(tat, rate, now) > last:
            return None
        self.tats[endpoint_id] = tat
        return slot_time(tat, rate, now)

    def take_drain_slot(self, endpoint_id: str, rate: float, floor: float, last: float) -> float | None:
        return self._next(self.drains, endpoint_id, rate, floor, last)

    def take_turn(self, endpoint_id: str, turn: Turn, last: float, *, crowded: bool) -> float | None:
        return self._next(self.turns, endpoint_id, 1 / turn.step, turn.at_least, last)

    def _next(
        self, queue: dict[str, float], endpoint_id: str, rate: float, floor: float, last: float
    ) -> float | None:
        at = max(queue.get(endpoint_id, floor), floor)
        if at > last:
            return None
        queue[endpoint_id] = at + 1 / rate
        return at

    def enter(self, endpoint_id: str, lease: Lease, limit: int, now: float, *, in_turn: bool) -> Entry:
        held, answer = self.places.get(endpoint_id, {}), self.stays.get(endpoint_id)
        seen = Places(dict(held), answer, self.turns.get(endpoint_id))
        if not seen.admits(lease.lease_id, limit, now, in_turn=in_turn):
            return Entry(False, seen)
        self.places[endpoint_id] = {**seen.live(now), lease.lease_id: lease.until}
        return Entry(True, seen)

    def leave(self, endpoint_id: str, lease: Lease, stay_seconds: float | None) -> None:
        self.places.get(endpoint_id, {}).pop(lease.lease_id, None)
        if stay_seconds is not None:
            self.stays[endpoint_id] = stay_seconds


class FakeComposer:
    """`error` is raised instead of composing, once for each entry."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.composed: list[tuple[str, int, bytes]] = []
        self.rejections: list[str] = []

    def compose(
        self, subscription: Subscription, event: StoredEvent, body: bytes, attempt: int, now: float
    ) -> OutboundRequest:
        if self.errors:
            raise self.errors.pop(0)
        self.composed.append((event.event_id, attempt, body))
        headers = (("webhook-id", event.event_id), ("doorbell-attempt", str(attempt)))
        return OutboundRequest(subscription.url, headers, body, subscription.timeout_seconds)

    def rejected(self, subscription: Subscription) -> None:
        self.rejections.append(subscription.subscription_id)


class FakeFilters:
    """`true` and `false` are what they say, anything else cannot be evaluated."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.turns = 0

    def turn(self) -> AbstractContextManager[object]:
        self.turns += 1
        return nullcontext()

    def text_at(self, path: Path, event: Incoming, body: bytes) -> str | None:
        return None

    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool:
        self.bodies.append(body)
        if expression not in ("true", "false"):
            raise FilterError(f"cannot evaluate {expression}")
        return expression == "true"


class FakeSender:
    """Answers with `outcomes` in turn (an exception is raised), then with 200."""

    def __init__(self, *outcomes: Outcome | BaseException) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[OutboundRequest] = []
        self.during: Callable[[], None] = lambda: None

    def send(self, request: OutboundRequest) -> Outcome:
        self.sent.append(request)
        self.during()
        outcome = self.outcomes.pop(0) if self.outcomes else answered(200)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class RecordingNotices:
    def __init__(self) -> None:
        self.published: list[tuple[str, dict[str, object]]] = []

    def publish(self, kind: str, detail: Mapping[str, object]) -> None:
        self.published.append((kind, dict(detail)))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.published]


class FakeStories:
    def __init__(self, events: FakeEvents, deliveries: FakeDeliveries) -> None:
        self._events, self._deliveries = events, deliveries

    def story(self, event_id: str) -> tuple[StoredEvent, Sequence[Delivery]] | None:
        event = self._events.items.get(event_id)
        if event is None:
            return None
        items = self._deliveries.items
        return event, [items[key] for key in sorted(items) if key.event_id == event_id]

    def page(
        self, event_id: str, after: str | None, limit: int
    ) -> tuple[StoredEvent, Sequence[Delivery], str | None] | None:
        found = self.story(event_id)
        if found is None:
            return None
        rest = [d for d in found[1] if after is None or d.key.subscription_id > after]
        return found[0], rest[:limit], rest[limit - 1].key.subscription_id if len(rest) > limit else None


def answered(status: int, *, retry_after: str | None = None) -> Outcome:
    """A complete answer."""
    return Outcome(status, None, "", retry_after, "", 12)


def failed(error: str = "connect_failed") -> Outcome:
    """No answer."""
    return Outcome(None, error, "it failed", None, "", 12)

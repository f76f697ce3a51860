"""What may be sent: every request is held against the claim, the plan and the limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.deliveries import STEP_SLACK_SECONDS, Delivery, DeliveryKey
from doorbell.domain.health import hash_of
from doorbell.domain.holders import name_of_source
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.subscriptions import scoped
from doorbell.store.dynamodb.rate_line import AGREED_SECONDS
from doorbell.store.dynamodb.tables import unmarshal
from tests.simulation.gateway import HUB
from tests.simulation.outside import TENANT, People
from tests.simulation.queues import WINDOW_SECONDS
from tests.simulation.target_queue import DEDUPE
from tests.simulation.workers import Worker
from tests.simulation.world import World
from tests.support.fakes_dynamo import Key, Tables
from tests.support.fakes_expressions import Item

SOURCE = name_of_source(HUB)
"""The one that can be paused; all that rings in those histories rings there."""
SUBSCRIPTION_CACHE_SECONDS = 13.0
"""Ten seconds of cache, and what an eventually consistent read may lag."""
OF_ONE_EVENT = 400
SECONDS_LATE = 3.0
"""SQS delays are whole seconds; preparing a request takes a moment."""
RELEASED_LATE = 75.0
"""A sweep, and a tick: beyond that nobody waits for an endpoint that can be sent to, but for the second in
which a large batch is gathered."""


@dataclass(eq=False, slots=True)
class Send:
    """`faults_before`: how many faults its worker had met when it began. `frozen`: between its last look at
    the clock and the send, which nothing could have noticed; `excused`: so long that its claim had ended."""

    key: DeliveryKey
    attempt: int
    url: str
    worker: Worker
    begun: float
    lease_until: float
    faults_before: int
    frozen: bool
    excused: bool
    ended: bool = False
    arrived: bool = False
    outcome: Outcome | None = None

    @property
    def hit(self) -> bool:
        """A fault kept its worker from recording it in time."""
        return self.frozen or self.worker.faults > self.faults_before or not self.worker.invocation.alive

    @property
    def under_way(self) -> bool:
        return not self.ended and self.worker.invocation.alive


@dataclass(eq=False)
class SendWatch:
    world: World
    tables: Tables
    people: People
    deliveries: dict[DeliveryKey, Delivery]
    bodies: dict[str, bytes]
    sends: list[Send] = field(default_factory=list)
    slots: dict[str, list[float]] = field(default_factory=dict)
    parked_at: dict[str, float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    known_as: dict[tuple[str, str], str] = field(default_factory=dict)
    known_of: dict[str, tuple[str, str]] = field(default_factory=dict)
    latest: float = 0.0
    longest_wait: float = 0.0
    well_since: dict[str, float] = field(default_factory=dict)
    on_send: Callable[[Delivery], None] = lambda delivery: None

    def begin(self, worker: Worker, request: OutboundRequest) -> Send:
        key: DeliveryKey = worker.subject.key
        delivery, now, skew = self.deliveries[key], self.world.now, self.world.story.skew
        headers = dict(request.headers)
        lease = delivery.lease
        live = lease is not None and lease.lease_id in worker.leases and lease.until >= now - skew - 0.01
        by_all_clocks = live and lease is not None and lease.until > now + 2 * skew + 0.01
        frozen = worker.frozen_at >= worker.clock_read_at
        if not live and not frozen:
            raise self.world.violated(f"sent without a live claim: {key}")
        attempt = int(headers["doorbell-attempt"])
        send = Send(
            key,
            attempt,
            request.url,
            worker,
            now,
            lease.until if lease else 0.0,
            worker.faults,
            frozen,
            frozen and not by_all_clocks,
        )
        if not send.excused:
            self._planned(delivery, attempt, worker.subject.attempt)
            self._limits(send)
            self.on_send(delivery)
        self._once(send)
        self._same(key, headers, request.body)
        if DEDUPE in headers:
            self._deduplicated(key, headers[DEDUPE])
        self._wanted(key, worker)
        self.sends.append(send)
        worker.last_send = send
        return send

    def end(self, send: Send, arrived: bool, outcome: Outcome, *, is_failure: bool = True) -> None:
        """`is_failure`: one of its own, if it failed."""
        send.ended, send.arrived, send.outcome = True, arrived, outcome
        if not outcome.is_success and is_failure:
            name = scoped(TENANT, send.key.subscription_id)
            self.failed[name] = self.failed.get(name, 0) + 1

    def end_together(self, sends: Sequence[Send], outcomes: Sequence[tuple[bool, Outcome]]) -> None:
        """What one call says of many is one failure of theirs, or their probe's."""
        said = set[tuple[int | None, str | None]]()
        for send, (arrived, outcome) in zip(sends, outcomes, strict=True):
            kind = outcome.status, outcome.error
            self.end(send, arrived, outcome, is_failure=kind not in said or self._is_probe(send))
            said.add(kind)

    def _is_probe(self, send: Send) -> bool:
        key = (scoped(TENANT, send.key.subscription_id),)
        item = unmarshal(self.tables.items["endpoints"].get(key, {}))
        return item.get("probe_until") == send.lease_until

    def endpoint_written(self, key: Key, before: Item | None, after: Item) -> None:
        """A slot, or news of its health."""
        if key[0] == scoped(TENANT, SOURCE):
            return
        old, new = unmarshal(before or {}), unmarshal(after)
        target = self.people.targets[key[0].partition("/")[2]]
        counted_anew = new.get("tat_rate") != old.get("tat_rate")
        is_given = "tat" in new and new["tat"] != old.get("tat") and not counted_anew
        if is_given and target.rate_limit is not None:
            self._slot_given(key[0], target.name, old.get("tat", 0.0), new["tat"])
        worker = self.world.worker
        if new.get("parked_until") is not None and new.get("parked_until") != old.get("parked_until"):
            self.parked_at[key[0]] = self.world.now
            last = worker.last_send if worker is not None else None
            if last is not None and last.outcome is not None and last.outcome.status == OF_ONE_EVENT:
                raise self.world.violated(f"{key[0]} was parked for what it said of one event")
        self._cut_short(key[0], old, new)
        if new.get("parks", 0) > old.get("parks", 0):
            self._noted(key[0], new["parked_until"])
        if "parked_until" in old and "parked_until" not in new:
            self.well_since[key[0]] = self.world.now
        repeats = sum(invocation.repeats for invocation in self.world.invocations)
        if worker is not None and new.get("failures", 0) > self.failed.get(key[0], 0) + repeats:
            raise self.world.violated(f"{key[0]}: more failures counted than there were")

    def _cut_short(self, endpoint: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Who comes out of a pause may end a parking, if nobody was tried since the pause, and none that the
        subscriber asked for."""
        worker, one = self.world.worker, old.get("url_hash") == new.get("url_hash")
        is_cut = one and old.get("parked_until", 0.0) > new.get("parked_until", float("inf"))
        if is_cut and self.asked.get(endpoint, 0.0) > self.world.now + self.world.story.skew:
            raise self.world.violated(f"{endpoint}: it was asked before the time for which it had asked")
        if is_cut and "failing_since" in old and worker is not None and worker.subject is not None:
            raise self.world.violated(f"{endpoint}: its parking was cut short, and it had been tried")

    def _noted(self, endpoint: str, until: float) -> None:
        """For as long as its subscriber asked for, or for a guess."""
        last = self.world.worker.last_send if self.world.worker is not None else None
        asked = float(last.outcome.retry_after or 0) if last is not None and last.outcome is not None else 0.0
        is_asked = asked > 0 and abs(until - self.world.now - asked) <= self.world.story.skew + 1.0
        self.asked[endpoint] = until if is_asked else 0.0

    def rate_changed(self, name: str) -> None:
        """Slots of the old rate are good until all environments know the new one."""
        endpoint, known = scoped(TENANT, name), self.world.now + AGREED_SECONDS + self.world.story.skew
        self.slots[endpoint] = [at for at in self.slots.get(endpoint, []) if at <= known]

    def _slot_given(self, endpoint: str, name: str, before: float, tat: float) -> None:
        rates = self.people.rates(name, self.world.now - AGREED_SECONDS - self.world.story.skew)
        if tat < before + 1 / max(rates) - 0.001:
            raise self.world.violated(f"{endpoint}: a rate slot was given out twice")
        slot_at = tat - max(max(1, int(rate)) / rate for rate in rates)
        self.slots.setdefault(endpoint, []).append(slot_at)
        waiting = [d for d in self.deliveries.values() if not d.state.terminal]
        changed = len(self.people.limits[name]) > 1 and len(rates) == 1
        if changed and slot_at > self.world.now + AGREED_SECONDS + (len(waiting) + 1) / min(rates):
            raise self.world.violated(f"{endpoint}: who waits was promised more than the new rate's turn")

    def _planned(self, delivery: Delivery, attempt: int, called: int) -> None:
        if attempt != called:
            raise self.world.violated(f"{delivery.key}: a message for attempt {called} made {attempt}")
        if delivery.state.terminal or attempt != delivery.next_attempt:
            raise self.world.violated(f"attempt {attempt} of {delivery.key} is not its turn")
        self._on_time(delivery)
        slack = STEP_SLACK_SECONDS + self.world.story.skew + 0.01
        if delivery.next_attempt_at > self.world.now + slack:
            early = delivery.next_attempt_at - self.world.now
            raise self.world.violated(f"{delivery.key} sent {early:.1f} s before its plan")

    def _on_time(self, delivery: Delivery) -> None:
        """Who waited on a list goes a while after its endpoint could have been sent to; all others by
        plan."""
        if delivery.waits:
            self.longest_wait = max(self.longest_wait, self.world.now - self._free_since(delivery))
            gathered = WINDOW_SECONDS if self.world.story.batch > 10 else 0.0
            if self.world.quiet and self.longest_wait > RELEASED_LATE + gathered:
                raise self.world.violated(f"{delivery.key} waited {self.longest_wait:.1f} s too long")
            return
        self.latest = max(self.latest, self.world.now - delivery.next_attempt_at)
        if self.world.quiet and self.latest > SECONDS_LATE:
            raise self.world.violated(
                f"{delivery.key} is sent {self.latest:.1f} s late, and nothing was wrong"
            )

    def _free_since(self, delivery: Delivery) -> float:
        endpoint_id = scoped(TENANT, delivery.key.subscription_id)
        item = unmarshal(self.tables.items["endpoints"].get((endpoint_id,), {}))
        parked_until, well = item.get("parked_until"), self.well_since.get(endpoint_id, 0.0)
        return max(delivery.next_attempt_at, well if parked_until is None else parked_until)

    def _once(self, send: Send) -> None:
        """A second send of an attempt only where the first one's worker met a fault before its record."""
        for earlier in self.sends:
            if (earlier.key, earlier.attempt) == (send.key, send.attempt):
                if not (earlier.hit or send.excused):
                    raise self.world.violated(f"{send.key} attempt {send.attempt} sent twice, and no fault")
                self.duplicates += 1

    def _same(self, key: DeliveryKey, headers: dict[str, str], body: bytes) -> None:
        if headers["webhook-id"] != key.event_id:
            raise self.world.violated(f"{key} bears webhook-id {headers['webhook-id']}")
        if body != self.bodies[key.event_id]:
            raise self.world.violated(f"{key} is not the provider's bytes")

    def _deduplicated(self, key: DeliveryKey, known_as: str) -> None:
        """A queue takes what bears one id for one message: that of one event for one subscription, whenever
        it is sent."""
        one = (key.event_id, key.subscription_id)
        if self.known_as.setdefault(one, known_as) != known_as:
            raise self.world.violated(f"{key} is another message each time it is sent")
        if self.known_of.setdefault(known_as, one) != one:
            raise self.world.violated(f"{key} is taken for another event's message")

    def _wanted(self, key: DeliveryKey, worker: Worker) -> None:
        since = worker.invocation.started - SUBSCRIPTION_CACHE_SECONDS
        if "enable" not in self.people.during(key.subscription_id, since, self.world.now):
            raise self.world.violated(f"{key} sent, though the subscription is off, or paused")
        if "pause" in self.people.during(SOURCE, since, self.world.now) <= {"pause"}:
            raise self.world.violated(f"{key} sent, though its source is paused")

    def _limits(self, send: Send) -> None:
        name, now = send.key.subscription_id, self.world.now
        target, skew, endpoint = self.people.targets[name], self.world.story.skew, scoped(TENANT, name)
        if target.max_in_flight is not None and len(self._busy(name)) >= target.max_in_flight:
            raise self.world.violated(f"{endpoint}: more than {target.max_in_flight} in flight")
        if target.rate_limit is not None:
            made = {(other.key, other.attempt) for other in self.sends if other.key.subscription_id == name}
            made.add((send.key, send.attempt))
            open_slots = [at for at in self.slots.get(endpoint, []) if at <= now + skew + 1.01]
            if len(made) > len(open_slots):
                raise self.world.violated(f"{endpoint}: {len(made)} sent in {len(open_slots)} rate slots")
        self._parked(endpoint, send)

    def _busy(self, name: str) -> list[Send]:
        """What is under way there, each with a claim that all clocks agree on."""
        until = self.world.now + 2 * self.world.story.skew + 0.01
        return [
            send for send in self.sends
            if send.key.subscription_id == name and send.under_way and not send.excused
            and send.lease_until > until
        ]  # fmt: skip

    def _parked(self, endpoint: str, send: Send) -> None:
        """Nothing is sent to a parked endpoint, and then one probe at a time, by all who could know of it."""
        story, now = self.world.story, self.world.now
        item = unmarshal(self.tables.items["endpoints"].get((endpoint,), {}))
        parked_until = item.get("parked_until")
        if parked_until is None or item["url_hash"] != hash_of(send.url):
            return
        if not self._knows(endpoint, send.worker):
            return
        if parked_until > now + story.skew + 0.01:
            raise self.world.violated(f"{endpoint}: sent to while it is parked")
        for other in self._busy(send.key.subscription_id):
            if self._knows(endpoint, other.worker) and other.begun > self.parked_at[endpoint]:
                raise self.world.violated(f"{endpoint}: two probes at once")

    def _knows(self, endpoint: str, worker: Worker) -> bool:
        """Whether the worker read the endpoint's health after it was parked."""
        return self.parked_at[endpoint] < worker.health_read_at - self.world.story.read_lag - 0.01

"""One history: a story, told to its end.

Until `calm_at` anything may fail. After it nothing does, and the history goes on until nothing is pending:
every guarantee is held against every step, and the ledger against the end.
"""

import gc
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from doorbell.domain.deliveries import DeliveryKey, State
from doorbell.domain.errors import Busy
from doorbell.domain.holders import name_of_source
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.requests import Answer
from doorbell.domain.subscriptions import scoped
from doorbell.store.health.incidents import PREFIX
from doorbell.store.secrets.secrets import FORGET_SECONDS
from tests.simulation.faults import Fault, Faults
from tests.simulation.gateway import HUB, SECRET, SOURCE_SECRETS, Services, Vault
from tests.simulation.kept_bodies import KeptBodies
from tests.simulation.lambdas import TIMEOUTS, Lambdas
from tests.simulation.ledger import Ledger, key_of
from tests.simulation.leftovers import leave_behind
from tests.simulation.loop import Line
from tests.simulation.outside import (
    TENANT,
    People,
    Subscribers,
    bodies_of,
    ids_of,
    published_body_of,
    request_of,
)
from tests.simulation.queues import Queue, SqsClient
from tests.simulation.sends import OF_ONE_EVENT, SendWatch
from tests.simulation.shared_calls import Parcel
from tests.simulation.story import START, Change, Ring, Story, story_of
from tests.simulation.watch_events import EventWatch
from tests.simulation.watch_offs import check_offs
from tests.simulation.watch_resumes import ResumeWatch
from tests.simulation.workers import current
from tests.simulation.world import World
from tests.support.fakes_dynamo import DynamoClient, Key, Tables

TICK = 60.0
PATIENCE_SECONDS = 15.0
"""How long a provider waits for an answer before it rings again."""
LONGEST_SECONDS = 60 * 3600.0


@dataclass(frozen=True, slots=True)
class History:
    """What became of a story. `latest`: by how many seconds an attempt missed its plan at most. `shapes` are
    the distinct states it went through, `sites` its side effects. `calls` are the messages that called for
    each delivery; the last one ended at `ended_at`."""

    states: Counter[State]
    duplicates: int
    latest: float
    sites: list[str]
    hit: dict[Fault, int]
    shapes: set[int]
    timeline: list[Line]
    calls: Counter[DeliveryKey]
    ended_at: float


@dataclass
class WatchedDynamo(DynamoClient):
    """Notes when a worker looked at an endpoint's health."""

    def _get(self, table: str, key: Key, consistent: bool) -> dict[str, Any]:
        worker = current()
        if worker is not None and table == "endpoints" and not consistent:
            worker.health_read_at = self.tables.clock()
        return super()._get(table, key, consistent)


class Simulation:
    """`faults` None: those of the story, at random."""

    def __init__(self, story: Story, faults: Faults | None = None) -> None:
        self.story, self.world = story, World(story, faults)
        self.tables = _tables(self.world)
        targets = {target.name: target for target in story.targets}
        self.people = People(self.world, self.tables, targets)
        self.subscribers = Subscribers(self.world, story, targets)
        objects, bodies = dict[str, bytes](), dict[str, bytes]()
        genuine = frozenset(body for ring in story.rings if not ring.forged for body in bodies_of(ring))
        self.sends = SendWatch(self.world, self.tables, self.people, {}, bodies)
        events = EventWatch(self.world, self.people, bodies, objects, genuine)
        self.resumes = ResumeWatch(self.world, self.people, self.sends)
        self.ledger = Ledger(self.world, self.people, self.sends, events, self._held, self._comes_again)
        self.events, self.deliveries = self._queues()
        sqs = SqsClient(self.world, {"events": self.events, "deliveries": self.deliveries})
        self.dynamo = WatchedDynamo(self.tables, self.world.call)
        self.vault = Vault(self.world)
        self.kept = KeptBodies(self.world)
        services = Services(
            self.world, self.dynamo, sqs, self.vault, objects, self._transmit, self._transmit_all, self.kept
        )
        self.lambdas = Lambdas(services, self._note_shape)
        self.shapes: set[int] = set()
        self._unheard = {ring for ring in story.rings if not ring.forged}
        self._changes_left = len(story.changes)
        self._done = self._calm_told = False

    def run(self) -> History:
        """Raises `Violation` at the first guarantee that does not hold."""
        world, collects = self.world, gc.isenabled()
        gc.disable()  # a third of the time of a short history goes into looking for garbage
        try:
            self.people.set_up()
            if self.story.leftovers:
                leave_behind(self.world, self.tables)
            self.tables.listeners.append(self.ledger.written)
            if self.story.no_index_until:
                self.tables.no_index.add("shelf")
                world.at(START + self.story.no_index_until, lambda: self.tables.no_index.clear())
            for ring in self.story.rings:
                world.at(START + ring.at, lambda ring=ring: self._ring(ring))  # type: ignore[misc]
            for change in self.story.changes:
                world.at(START + change.at, lambda change=change: self._change(change))  # type: ignore[misc]
            world.at(START + world.rng.random() * TICK, self._tick)
            while not self._done and world.step():
                pass
            states = self.ledger.check_balance()
            self._check_secrets()
            check_offs(self.world, self.ledger.deliveries)
            self.resumes.check()
        finally:
            world.close()
            if collects:
                gc.enable()
        sends = self.sends
        ended = max((d.ended_at or 0.0 for d in self.ledger.deliveries.values()), default=START)
        return History(
            states,
            sends.duplicates,
            sends.latest,
            world.sites,
            world.hit,
            self.shapes,
            world.timeline,
            self.ledger.called,
            ended - START,
        )

    def _queues(self) -> tuple[Queue, Queue]:
        ledger = self.ledger
        events = Queue(
            self.world,
            "events",
            lambda batch, on_end: self.lambdas.fan_out(batch, on_end),
            on_sent=lambda _: None,
            on_lost=ledger.event_dead,
            on_done=ledger.event_done,
        )
        deliveries = Queue(
            self.world,
            "deliveries",
            lambda batch, on_end: self.lambdas.dispatch(batch, on_end),
            on_sent=ledger.delivery_called,
            on_lost=ledger.delivery_lost,
            on_done=ledger.delivery_done,
            may_lose=True,
            batch=self.story.batch,
            on_failed=ledger.delivery_failed,
        )
        return events, deliveries

    # ------------------------------------------------------------------ what happens by itself

    def _ring(self, ring: Ring) -> None:
        begun = self.world.now

        def on_answer(answer: Answer | None) -> None:
            if answer is not None and answer.status == 401:
                self._refused(ring, begun)
            if answer is None or answer.status != 202:
                return
            if ring.forged:
                raise self.world.violated(f"{ring.key} was forged, and was accepted")
            self.ledger.accepted |= _told(ring, answer)
            if not self.world.chance(self.story.lose_ack):
                self._unheard.discard(ring)

        def look() -> None:
            if ring in self._unheard:
                self._ring(ring)

        self.world.at(self.world.now + PATIENCE_SECONDS, look)
        if ring.own:
            self.lambdas.publish(published_body_of(ring), on_answer)
        else:
            self.lambdas.ingest(request_of(ring, self.vault.secret), on_answer)

    def _refused(self, ring: Ring, begun: float) -> None:
        """A genuine ring may be, for a moment after the provider's secret was overwritten, or before."""
        overwritten = self.story.overwritten_at
        since = float("inf") if overwritten is None else begun - START - overwritten
        if not ring.forged and not -TIMEOUTS["ingest"] <= since <= FORGET_SECONDS + 1:
            raise self.world.violated(f"{ring.key} is genuine, and was refused")

    def _change(self, change: Change) -> None:
        self._changes_left -= 1
        known = sorted(self.ledger.events.events)
        if change.what == "rate":
            self.people.limit(change.name, change.rate)
            self.sends.rate_changed(change.name)
        elif change.what == "reset":
            self.lambdas.reset(scoped(TENANT, change.name))
        elif change.what == "resume":
            self.people.write(change.name, "enable")
            self.resumes.resumed(change.name)
            self.lambdas.resumed(scoped(TENANT, change.name))
        elif change.what == "off":
            self.people.write(change.name, "disable")
            self.lambdas.switched_off(change.name)
        elif change.what.endswith("-source"):
            self._change_source(change)
        elif change.what == "park":
            self.people.park(change.name, 100.0)
        elif change.what != "replay":
            self.people.write(change.name, change.what)
        elif known:
            self.lambdas.replay(known[change.event % len(known)], change.name)

    def _change_source(self, change: Change) -> None:
        what = change.what.removesuffix("-source")
        self.people.write_source(change.name, "enable" if what == "resume" else what)
        if what == "resume":
            self.resumes.resumed(name_of_source(change.name))
            self.lambdas.resumed(scoped(TENANT, name_of_source(change.name)))

    def _tick(self) -> None:
        world, story = self.world, self.story
        world.at(world.now + TICK, self._tick)
        if world.calm:
            self._calm_tick()
        if world.chance(story.skip_tick):
            world.tell("scheduler", "skips a tick")
            return
        self._sweep()
        if world.chance(story.double_tick):
            world.tell("scheduler", "ticks twice")
            world.at(world.now + world.rng.choice((0.0, 0.1, 30.0)), self._sweep)

    def _sweep(self) -> None:
        """A sweep that would find nothing is left out."""
        times = [self.tables.index(name)[:1] for name in ("due", "wake")]
        soon = [
            float(row[at]["N"]) for at, rows in zip(("due_at", "wake_at"), times, strict=True) for row in rows
        ]
        if soon and min(soon) <= self.world.now + TICK + 5:
            self.lambdas.sweep()

    def _calm_tick(self) -> None:
        """An operator mends what is broken and sends dead events back; then it must come to rest."""
        if not self._calm_told:
            self._calm_told = True
            self.world.tell("world", "all faults stop")
            for name in self.people.targets:
                if self.people.config[name][-1][1] in ("break", "pause"):
                    self.people.write(name, "enable")
            if self.people.is_paused(name_of_source(HUB)):
                self.people.write_source(HUB, "enable")
        self.events.redrive()
        self.ledger.check_late()
        busy = any(invocation.alive and invocation.running for invocation in self.world.invocations)
        messages = self.events.messages or self.deliveries.messages
        waiting = messages or self.ledger.pending() or self._wakes()
        self._done = not (busy or waiting or self._unheard or self._changes_left)
        if self.world.now > self.world.calm_at + LONGEST_SECONDS:
            raise self.world.violated("it does not come to rest")

    def _wakes(self) -> bool:
        """Of those who wait, or of what is to be told soon."""
        rows = [row["subscription_id"]["S"] for row in self.tables.index("wake")]
        return any(not name.startswith(PREFIX) for name in rows) or not self.ledger.notices.is_at_rest()

    def _transmit(self, request: OutboundRequest) -> Outcome:
        worker = current()
        assert worker is not None
        name = worker.subject.key.subscription_id

        def exchange() -> Outcome:
            if not self.subscribers.has_room(name):
                self.world.tell(worker.invocation.name, f"{name}: no room for its look-up")
                raise Busy("lookups")
            send = self.sends.begin(worker, request)
            arrived, took, outcome = self.subscribers.answer(name, request)
            self.world.tell(worker.invocation.name, f"{name} answers {outcome.status or outcome.error}")
            self.world.wait(took)
            self.sends.end(send, arrived, outcome)
            return outcome

        return self.world.process_step(f"POST {name} attempt {worker.subject.attempt}", exchange)

    def _transmit_all(self, parcels: Sequence[Parcel]) -> Sequence[Outcome] | None:
        """In one call, made by one of their workers. Who does not answer does not answer all of them, and who
        is gone is gone for all."""
        carrier = current()
        assert carrier is not None
        name = carrier.subject.key.subscription_id
        carrier.carries = tuple(worker for worker, _ in parcels if worker is not carrier)

        def exchange() -> Sequence[Outcome] | None:
            answers = [self.subscribers.answer(name, request) for _, request in parcels]
            if (
                any(outcome.status == OF_ONE_EVENT for _, _, outcome in answers)
                and self.world.rng.random() < 0.5
            ):
                return None
            sends = [self.sends.begin(worker, request) for worker, request in parcels]
            whole = [one for one in answers if one[2].status in (None, HTTPStatus.GONE)]
            answers = [whole[0]] * len(parcels) if whole else answers
            told = ", ".join(str(outcome.status or outcome.error) for _, _, outcome in answers)
            self.world.tell(carrier.invocation.name, f"{name} answers {told}")
            self.world.wait(max(took for _, took, _ in answers))
            self.sends.end_together(sends, [(arrived, outcome) for arrived, _, outcome in answers])
            return [outcome for _, _, outcome in answers]

        try:
            return self.world.process_step(f"POST {name}, {len(parcels)} in one call", exchange)
        finally:
            carrier.carries = ()

    # ------------------------------------------------------------------ looking on

    def _check_secrets(self) -> None:
        """Guarantee 6, as far as the tables go."""
        written = repr(self.tables.items)
        if any(secret in written for secret in (SECRET, *SOURCE_SECRETS)):
            raise self.world.violated("a secret is in a table")

    def _held(self, key: DeliveryKey) -> bool:
        return any(key_of(message.body) == key for message in self.deliveries.messages.values())

    def _comes_again(self, body: str) -> bool:
        return any(message.body == body for message in self.events.messages.values())

    def _note_shape(self) -> None:
        """What this moment looks like; times and names are left out."""
        now, shapes = self.world.now, []
        for d in self.ledger.deliveries.values():
            leased = d.lease is not None, d.lease is not None and d.lease.until > now
            times = d.next_attempt_at > now, d.slot_at is not None
            shapes.append((d.state.value, d.attempts_made, d.key.generation, leased, times))
        queues = min(len(self.events.messages), 3), min(len(self.deliveries.messages), 4)
        parked = sum("parked_until" in item for item in self.tables.items["endpoints"].values())
        self.shapes.add(hash((tuple(sorted(shapes)), queues, len(self.deliveries.dead) > 0, parked)))


def _told(ring: Ring, answer: Answer) -> set[str]:
    """The events that whoever rang may rely on."""
    if ring.parts:
        return set(ids_of(ring))
    return {json.loads(answer.body)["event_id"] if ring.own else answer.headers["doorbell-event-id"]}


def simulate(seed: int) -> History:
    return Simulation(story_of(seed)).run()


def _tables(world: World) -> Tables:
    story, rng = world.story, world.rng

    def index_lag() -> float:
        return rng.random() * min(story.index_lag, 1.0 if world.calm else 1000.0)

    return Tables(lambda: world.now, lambda: rng.random() * story.read_lag, index_lag)

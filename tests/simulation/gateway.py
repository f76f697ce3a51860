"""Doorbell as it is composed in `doorbell.runtime`, one set of parts for each execution environment: the real
use cases, adapters, envelopes, gate and composer, over AWS clients that are ours."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any
from zlib import crc32

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.clocks import Clocks
from doorbell.domain.company import Company
from doorbell.domain.errors import ConfigError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.sources import Dedupe, EventTypeAt, Source
from doorbell.domain.standing import Pending
from doorbell.domain.subscriptions import scoped
from doorbell.domain.targets import TargetRequest
from doorbell.payloads.compose import Composer
from doorbell.queues.again import EventsAgain
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.queues.depths import waiting_in
from doorbell.queues.events import EventsQueueWriter
from doorbell.queues.outbox import Outbox
from doorbell.runtime.fanning_out import Batch
from doorbell.runtime.published import parse
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.outgoing import sign
from doorbell.signatures.vouching import own_event, publish_event
from doorbell.store.configuration.aims import AimTable
from doorbell.store.configuration.source_pauses import SourcePauseTable
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.deliveries.attempt_details import AttemptDetailTable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.deliveries_together import DeliveriesTogether
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.store.deliveries.due_index import DueIndexQuery
from doorbell.store.deliveries.hasten import HastenTable
from doorbell.store.deliveries.shelf_index import ShelfIndex
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events.events import EventTable
from doorbell.store.events.new_together import EventsTogether, Inserts, NewDeliveriesTogether
from doorbell.store.events.read_ahead import ReadAhead
from doorbell.store.events.stories import StoryTable
from doorbell.store.health.changes import ChangeTable
from doorbell.store.health.incidents import IncidentTable
from doorbell.store.health.wakes import WakeIndex, look_by
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.accept import Accept
from doorbell.usecases.admission import Admission
from doorbell.usecases.attempt_details import KeepDetails
from doorbell.usecases.bring_forward import BringForward
from doorbell.usecases.call_wakes import CallWakes
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.look import Look
from doorbell.usecases.note_incidents import NoteIncidents
from doorbell.usecases.pausing import ANY_TIME, Pausing
from doorbell.usecases.ports import Notices
from doorbell.usecases.prepare import Prepare
from doorbell.usecases.publish import Publish
from doorbell.usecases.replay import Replay
from doorbell.usecases.ring_itself import RingItself
from doorbell.usecases.route import Route
from doorbell.usecases.source_pauses import SourcePauses
from doorbell.usecases.sweep import Sweep
from doorbell.usecases.tell_incidents import TellIncidents
from doorbell.usecases.waiting import Looked, Waiting
from doorbell.usecases.watch_itself import LagKept, Presence
from tests.simulation.kept_bodies import KeptBodies
from tests.simulation.large_batches import BatchAhead, WorkersLock
from tests.simulation.queues import SqsClient
from tests.simulation.shared_calls import Shared, TransmitAll, WorkersSignal
from tests.simulation.slow_filters import SlowFilters
from tests.simulation.story import START
from tests.simulation.target_clients import Targets, sent_to_target
from tests.simulation.workers import current
from tests.simulation.world import World
from tests.support.fakes_dynamo import DynamoClient

SHARDS = 2
RETENTION_SECONDS, DETAILS = 30 * 86_400, 7 * 86_400.0
SECRET = "whsec_c2ltdWxhdGlvbnNlY3JldHNpbXVsYXRpb24="
SOURCE_SECRETS = ("the provider's secret", "the provider's next secret")
HUB, PARTS = "hub", "parts"
"""Two sources of one provider; the second splits."""


class OneByOne:
    """A pool whose work is done in the caller, so that the order is the seed's."""

    def map[T, R](self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        return (work(item) for item in items)


class Silence:
    def count(self, name: str, value: float = 1, **dimensions: str) -> None: ...
    def measure(self, name: str, seconds: float) -> None: ...

    def debug(self, message: str, **fields: object) -> None: ...

    def info(self, message: str, **fields: object) -> None: ...

    def error(self, message: str, **fields: object) -> None: ...

    def publish(self, kind: str, detail: Mapping[str, object]) -> None: ...


class NoChecks:
    def sender(self, source: Source, source_ip: str) -> None: ...

    def content_type(self, source: Source, content_type: str) -> None: ...

    def schema(self, source: Source, event: VerifiedEvent) -> None: ...


class Keyring:
    """The subscriptions' secrets."""

    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(SECRET for _ in references)

    def forget(self, references: Sequence[str]) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Vault:
    """SSM with the provider's secret, which the story overwrites. Reading takes no time and never fails."""

    world: World

    @property
    def secret(self) -> str:
        at = self.world.story.overwritten_at
        return SOURCE_SECRETS[at is not None and self.world.now >= START + at]

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:
        version = 1 + SOURCE_SECRETS.index(self.secret)
        value = self.secret if WithDecryption else f"ciphertext {version}"
        return {"Parameter": {"Value": value, "Version": version, "LastModifiedDate": START + version}}


@dataclass(frozen=True, slots=True)
class FewSources:
    sources: Mapping[str, Source]

    def get(self, source_id: str) -> Source | None:
        return self.sources.get(source_id)

    def learn_secret(self, source: Source, secret: str) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Bucket:
    world: World
    objects: dict[str, bytes]

    def put(self, key: str, body: bytes) -> None:
        self.world.s3("PutObject", key, lambda: self.objects.__setitem__(key, body))

    def get(self, key: str) -> bytes:
        return self.world.s3("GetObject", key, lambda: self.objects[key])


@dataclass(frozen=True, slots=True)
class Services:
    """What all environments share: the outside world of the gateway."""

    world: World
    dynamo: DynamoClient
    sqs: SqsClient
    vault: Vault
    objects: dict[str, bytes]
    send: Callable[[OutboundRequest], Outcome]
    send_all: TransmitAll
    kept: KeptBodies
    taken: set[str] = field(default_factory=set)

    def targets(self) -> Targets:
        return Targets(self.send, self.send_all, self.taken, self.kept)


@dataclass(frozen=True, slots=True)
class _Sender:
    """`shared`: the invocation whose calls it may share."""

    services: Services
    shared: Shared | None = None

    def send(self, request: OutboundRequest) -> Outcome:
        if isinstance(request, TargetRequest):
            return sent_to_target(self.services.targets(), request, self.shared)
        return self.services.send(request)


@dataclass(frozen=True, slots=True)
class _DuePending:
    """As `PendingWalk` finds them, by the index's own question."""

    index: DueIndexQuery

    def pending(self, tenant_id: str, subscription_id: str | None = None) -> Pending:
        every = chain.from_iterable(self.index.due(shard, ANY_TIME) for shard in range(SHARDS))
        rows = [
            row for row in every if (row.tenant_id, row.key.subscription_id) == (tenant_id, subscription_id)
        ]
        return Pending(sorted(rows, key=lambda row: row.due_at), len(rows), more=False)


class Environment:
    """An execution environment: clocks, caches, one of each use case, made when it is first asked for.

    Its wall clock is `skew` seconds off; its running clock stands still while nothing runs in it.
    """

    def __init__(self, services: Services, skew: float) -> None:
        world, self._services = services.world, services
        self.world, self.skew, self.busy, self.broken_items = world, skew, False, list[ConfigError]()
        self.clocks, self._ran, self._thawed_at = Clocks(self.running, self.clock), 0.0, 0.0
        self._pool, self._story = OneByOne(), world.story
        self._told: dict[str, Any] = {"clock": self.clock, "metrics": Silence(), "log": Silence()}
        self._bodies = Bucket(world, services.objects)
        self._endpoints = EndpointTable(services.dynamo, "endpoints")

    @cached_property
    def _deliveries(self) -> DeliveryTable:
        return DeliveryTable(self._services.dynamo, "events", SHARDS, self._pool, few=1)  # type: ignore[arg-type]

    @cached_property
    def _events(self) -> EventTable:
        return EventTable(self._services.dynamo, "events")

    @cached_property
    def _queue(self) -> DeliveriesQueueWriter:
        return DeliveriesQueueWriter(self._services.sqs, "deliveries", self._pool)

    @cached_property
    def _again(self) -> EventsAgain:
        return EventsAgain(self._services.sqs, "events")

    @cached_property
    def _wakes(self) -> WakeIndex:
        return WakeIndex(self._services.dynamo, "endpoints")

    @cached_property
    def _shelves(self) -> ShelfIndex:
        return ShelfIndex(self._services.dynamo, "events", self._wakes.due, self.clocks)

    @cached_property
    def _waiting(self) -> Waiting:
        return Waiting(self._endpoints, self._shelves, self._queue, self.clock, Looked(self.clocks))

    @cached_property
    def _subscriptions(self) -> SubscriptionTable:
        story = self._story
        return SubscriptionTable(
            self._services.dynamo, "subscriptions", self.broken_items.append, self.clocks,
            page_size=story.page_size, few=story.few,
        )  # fmt: skip

    @cached_property
    def _incidents(self) -> IncidentTable:
        return IncidentTable(self._services.dynamo, "endpoints")

    @cached_property
    def _notices(self) -> Notices:
        if not self._story.tells:
            return Silence()
        changes = ChangeTable(self._services.dynamo, "endpoints")
        return NoteIncidents(Silence(), self._incidents, changes, self.clock, lambda kind, cause: None)

    @cached_property
    def _pauses(self) -> SourcePauses:
        sources = SourcePauseTable(self._services.dynamo, "sources", self.clocks)
        return SourcePauses(sources if self._story.pauses_sources else None)

    @cached_property
    def accept(self) -> Accept:
        return Accept(
            sources=FewSources(_sources(self.world)), gate=Gate(), checks=NoChecks(),
            secrets=SecretStore(lambda service: self._services.vault, clocks=self.clocks),
            bodies=self._bodies, queue=EventsQueueWriter(self._services.sqs, "events", self._pool),
            ids=self.world.new_id, **self._told,
        )  # fmt: skip

    @cached_property
    def publish(self) -> Publish:
        return Publish(
            parse=parse, vouch=publish_event, bodies=self._bodies,
            queue=EventsQueueWriter(self._services.sqs, "events"), ids=self.world.new_id, **self._told,
        )  # fmt: skip

    @cached_property
    def fan_out(self) -> FanOut:
        story = self._story
        odd = len(story.targets) > 2 and story.seed % 2 == 1
        few = max(2 if odd else 1, story.few)  # of two, a page goes on over another read
        filters = SlowFilters(self.world)
        return FanOut(
            route=Route(self._subscriptions, self._bodies, filters, self.clock, Silence(), few),
            events=self._events, deliveries=self._deliveries, queue=self._queue, bodies=self._bodies,
            retention=RETENTION_SECONDS, grace=story.grace, **self._told,
        )  # fmt: skip

    @cached_property
    def tell(self) -> TellIncidents:
        aims, ids = AimTable(self._services.dynamo, "subscriptions"), self.world.new_id
        return TellIncidents(
            incidents=self._incidents,
            present=Presence(self._endpoints, aims, lambda name: 0, LagKept(Silence())),
            ring=RingItself(own_event, EventsQueueWriter(self._services.sqs, "events"), self.clock, ids),
            **self._told,
        )  # fmt: skip

    @cached_property
    def _conclude(self) -> Conclude:
        return Conclude(
            deliveries=self._deliveries, queue=self._queue, endpoints=self._endpoints,
            subscriptions=self._subscriptions, notices=self._notices, waiting=self._waiting,
            random=self.world.rng.random, grace=self._story.grace, **self._told,
        )  # fmt: skip

    @cached_property
    def deliver(self) -> Deliver:
        details = AttemptDetailTable(DynamoClient(self._services.dynamo.tables), "events", self.clock)
        return Deliver(
            deliveries=self._deliveries, subscriptions=self._subscriptions, waiting=self._waiting,
            admission=Admission(self._endpoints, self._shelves.ready),
            prepare=Prepare(self._events, self._bodies, Composer(Keyring(), sign), self.clock),
            sender=_Sender(self._services), pauses=self._pauses,
            conclude=self._conclude, ids=self.world.new_id, **self._told,
            keep_details=KeepDetails(details, DETAILS, Silence()),
        )  # fmt: skip

    @cached_property
    def look(self) -> Look:
        reads = DeliveryReads(self._services.dynamo, "events")
        return Look(
            endpoints=self._endpoints, subscriptions=self._subscriptions, shelves=self._shelves,
            queue=self._queue, pausing=Pausing(self._endpoints, self._shelves, reads, Silence(), Silence()),
            grace=self._story.grace, pauses=self._pauses, **self._told,
        )  # fmt: skip

    @cached_property
    def call_wakes(self) -> CallWakes:
        return CallWakes(self._wakes, self._queue, self.clock, Silence())

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(
            index=DueIndexQuery(self._services.dynamo, "events", SHARDS), deliveries=self._deliveries,
            queue=self._queue, grace=self._story.grace, each=self._pool.map,
            waiting=lambda: waiting_in(self._services.sqs, "deliveries"), **self._told,
        )  # fmt: skip

    @cached_property
    def bring_forward(self) -> BringForward:
        dynamo = self._services.dynamo
        return BringForward(
            pending=_DuePending(DueIndexQuery(dynamo, "events", SHARDS)),
            look=lambda tenant, name, at: look_by(dynamo, "endpoints", scoped(tenant, name), at),
            hasten=HastenTable(dynamo, "events"), each=self._pool.map, **self._told,
        )  # fmt: skip

    @cached_property
    def replay(self) -> Replay:
        return Replay(
            inspect=Inspect(StoryTable(self._services.dynamo, "events", self.clock)),
            deliveries=self._deliveries, queue=self._queue, grace=self._story.grace, **self._told,
        )  # fmt: skip

    def reset(self, endpoint_id: str) -> None:
        self._endpoints.reset(endpoint_id)

    def resumed(self, endpoint_id: str) -> None:
        self._endpoints.resumed(endpoint_id, self.clock())

    def fan_out_batch(self, bodies: Sequence[str], time_left: Callable[[], float]) -> list[Batch]:
        """As `runtime.fanning_out` does for a batch, but that none waits for another's writes. By its body an
        event is handled as one that came with others or as one that came alone."""
        outbox = Outbox(self._queue)
        return [self._batch(outbox, crc32(body.encode()) % 2 == 0, time_left) for body in bodies]

    def _batch(self, outbox: Outbox, alone: bool, time_left: Callable[[], float]) -> Batch:
        fan_out, writes = replace(self.fan_out, outbox=outbox), Gathered(self._deliveries.client, 1)
        if not alone:
            inserts = Inserts(writes, lambda cause: None)
            fan_out = replace(
                fan_out,
                events=EventsTogether(self._events, inserts),
                deliveries=NewDeliveriesTogether(self._deliveries, inserts),
            )
        return Batch(fan_out, outbox, writes, self._again, time_left)

    def read_ahead(self, messages: Sequence[DeliveryMessage]) -> BatchAhead | None:
        """As `runtime.dispatching` does for a batch, in histories of large ones; None: each for itself."""
        if self.world.story.batch <= 10 or len(messages) < 2:
            return None
        return BatchAhead(self.world, self._ahead(messages, WorkersLock(self.world)))

    def _ahead(self, messages: Sequence[DeliveryMessage], lock: WorkersLock | None = None) -> ReadAhead:
        return ReadAhead(
            self._deliveries.client, self._events, self._endpoints,
            [message.key.event_id for message in messages],
            [scoped(message.tenant_id, message.key.subscription_id) for message in messages],
            on_failure=lambda cause: None, clocks=self.clocks, lock=lock,
        )  # fmt: skip

    def shared(self, messages: Sequence[DeliveryMessage]) -> Shared:
        """What an invocation's deliveries to one target share."""
        whose = [scoped(message.tenant_id, message.key.subscription_id) for message in messages]
        return Shared(Company(Counter(whose), lambda: WorkersSignal(self.world), current))

    def in_batch(self, message: DeliveryMessage, shared: Shared, read: BatchAhead | None = None) -> Deliver:
        """As `runtime.dispatching` does for a batch, but that none waits for another's writes. By its event
        it is one that came with others or one that came alone, which has no calls to share."""
        calls, ahead = self._deliveries.client, read or self._ahead([message])
        sender = _Sender(self._services, shared)
        if crc32(message.key.event_id.encode()) % 2 == 0:
            return self.deliver.over(self._deliveries, ahead, ahead, sender)
        claims = DeliveriesTogether(self._deliveries, Gathered(calls, 1), lambda cause: None)
        return self.deliver.over(claims, ahead, ahead, sender)

    def thaw(self) -> None:
        self.busy, self._thawed_at = True, self.world.now

    def freeze(self) -> None:
        self._ran, self.busy = self.running(), False

    def running(self) -> float:
        return self._ran + (self.world.now - self._thawed_at if self.busy else 0.0)

    def clock(self) -> float:
        worker = current()
        if worker is not None:
            worker.clock_read_at = self.world.now
        return self.world.now + self.skew


def _sources(world: World) -> dict[str, Source]:
    hours = world.story.window_hours
    hub = Source(HUB, "github", secrets=("ssm:/s",), dedupe=Dedupe("header", "x-github-delivery", hours))
    kind, key = EventTypeAt("body", "type"), Dedupe("body", "id", hours)
    return {HUB: hub, PARTS: replace(hub, source_id=PARTS, split=True, event_type=kind, dedupe=key)}

"""Doorbell as it is composed in `doorbell.runtime`, one set of parts for each execution environment: the real
use cases, adapters, envelopes, gate and composer, over AWS clients that are ours."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.errors import ConfigError
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.records import Incoming
from doorbell.domain.sources import Dedupe, Source
from doorbell.domain.subscriptions import scoped
from doorbell.payloads.compose import Composer
from doorbell.payloads.filters import Filters
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.queues.events import EventsQueueWriter
from doorbell.queues.outbox import Outbox
from doorbell.runtime.published import parse
from doorbell.signatures.gate import Gate
from doorbell.signatures.outgoing import sign
from doorbell.signatures.verifier import publish_event
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.deliveries_together import DeliveriesTogether
from doorbell.store.due_index import DueIndexQuery
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events import EventTable
from doorbell.store.gathered import Gathered
from doorbell.store.new_together import EventsTogether, Inserts, NewDeliveriesTogether
from doorbell.store.read_ahead import ReadAhead
from doorbell.store.stories import StoryTable
from doorbell.store.subscriptions import SubscriptionTable
from doorbell.usecases.accept import Accept
from doorbell.usecases.admission import Admission
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.prepare import Prepare
from doorbell.usecases.publish import Publish
from doorbell.usecases.replay import Replay
from doorbell.usecases.route import Route
from doorbell.usecases.sweep import Sweep
from tests.simulation.queues import SqsClient
from tests.simulation.workers import current
from tests.simulation.world import World
from tests.support.fakes_dynamo import DynamoClient

SHARDS = 2
RETENTION_SECONDS = 30 * 86_400
SECRET = "whsec_c2ltdWxhdGlvbnNlY3JldHNpbXVsYXRpb24="
PAGE_SIZE = 2
SOURCE_SECRET = "the provider's secret"


class OneByOne:
    """A pool whose work is done in the caller, so that the order is the seed's."""

    def map[T, R](self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        return (work(item) for item in items)


class Silence:
    def count(self, name: str, value: float = 1, **dimensions: str) -> None: ...
    def measure(self, name: str, seconds: float) -> None: ...

    def info(self, message: str, **fields: object) -> None: ...

    def error(self, message: str, **fields: object) -> None: ...

    def publish(self, kind: str, detail: Mapping[str, object]) -> None: ...


class NoChecks:
    def sender(self, source: Source, source_ip: str) -> None: ...

    def content_type(self, source: Source, content_type: str) -> None: ...

    def schema(self, source: Source, body: bytes) -> None: ...


class Keyring:
    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(SOURCE_SECRET if "source_id" in owner else SECRET for _ in references)

    def forget(self, references: Sequence[str]) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class OneSource:
    source: Source

    def get(self, source_id: str) -> Source | None:
        return self.source if source_id == self.source.source_id else None

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
    objects: dict[str, bytes]
    send: Callable[[OutboundRequest], Outcome]


@dataclass(frozen=True, slots=True)
class _Sender:
    transmit: Callable[[OutboundRequest], Outcome]

    def send(self, request: OutboundRequest) -> Outcome:
        return self.transmit(request)


class Environment:
    """An execution environment: a clock that is `skew` seconds off, caches, one of each use case."""

    def __init__(self, services: Services, skew: float) -> None:
        world = services.world
        self.world, self.skew, self.busy, self.broken_items = world, skew, False, list[ConfigError]()
        silence, pool = Silence(), OneByOne()
        bodies = Bucket(world, services.objects)
        deliveries = DeliveryTable(services.dynamo, "events", SHARDS, pool, few=1)  # type: ignore[arg-type]
        events = EventTable(services.dynamo, "events")
        queue = DeliveriesQueueWriter(services.sqs, "deliveries", pool)
        endpoints = EndpointTable(services.dynamo, "endpoints")
        self._tables, self._queue, self._deliveries = (events, endpoints), queue, deliveries
        subscriptions = SubscriptionTable(
            services.dynamo, "subscriptions", self.clock, self.broken_items.append, page_size=PAGE_SIZE
        )
        shared: dict[str, Any] = {"clock": self.clock, "metrics": silence, "log": silence}
        self.accept = Accept(
            sources=OneSource(_source(world)), secrets=Keyring(), gate=Gate(), checks=NoChecks(),
            bodies=bodies, queue=EventsQueueWriter(services.sqs, "events"), ids=world.new_id, **shared,
        )  # fmt: skip
        self.publish = Publish(
            parse=parse, vouch=publish_event, bodies=bodies, queue=EventsQueueWriter(services.sqs, "events"),
            ids=world.new_id, **shared,
        )  # fmt: skip
        self.fan_out = FanOut(
            route=Route(subscriptions, bodies, Filters(), self.clock, silence),
            events=events, deliveries=deliveries, queue=queue, bodies=bodies,
            retention=RETENTION_SECONDS, grace=world.story.grace, **shared,
        )  # fmt: skip
        conclude = Conclude(
            deliveries=deliveries, queue=queue, endpoints=endpoints, subscriptions=subscriptions,
            notices=silence, random=world.rng.random, grace=world.story.grace, **shared,
        )  # fmt: skip
        self.deliver = Deliver(
            deliveries=deliveries, subscriptions=subscriptions, admission=Admission(endpoints),
            prepare=Prepare(events, bodies, Composer(Keyring(), sign), self.clock),
            sender=_Sender(services.send),
            conclude=conclude, ids=world.new_id, **shared,
        )  # fmt: skip
        self.sweep = Sweep(
            index=DueIndexQuery(services.dynamo, "events", SHARDS), deliveries=deliveries, queue=queue,
            grace=world.story.grace, each=pool.map, **shared,
        )  # fmt: skip
        self.replay = Replay(
            inspect=Inspect(StoryTable(services.dynamo, "events", self.clock)), deliveries=deliveries,
            queue=queue, grace=world.story.grace, **shared,
        )  # fmt: skip

    def fan_out_once(self, incoming: Incoming) -> None:
        """As `runtime.fanning_out` does for a batch; here for one event, so that none waits for another. By
        its id it is handled as one that came with others or as one that came alone."""
        outbox, fan_out = Outbox(self._queue), self.fan_out
        if crc32(incoming.ingest_id.encode()) % 2:
            inserts = Inserts(Gathered(self._deliveries.client, 1), lambda cause: None)
            fan_out = replace(
                fan_out,
                events=EventsTogether(self._tables[0], inserts),
                deliveries=NewDeliveriesTogether(self._deliveries, inserts),
            )
        replace(fan_out, outbox=outbox)(incoming)
        outbox.close()

    def in_batch(self, message: DeliveryMessage) -> Deliver:
        """As `runtime.dispatching` does for a batch; here for one delivery."""
        ids = [message.key.event_id], [scoped(message.tenant_id, message.key.subscription_id)]
        calls = self._deliveries.client
        ahead = ReadAhead(calls, *self._tables, *ids, on_failure=lambda cause: None, clock=self.clock)
        writes = Gathered(calls, 1)
        claims = DeliveriesTogether(self._deliveries, writes, lambda cause: None)
        return self.deliver.over(claims, ahead, ahead)

    def clock(self) -> float:
        worker = current()
        if worker is not None:
            worker.clock_read_at = self.world.now
        return self.world.now + self.skew


def _source(world: World) -> Source:
    return Source(
        "hub", "github", secrets=("ssm:/s",),
        dedupe=Dedupe("header", "x-github-delivery", world.story.window_hours),
    )  # fmt: skip

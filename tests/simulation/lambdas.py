"""The Lambdas: an invocation for a batch, a request or a tick, in an environment that is new or warm."""

from collections.abc import Callable, Sequence
from typing import Any

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.requests import Answer, RawRequest
from doorbell.domain.subscriptions import scoped
from doorbell.queues.envelopes import call_of
from tests.simulation.gateway import Environment, Services
from tests.simulation.large_batches import BatchAhead
from tests.simulation.outside import TENANT
from tests.simulation.queues import Message
from tests.simulation.rounds import in_rounds
from tests.simulation.shared_calls import Shared
from tests.simulation.workers import Invocation, Worker
from tests.simulation.world import World

TIMEOUTS = {
    "ingest": 10.0,
    "publish": 10.0,
    "fanout": 60.0,
    "dispatcher": 60.0,
    "sweeper": 55.0,
    "admin": 28.0,
}
"""As in the template."""
STOP_BEFORE_END = 10.0
"""As in `functions/sweeper`."""

type Ended = Callable[[Invocation], None]
type Work = tuple[Callable[[], Any], DeliveryMessage | WakeCall | None, int]


class Lambdas:
    def __init__(self, services: Services, on_end: Callable[[], None]) -> None:
        self.services, self.world, self._on_end = services, services.world, on_end
        self._environments: dict[str, list[Environment]] = {name: [] for name in TIMEOUTS}
        self._count = 0

    def fan_out(self, batch: Sequence[Message], on_end: Ended) -> None:
        def works(environment: Environment, invocation: Invocation) -> list[Work]:
            records = [{"messageId": message.message_id, "body": message.body} for message in batch]
            batches = environment.fan_out_batch(
                [message.body for message in batch], lambda: invocation.deadline - self.world.now
            )
            return [(work, None, 0) for work in in_rounds(self.world, records, batches)]

        self._start("fanout", works, on_end)

    def dispatch(self, batch: Sequence[Message], on_end: Ended) -> None:
        def works(environment: Environment, invocation: Invocation) -> list[Work]:
            calls = [call_of(message.body) for message in batch]
            deliveries = [call for call in calls if isinstance(call, DeliveryMessage)]
            read, shared = environment.read_ahead(deliveries), environment.shared(deliveries)
            return [_delivering(environment, invocation, message, read, shared) for message in batch]

        self._start("dispatcher", works, on_end)

    def sweep(self) -> None:
        def works(environment: Environment, invocation: Invocation) -> list[Work]:
            stop_at = invocation.deadline - STOP_BEFORE_END + environment.skew

            def work() -> None:
                environment.call_wakes()
                environment.sweep(stop_at=stop_at)
                if self.world.story.tells:
                    environment.tell(stop_at=stop_at + 5)

            return [(work, None, 0)]

        self._start("sweeper", works, lambda _: None)

    def replay(self, event_id: str, name: str) -> None:
        self._start("admin", lambda here, _: [(lambda: here.replay(event_id, name), None, 0)], lambda _: None)

    def reset(self, endpoint_id: str) -> None:
        self._start("admin", lambda here, _: [(lambda: here.reset(endpoint_id), None, 0)], lambda _: None)

    def resumed(self, endpoint_id: str) -> None:
        self._start("admin", lambda here, _: [(lambda: here.resumed(endpoint_id), None, 0)], lambda _: None)

    def switched_off(self, name: str) -> None:
        self._start(
            "admin", lambda here, _: [(lambda: here.bring_forward(TENANT, name), None, 0)], lambda _: None
        )

    def ingest(self, request: RawRequest, on_answer: Callable[[Answer | None], None]) -> None:
        """`on_answer` hears nothing when the Lambda dies."""
        self._start(
            "ingest",
            lambda here, _: [(lambda: here.accept(request.path.rpartition("/")[2], request), None, 0)],
            lambda invocation: on_answer(invocation.workers[0].result),
        )

    def publish(self, body: bytes, on_answer: Callable[[Answer | None], None]) -> None:
        self._start(
            "publish",
            lambda here, _: [(lambda: here.publish("arn:aws:iam::1:role/own", body, {}), None, 0)],
            lambda invocation: on_answer(invocation.workers[0].result),
        )

    def _start(
        self, name: str, works: Callable[[Environment, Invocation], list[Work]], on_end: Ended
    ) -> None:
        environment = self._environment(name)
        environment.thaw()
        self._count += 1

        def ended(invocation: Invocation) -> None:
            environment.freeze()
            self.world.tell(invocation.name, "ends: " + ", ".join(_how(w) for w in invocation.workers))
            on_end(invocation)
            self._on_end()

        deadline = self.world.now + TIMEOUTS[name]
        invocation = Invocation(f"{name}/{self._count}", deadline, ended)
        for work, subject, chain in works(environment, invocation):
            Worker(invocation, work, subject, chain)
        self.world.start(invocation)

    def _environment(self, name: str) -> Environment:
        """A busy one takes no other work; that of a dead invocation stays busy for good."""
        idle = [environment for environment in self._environments[name] if not environment.busy]
        rng, skew = self.world.rng, self.world.story.skew / 2
        if idle and rng.random() >= self.world.story.new_environment:
            return rng.choice(idle)
        environment = Environment(self.services, rng.uniform(-skew, skew))
        self._environments[name].append(environment)
        return environment


def _delivering(
    environment: Environment,
    invocation: Invocation,
    message: Message,
    read: BatchAhead | None,
    shared: Shared,
) -> Work:
    called, again = call_of(message.body), message.receives > 1
    world: World = environment.world

    def work() -> None:
        if isinstance(called, WakeCall):
            environment.look(called)
            return
        deliver = environment.in_batch(called, shared, read)
        with shared.company.member(scoped(called.tenant_id, called.key.subscription_id)):
            deliver(called, redelivered=again, time_left=invocation.deadline - world.now)

    return work, called, message.chain


def _how(worker: Worker) -> str:
    if worker.problem is None:
        return "done"
    return f"{type(worker.problem).__name__} {worker.problem}"

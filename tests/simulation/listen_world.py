"""A history of `doorbell listen --forward`: a listener is started, killed and put to sleep, and so is its
application, while events come and the sweeper looks.

The real listener, the real way to its queue and the real sweeper run over AWS in memory. One seed is one
history. At each call others may do all of theirs first, it may fail before or after its effect, or whoever
makes it may die; every third history has no such fault. Held at every step:

- The sweeper removes no queue of a listener that was there within a day.
- An event is answered once for each message of it, but for a death between an answer and its line on disk.
- Nothing is given up that the application did not take, and not answer, five times.
- At rest what was put into a queue that nobody removed was answered, or given up and said.
- A day after its last sign of life nothing of a listener is left.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from doorbell.domain.errors import Unavailable
from doorbell.domain.listening import AWAY_SECONDS
from doorbell.domain.targets import TargetPolicy
from doorbell.queues.of_listeners import ListenersQueues
from doorbell.store.configuration.of_listeners import ListenersSubscriptions
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.health.listeners import ListenerTable, key_of
from doorbell.targets.listening import opened
from doorbell.targets.sender import TargetSender
from doorbell.usecases.end_listeners import EndListeners
from doorbell_cli.listening.caller import Caller
from doorbell_cli.listening.place import Place
from doorbell_cli.target import Target
from tests.simulation.listen_desk import NEARLY_A_DAY, Desk, Killed
from tests.simulation.listen_queue import Message, Sqs, Ssm, request_of
from tests.simulation.loop import Violation
from tests.support import fakes
from tests.support.fakes_dynamo import DynamoClient, Key, Tables
from tests.support.fakes_expressions import Item

WHOSE, NOTE = ("acme", "laptop"), (key_of("acme", "laptop"),)
TABLES = ("Subscriptions", "Endpoints", "Events")
SECRET = "whsec_eHh4eHh4eHh4eHh4eHh4eHh4"


class ListenWorld:
    def __init__(self, seed: int, folder: Path, steps: int = 40) -> None:
        self.rng, self.now, self.steps = Random(f"listen {seed}"), fakes.START, steps
        self.faults, self.calm, self.depth, self.count = seed % 3 != 0, False, 0, 0
        self.waiting, self.delivered, self.went = list[str](), set[str](), set[str]()
        self.messages = Counter[str]()
        self.is_sweeping, self.was_awake_at = False, 0.0
        self.tables = Tables(self.clock, index_lag=lambda: 0.0 if self.calm else self.rng.choice([0.0, 5.0]))
        self.tables.listeners.append(self._written)
        self.desk = Desk(self, self._place, folder)
        self.sqs = Sqs(self.call, self.clock, self.rng, self._put, self._removed, self.desk.idle)
        dynamodb = DynamoClient(self.tables, self.call)
        clients = {"dynamodb": dynamodb, "sqs": self.sqs, "ssm": Ssm(self.call)}
        outputs = {f"{name}TableName": name.lower() for name in TABLES}
        self.target = Target("gate", True, outputs, {}, "http://127.0.0.1:1", _NONE, _clients=clients)
        notes = ListenerTable(dynamodb, "endpoints")
        subscriptions = ListenersSubscriptions(dynamodb, "subscriptions")
        queues, log = ListenersQueues(self.sqs), fakes.RecordingLog()
        self.end_listeners = EndListeners(notes, subscriptions, queues, "gate", self.clock, log)
        self.sender = TargetSender(TargetPolicy(stack="gate"), lambda way: self.sqs, self.clock)

    def run(self) -> None:
        for _ in range(self.steps):
            self.now += self.rng.choice([1.0, 60.0, 3600.0, 40_000.0])
            self._guarded(self.rng.choice([self._ring, self._ring, self._send, self._sweep, self._listen]))
        self.calm, self.desk.app = True, "answers"
        self.desk.listen(None)
        while self.waiting:
            self._send()
        self.desk.listen(None)
        self._at_rest()
        self.now += AWAY_SECONDS + 1
        self._sweep()
        items = self.tables.items
        if any(left := [self.sqs.queues, items["subscriptions"], items["endpoints"].get(NOTE)]):
            raise Violation(f"a day after its last sign of life there is {left}")

    def clock(self) -> float:
        return self.now

    def anything_left(self) -> bool:
        return any(self.sqs.queues.values())

    def call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
        if self.calm:
            return effect()
        if self.depth < 3 and self.rng.random() < 0.15:
            self._guarded(self.rng.choice([self._ring, self._send, self._sweep, self.desk.change_app]))
        how = self.rng.random() if self.faults else 1.0
        if how < 0.02:
            raise self._trouble(service, operation)
        done = effect()
        if how < 0.04:
            raise self._trouble(service, operation)
        return done

    def _trouble(self, service: str, operation: str) -> BaseException:
        if service in ("app", "disk") or self.rng.random() < 0.3:
            return Killed()
        return ClientError({"Error": {"Code": "InternalError"}}, operation)

    def _guarded(self, does: Callable[[], object]) -> None:
        self.depth += 1
        try:
            does()
        except (Killed, Unavailable):
            pass
        finally:
            self.depth -= 1

    def _listen(self) -> None:
        self.desk.listen(self.rng.choice([30.0, 3_000.0, 200_000.0]))

    def _wanted(self) -> bool:
        item = unmarshal(self.tables.items["subscriptions"].get(WHOSE, {}))
        return bool(item) and item.get("enabled", True)

    def _ring(self) -> None:
        if self._wanted():
            self.count += 1
            self.waiting.append(f"evt_{self.count}")

    def _send(self) -> None:
        """As the dispatcher does: what failed is sent again, what is gone is the subscription's end."""
        if not self.waiting:
            return
        event_id = self.rng.choice(self.waiting)
        outcome = self.sender.send(request_of(self._place(self.desk.wait).arn, WHOSE, event_id))
        if outcome.is_success:
            self.delivered.add(event_id)
        if (outcome.is_success or outcome.status == 410) and event_id in self.waiting:
            self.waiting.remove(event_id)
        stored = self.tables.items["subscriptions"].get(WHOSE)
        if outcome.status == 410 and stored is not None:
            self.tables.write("subscriptions", WHOSE, {**stored, "enabled": {"BOOL": False}})

    def _sweep(self) -> None:
        if self.is_sweeping:
            return
        self.is_sweeping, self.was_awake_at = True, self.desk.awake_at
        try:
            self.end_listeners()
        finally:
            self.is_sweeping = False

    def _place(self, wait: Callable[[float], None]) -> Place:
        who = Caller("arn:aws:iam::123456789012:user/me", "123456789012", "eu-central-1")
        return Place(self.target, who, *WHOSE, {}, SECRET, wait, self.clock)

    def _written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        if key == NOTE and after is not None:
            self.desk.awake_at = self.now

    def _put(self, message: Message) -> None:
        self.messages[opened(message.body).event_id] += 1

    def _removed(self, messages: list[Message]) -> None:
        """By the sweeper. A listener that comes back while it is at work has been away for a day before."""
        if (away := self.now - self.was_awake_at) < NEARLY_A_DAY:
            raise Violation(f"a listener's queue is removed, and it was away for {away} s")
        self.went |= {opened(one.body).event_id for one in messages}

    def _at_rest(self) -> None:
        if lost := self.delivered - self.desk.said - self.went:
            raise Violation(f"{sorted(lost)} came to the queue and to nobody else")
        for event_id, times in self.desk.answered.items():
            if times > self.messages[event_id] + self.desk.excused[event_id]:
                raise Violation(
                    f"{event_id} is answered {times} times, for {self.messages[event_id]} messages"
                )


_NONE: Any = None

"""What is done to the gateway at work: workers killed, messages doubled, its AWS stopped and started."""

import os
import random
import signal
import threading
from base64 import b64encode
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from time import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import DoorbellError
from doorbell.domain.records import StoredEvent
from doorbell.queues.envelopes import DeliveryEnvelope, EventEnvelope
from doorbell.store.events.events import EventTable
from doorbell_cli.stack import LocalStack
from tests.chaos.durable import DurableServer
from tests.chaos.provider import Provider
from tests.chaos.sender import sender
from tests.chaos.subscribers import Witness

FUNCTIONS = ("ingest", "fanout", "dispatcher", "dispatcher", "dispatcher", "sweeper")
KILL_EVERY_SECONDS = 5.0
DOUBLE_EVERY_SECONDS = 1.0
DOWN_SECONDS = 3.0


@dataclass
class Chaos:
    """Runs in threads of its own until `stop`."""

    stack: LocalStack
    server: DurableServer
    provider: Provider
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    _end: threading.Event = field(default_factory=threading.Event)
    _up: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for work, every in ((self._kill, KILL_EVERY_SECONDS), (self._double, DOUBLE_EVERY_SECONDS)):
            thread = threading.Thread(target=self._repeat, args=(work, every), daemon=True)
            thread.start()
            self._threads.append(thread)

    def kill_senders(self, witness: Witness, every: int) -> None:
        """At each `every`-th request of `witness` its sender dies: it has sent, and has nothing on record."""

        def strike(number: int, port: int) -> None:
            if number % every == 0 and not self._end.is_set():
                pid = sender(port, self.stack.workers("dispatcher"))
                if pid is not None:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        self.killed["dispatcher, between send and record"] += 1

        witness.on_request = strike

    def stop(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(30)

    def restart(self) -> None:
        """Stop MiniStack in the middle of everything; its workers die with it."""
        with self._up:
            for name in set(FUNCTIONS):
                self.killed[name] += len(self.stack.workers(name))
            self.server.restart(DOWN_SECONDS)
            self.restarts += 1

    def _repeat(self, work: Any, every: float) -> None:
        rand = random.Random(f"{self.seed}/{work.__name__}")
        while not self._end.wait(every * rand.uniform(0.5, 1.5)):
            with self._up, suppress(ClientError, BotoCoreError, DoorbellError):
                work(rand)

    def _kill(self, rand: random.Random) -> None:
        name = rand.choice(FUNCTIONS)
        workers = self.stack.workers(name)
        if workers:
            with suppress(ProcessLookupError):
                os.kill(rand.choice(workers), signal.SIGKILL)
                self.killed[name] += 1

    def _double(self, rand: random.Random) -> None:
        """Send a copy of an event's message, or of one of its first delivery messages."""
        accepted = list(self.provider.accepted.values())
        table = EventTable(self.stack.client("dynamodb"), self.stack.outputs["EventsTableName"])
        event = table.get(rand.choice(accepted), time()) if accepted else None
        if event is None:
            return
        if rand.random() < 0.4:
            self._send("EventsQueueUrl", envelope(event))
            self.doubled["events"] += 1
        elif event.routing.matched:
            to = rand.choice(event.routing.matched)
            self._send("DeliveriesQueueUrl", delivery_message(event, to))
            self.doubled["deliveries"] += 1

    def _send(self, queue: str, body: str) -> None:
        self.stack.client("sqs").send_message(QueueUrl=self.stack.outputs[queue], MessageBody=body)


def envelope(event: StoredEvent) -> str:
    """The message that brought the event to fan-out, once more."""
    incoming = event.incoming
    inline = incoming.body.inline
    return EventEnvelope(
        v=1,
        ingest_id=incoming.ingest_id,
        event_id=incoming.event_id,
        tenant_id=incoming.tenant_id,
        source_id=incoming.source_id,
        provider=incoming.provider,
        event_type=incoming.event_type,
        window=incoming.dedupe_window_seconds,
        received_at=incoming.received_at,
        content_type=incoming.content_type,
        headers=dict(incoming.headers),
        size=incoming.body.size,
        body=None if inline is None else b64encode(inline).decode(),
        body_key=incoming.body.key,
    ).model_dump_json()


def delivery_message(event: StoredEvent, subscription_id: str) -> str:
    key = DeliveryKey(event.event_id, subscription_id)
    return DeliveryEnvelope.of(DeliveryMessage(key, event.incoming.tenant_id, 1)).model_dump_json()

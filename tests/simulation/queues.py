"""SQS standard queues at their worst, with Lambda's event source mapping: at least once, in any order, with
delay, visibility, a dead-letter queue after five receives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.workers import Invocation
from tests.simulation.world import World

VISIBILITY_SECONDS = 360.0
MAX_RECEIVES = 5
WINDOW_SECONDS = 1.0
LONGEST_CHAIN = 15
"""Lambda ends a loop after about 16 calls of one function, each caused by the one before. The template
forbids it to, as a long schedule needs them; where nothing fails, none of these histories does.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""


@dataclass(eq=False, slots=True)
class Message:
    """`chain` counts the calls of which each caused the next: this message's is the last."""

    message_id: str
    body: str
    visible_at: float
    chain: int
    receives: int = 0


type Consume = Callable[[list[Message], Callable[[Invocation], None]], None]


@dataclass(eq=False)
class Queue:
    """`consume` starts an invocation with a batch, of ten or of `batch` at the most, for which it waits a
    second. `on_lost` hears of what SQS or the dead-letter queue took, `on_done` of what was handled and
    removed, `on_failed` of what was not; `may_lose` says whether SQS itself may lose a message."""

    world: World
    name: str
    consume: Consume
    on_sent: Callable[[str], None]
    on_lost: Callable[[str], None]
    on_done: Callable[[str], None]
    may_lose: bool = False
    batch: int = 10
    on_failed: Callable[[str], None] = lambda _: None
    messages: dict[str, Message] = field(default_factory=dict)
    dead: list[Message] = field(default_factory=list)
    _count: int = 0

    def send(self, body: str, delay: float) -> None:
        story = self.world.story
        self.on_sent(body)
        if self.may_lose and self.world.chance(story.lose_message):
            self.world.tell(self.name, "SQS loses a message")
            self.on_lost(body)
            return
        self._put(body, delay)
        if self.world.chance(story.duplicate_message):
            self.world.tell(self.name, "SQS has it twice")
            self._put(body, delay + self.world.rng.choice((0.0, 0.0, 1.0, 100.0)))

    @property
    def visible(self) -> int:
        return sum(message.visible_at <= self.world.now for message in self.messages.values())

    def redrive(self) -> None:
        """An operator sends the dead-letter queue back."""
        dead, self.dead = self.dead, []
        for message in dead:
            self._put(message.body, 0.0)

    def _put(self, body: str, delay: float) -> None:
        self._count += 1
        worker = self.world.worker
        chain = 1 if worker is None else worker.chain + 1
        if chain > LONGEST_CHAIN and not self.world.story.rates:
            raise self.world.violated(f"call {chain} of a chain: {body}")
        message = Message(f"{self.name}-{self._count}", body, self.world.now + delay, chain)
        if self.world.chance(self.world.story.slow_message):
            message.visible_at += self.world.rng.choice((0.5, 20.0, 300.0))
        self.messages[message.message_id] = message
        self._poll_at(message.visible_at)

    def _poll_at(self, when: float) -> None:
        window = WINDOW_SECONDS if self.batch > 10 else 0.0
        self.world.at(when + window + 0.001 + self.world.rng.random() * 0.02, self._poll)

    def _poll(self) -> None:
        now, rng = self.world.now, self.world.rng
        visible = [message for message in self.messages.values() if message.visible_at <= now]
        if not visible:
            return
        batch = rng.sample(visible, min(len(visible), rng.choice((1, 1, 2, 3, self.batch))))
        if len(batch) < len(visible):
            self._poll_at(now)
        taken = [message for message in batch if self._receive(message)]
        if taken:
            receipts = [message.receives for message in taken]
            self.consume(taken, lambda ended: self._ended(taken, receipts, ended))

    def _receive(self, message: Message) -> bool:
        message.receives += 1
        message.visible_at = self.world.now + VISIBILITY_SECONDS
        if message.receives > MAX_RECEIVES:
            self.world.tell(self.name, f"{message.message_id} goes to the dead-letter queue")
            del self.messages[message.message_id]
            self.dead.append(message)
            self.on_lost(message.body)
            return False
        self._poll_at(message.visible_at)
        return True

    def _ended(self, batch: list[Message], receipts: list[int], invocation: Invocation) -> None:
        """What was handled is removed, if nobody has received it since; what failed stays invisible until
        its time-out. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html"""
        if self.world.chance(self.world.story.lose_ack):
            self.world.tell(invocation.name, "its answer is lost: nothing is removed")
            return
        for message, receipt, worker in zip(batch, receipts, invocation.workers, strict=True):
            newest = message.receives == receipt and message.message_id in self.messages
            if worker.problem is None and newest:
                del self.messages[message.message_id]
                self.on_done(message.body)
            if worker.problem is not None:
                self.on_failed(message.body)


@dataclass(frozen=True, slots=True)
class SqsClient:
    """The calls Doorbell makes."""

    world: World
    queues: dict[str, Queue]

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            self.queues[QueueUrl].send(MessageBody, 0.0)
            return {}

        return self.world.call("sqs", "SendMessage", QueueUrl, effect)

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            return {"Attributes": {name: str(self.queues[QueueUrl].visible) for name in AttributeNames}}

        assert AttributeNames == ["ApproximateNumberOfMessages"]
        return self.world.call("sqs", "GetQueueAttributes", QueueUrl, effect)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            failed = []
            for entry in Entries:
                if self.world.chance(self.world.story.partial_batch):
                    failed.append({"Id": entry["Id"], "Code": "InternalError"})
                else:
                    self.queues[QueueUrl].send(entry["MessageBody"], float(entry.get("DelaySeconds", 0)))
            return {"Failed": failed}

        delays = " ".join(f"+{entry.get('DelaySeconds', 0)}s" for entry in Entries)
        return self.world.call("sqs", "SendMessageBatch", f"{QueueUrl} {delays}", effect)

"""A listener's queue in memory: standard, at least once, gone when it is deleted. Every call goes through
`call`, where it may fail before or after its effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Never

from botocore.exceptions import ClientError

from doorbell.domain.targets import TIMEOUT_SECONDS, TargetRequest
from tests.support.fakes_dynamo import Call


@dataclass(eq=False, slots=True)
class Message:
    id: str
    body: str
    visible_at: float
    receives: int = 0


@dataclass
class Sqs:
    """`on_put` hears of each message, `on_deleted` which ones went with a queue. `idle`: none is there."""

    call: Call
    clock: Callable[[], float]
    rng: Random
    on_put: Callable[[Message], None]
    on_deleted: Callable[[list[Message]], None]
    idle: Callable[[], None]
    queues: dict[str, list[Message]] = field(default_factory=dict)
    _count: int = 0

    class meta:
        region_name = "eu-central-1"

    def create_queue(self, *, QueueName: str, Attributes: Any) -> Any:
        return self._do("CreateQueue", lambda: self.queues.setdefault(QueueName, []) and {})

    def tag_queue(self, *, QueueUrl: str, Tags: Any) -> Any:
        return self._do("TagQueue", lambda: self._of(QueueUrl) and {})

    def delete_queue(self, *, QueueUrl: str) -> Any:
        def effect() -> dict[str, Any]:
            waiting = self._of(QueueUrl)
            del self.queues[_name(QueueUrl)]
            self.on_deleted(waiting)
            return {}

        return self._do("DeleteQueue", effect)

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> Any:
        def effect() -> dict[str, Any]:
            self._count += 1
            queue, message = self._of(QueueUrl), Message(f"m-{self._count}", MessageBody, self.clock())
            queue.append(message)
            self.on_put(message)
            return {"MessageId": f"m-{self._count}"}

        return self._do("SendMessage", effect)

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **given: Any) -> Any:
        def effect() -> dict[str, Any]:
            now = self.clock()
            found = [one for one in self._of(QueueUrl) if one.visible_at <= now]
            self.rng.shuffle(found)
            for one in found[:MaxNumberOfMessages]:
                one.visible_at, one.receives = now + given["VisibilityTimeout"], one.receives + 1
            return {"Messages": [_shown(one) for one in found[:MaxNumberOfMessages]]}

        answer = self._do("ReceiveMessage", effect)
        if not answer["Messages"]:
            self.idle()
        return answer

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> Any:
        def effect() -> dict[str, Any]:
            queue = self._of(QueueUrl)
            for one in [one for one in queue if one.id == ReceiptHandle]:
                if self.rng.random() < 0.05:  # it comes once more all the same
                    one.visible_at = self.clock() + 30
                else:
                    queue.remove(one)
            return {}

        return self._do("DeleteMessage", effect)

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> Any:
        def effect() -> dict[str, Any]:
            now = self.clock()
            found = [one for one in self._of(QueueUrl) if one.id == ReceiptHandle and one.visible_at > now]
            if not found:
                _refuse("MessageNotInflight")
            found[0].visible_at = now + VisibilityTimeout
            return {}

        return self._do("ChangeMessageVisibility", effect)

    def _of(self, url: str) -> list[Message]:
        if _name(url) not in self.queues:
            _refuse("QueueDoesNotExist")
        return self.queues[_name(url)]

    def _do(self, operation: str, effect: Callable[[], Any]) -> Any:
        return self.call("sqs", operation, "", effect)


@dataclass
class Ssm:
    call: Call
    values: dict[str, str] = field(default_factory=dict)

    def put_parameter(self, *, Name: str, Value: str, **given: Any) -> Any:
        return self.call("ssm", "PutParameter", Name, lambda: self.values.update({Name: Value}))

    def delete_parameter(self, *, Name: str) -> Any:
        return self.call("ssm", "DeleteParameter", Name, lambda: self.values.pop(Name, None))


def request_of(arn: str, whose: tuple[str, str], event_id: str) -> TargetRequest:
    """As the composer makes it."""
    given: dict[str, Any] = {"tenant_id": whose[0], "subscription_id": whose[1], "event_id": event_id}
    given |= {"event_type": "push", "source_id": "shop", "hops": 0}
    return TargetRequest(arn, (("webhook-id", event_id),), b"{}", TIMEOUT_SECONDS, **given)


def _shown(one: Message) -> dict[str, Any]:
    received = {"ApproximateReceiveCount": str(one.receives)}
    return {"MessageId": one.id, "Body": one.body, "ReceiptHandle": one.id, "Attributes": received}


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _refuse(code: str) -> Never:
    raise ClientError({"Error": {"Code": code, "Message": ""}}, "Sqs")

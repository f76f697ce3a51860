"""A listener's place in the stack: its queue, its subscription, the secret, and the note that it is there.

In an order in which a crash leaves nothing that the sweeper cannot find: the note first, and last to go.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of, translated
from doorbell.domain.listening import AWAY_SECONDS, Listener, queue_name
from doorbell.domain.targets import Arn, parse
from doorbell.queues.of_listeners import ListenersQueues
from doorbell.store.configuration.of_listeners import ListenersSubscriptions
from doorbell.store.health.listener_signs import ListenerSigns
from doorbell.store.health.listeners import ListenerTable
from doorbell.targets.sqs import queue_url
from doorbell_cli.configuration import SUBSCRIPTION, forget_health, found_in, policy
from doorbell_cli.listening.caller import Caller
from doorbell_cli.target import Target

RETENTION_SECONDS = 1_209_600
"""The longest there is, for an application that is down while its listener is there.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""
MAX_BYTES = 1_048_576
AGAIN_SECONDS = 5.0
"""A name can be had again a minute after its queue was deleted.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"""
RECENTLY = ("QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently")
EXISTS = ("QueueNameExists", "QueueAlreadyExists")


@dataclass
class Place:
    """`fields` are the subscription's own, `wait` sleeps. Everything raises `Unavailable`."""

    target: Target
    caller: Caller
    tenant_id: str
    subscription_id: str
    fields: Mapping[str, Any]
    secret: str
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    _until: float = 0.0

    @property
    def name(self) -> str:
        return queue_name(self.target.name, self.tenant_id, self.subscription_id)

    @property
    def arn(self) -> str:
        return f"arn:{self.caller.partition}:sqs:{self.caller.region}:{self.caller.account}:{self.name}"

    @property
    def queue_url(self) -> str:
        arn = parse(self.arn)
        assert isinstance(arn, Arn), "its parts are AWS's own, and a name of ours"
        return queue_url(arn)

    @property
    def parameter(self) -> str:
        return f"/doorbell/listen/{self.tenant_id}/{self.subscription_id}"

    def values(self) -> dict[str, Any]:
        """The subscription's item."""
        return {
            "tenant_id": self.tenant_id,
            "subscription_id": self.subscription_id,
            "target": self.arn,
            "signing": "standard",
            "secrets": [f"ssm:{self.parameter}"],
            "description": f"doorbell listen, of {self.caller.arn}",
            **self.fields,
        }

    def take(self) -> None:
        """Everything that is missing is made; what is there stays. Raises `ConfigError` where the
        subscription would be wrong, and nothing is made then."""
        for problem in found_in(SUBSCRIPTION, self.values(), policy(self.target)):
            raise problem
        self.seen()
        self._queue()
        with translated("ssm", "PutParameter"):
            self.target.client("ssm").put_parameter(
                Name=self.parameter, Value=self.secret, Type="SecureString", Overwrite=True
            )
        self._subscription()

    def seen(self) -> None:
        """A sign of life."""
        self._until = self.clock() + AWAY_SECONDS
        signs = ListenerSigns(self.target.client("dynamodb"), self.target.table("Endpoints"))
        signs.seen(self._noted())

    def is_whole(self) -> bool:
        """Whether the subscription is there, and on."""
        stored = SUBSCRIPTION.table(self.target).get(self.tenant_id, self.subscription_id)
        return stored is not None and stored.values.get("enabled", True) is True

    def waiting(self) -> int:
        """Messages in the queue, as SQS knows it: approximately."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        sqs, asked = self.target.client("sqs"), {"QueueUrl": self.queue_url, "AttributeNames": names}
        with translated("sqs", "GetQueueAttributes"):
            answer = sqs.get_queue_attributes(**asked)
        return sum(int(answer["Attributes"][name]) for name in names)

    def leave(self) -> None:
        """Nothing is left of it."""
        dynamodb, noted = self.target.client("dynamodb"), self._noted()
        ListenersSubscriptions(dynamodb, self.target.table("Subscriptions")).remove(noted)
        ListenersQueues(self.target.client("sqs")).remove(self.queue_url)
        self._remove_secret()
        ListenerTable(dynamodb, self.target.table("Endpoints")).forget(noted)

    def _noted(self) -> Listener:
        return Listener(self.tenant_id, self.subscription_id, self.arn, self.queue_url, self._until)

    def _queue(self) -> None:
        sqs, attributes = self.target.client("sqs"), self.attributes()
        with translated("sqs", "CreateQueue"):
            while True:
                try:
                    sqs.create_queue(QueueName=self.name, Attributes=attributes)
                    break
                except ClientError as error:
                    if code_of(error) in EXISTS:  # with attributes of another release
                        sqs.set_queue_attributes(QueueUrl=self.queue_url, Attributes=attributes)
                        break
                    if code_of(error) not in RECENTLY:
                        raise
                    self.wait(AGAIN_SECONDS)
        tags = {
            "doorbell:owner": self.caller.arn,
            "doorbell:stack": self.target.name,
            "doorbell:subscription": f"{self.tenant_id}/{self.subscription_id}",
        }
        with translated("sqs", "TagQueue"):
            sqs.tag_queue(QueueUrl=self.queue_url, Tags=tags)

    def attributes(self) -> dict[str, str]:
        found = {
            "MessageRetentionPeriod": str(RETENTION_SECONDS),
            "MaximumMessageSize": str(MAX_BYTES),
            "SqsManagedSseEnabled": "true",
        }
        if self.target.local:  # which speaks plain HTTP
            return found
        deny = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": self.arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return {**found, "Policy": json.dumps({"Version": "2012-10-17", "Statement": [deny]})}

    def _subscription(self) -> None:
        table = SUBSCRIPTION.table(self.target)
        seen = table.get(self.tenant_id, self.subscription_id)
        before = {} if seen is None else seen.values
        kept = {name: before[name] for name in ("created_at",) if name in before}
        table.put({**kept, **self.values()}, seen, self.clock())
        if before.get("enabled") is False:
            forget_health(self.target, before, self.values())

    def _remove_secret(self) -> None:
        ssm = self.target.client("ssm")
        with translated("ssm", "DeleteParameter"):
            try:
                ssm.delete_parameter(Name=self.parameter)
            except ClientError as error:
                if code_of(error) != "ParameterNotFound":
                    raise

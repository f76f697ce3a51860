"""Deliveries to a queue in one call, on an emulated SQS."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from doorbell.domain import company as company_module
from doorbell.domain.company import Company
from doorbell.domain.outbound import Outcome
from doorbell.domain.subscriptions import scoped
from doorbell.domain.targets import TargetPolicy, TargetRequest
from doorbell.targets.sender import TargetSender
from doorbell.targets.together import SharedSender
from tests.unit.targets.test_what_goes import request_of

ARN = "arn:aws:sqs:eu-central-1:123456789012:orders"
ALL = TargetPolicy(arns=("*",), tenants=("default", "globex"))


class Queue:
    """`calls`: the operations that were asked for, and the bodies each had."""

    def __init__(self, **attributes: str) -> None:
        self.sqs: Any = boto3.client("sqs", region_name="eu-central-1")
        name = "orders.fifo" if "FifoQueue" in attributes else "orders"
        asked: Any = attributes
        self.url = self.sqs.create_queue(QueueName=name, Attributes=asked)["QueueUrl"]
        self.arn, self.calls = ARN.replace("orders", name), list[tuple[str, list[str]]]()
        self.sqs.meta.events.register("provide-client-params.sqs.SendMessage", self._seen)
        self.sqs.meta.events.register("provide-client-params.sqs.SendMessageBatch", self._seen)

    def _seen(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        entries = params.get("Entries", [params])
        self.calls.append((model.name, [entry["MessageBody"] for entry in entries]))

    @property
    def operations(self) -> Counter[str]:
        return Counter(name for name, _ in self.calls)

    def bodies(self) -> list[str]:
        found: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return sorted(found)

    def send(self, requests: Sequence[TargetRequest]) -> list[Outcome]:
        """All in one batch."""
        whose = [scoped(one.tenant_id, one.subscription_id) for one in requests]
        company = Company(Counter(whose))
        sender = SharedSender(TargetSender(ALL, lambda way: self.sqs, time.monotonic), company)

        def one(request: TargetRequest) -> Outcome:
            with company.member(scoped(request.tenant_id, request.subscription_id)):
                return sender.send(request)

        with ThreadPoolExecutor(len(requests)) as threads:
            return list(threads.map(one, requests))


@pytest.fixture(autouse=True)
def _an_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(company_module, "LINGER_SECONDS", 20.0)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def body(number: int, size: int = 0) -> bytes:
    return json.dumps({"n": number, "text": "x" * size}).encode()


def test_ten_deliveries_to_a_queue_make_one_call_and_all_arrive() -> None:
    queue = Queue()
    outcomes = queue.send([request_of("sqs", body(n), event_id=f"evt_{n}") for n in range(10)])
    assert all(outcome.is_success for outcome in outcomes)
    assert queue.operations == {"SendMessageBatch": 1}
    assert queue.bodies() == sorted(body(n).decode() for n in range(10))


def test_one_that_the_queue_does_not_take_spoils_no_other() -> None:
    """Its own limit is less than SQS's."""
    queue = Queue(MaximumMessageSize="1024")
    outcomes = queue.send(
        [request_of("sqs", body(n, 2000 if n == 3 else 0), event_id=f"evt_{n}") for n in range(10)]
    )
    assert [n for n, outcome in enumerate(outcomes) if not outcome.is_success] == [3]
    assert json.loads(outcomes[3].response)["code"] == "InvalidParameterValue"
    assert queue.bodies() == sorted(body(n).decode() for n in range(10) if n != 3)


def test_two_tenants_never_share_a_call() -> None:
    queue = Queue()
    requests = [
        request_of("sqs", body(place), event_id=f"evt_{n}", tenant_id=tenant)
        for n in range(5)
        for place, tenant in enumerate(("default", "globex"))
    ]
    assert all(outcome.is_success for outcome in queue.send(requests))
    assert sorted((name, sorted(set(bodies)), len(bodies)) for name, bodies in queue.calls) == [
        ("SendMessageBatch", [body(0).decode()], 5),
        ("SendMessageBatch", [body(1).decode()], 5),
    ]


def test_what_is_sent_again_after_a_lost_answer_is_one_message_in_a_fifo_queue() -> None:
    queue = Queue(FifoQueue="true")
    requests = [request_of("sqs", body(n), arn=queue.arn, event_id=f"evt_{n}") for n in range(3)]
    for _ in range(2):
        assert all(outcome.is_success for outcome in queue.send(requests))
    assert queue.operations == {"SendMessageBatch": 2}
    assert queue.bodies() == sorted(body(n).decode() for n in range(3))


def test_what_is_more_than_a_call_takes_goes_in_two() -> None:
    queue = Queue()
    requests = [request_of("sqs", body(n, 400_000), event_id=f"evt_{n}") for n in range(4)]
    assert all(outcome.is_success for outcome in queue.send(requests))
    assert sorted(len(bodies) for _, bodies in queue.calls) == [2, 2]

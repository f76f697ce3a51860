"""The envelope of a listener's queue: all that a URL would have got."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.listening import queue_name
from doorbell.domain.targets import TargetPolicy
from doorbell.targets.listening import LISTENER, NoEnvelope, opened, sealed
from doorbell.targets.sender import TargetSender
from doorbell.targets.sqs import MAX_BYTES, SQS
from tests.unit.targets.test_what_goes import HEADERS, HERE, request_of

ARN = f"arn:aws:sqs:{HERE}:{queue_name('gate', 'default', 'books')}"


@pytest.mark.parametrize("body", [b"", b'{"a":1}', bytes(range(256)), "é\u0000".encode()])
def test_bytes_and_headers_are_what_went_in(body: bytes) -> None:
    headers = {**HEADERS, "x-odd": "é\u0001", **{f"x-{n}": str(n) for n in range(40)}}
    found = opened(sealed(request_of("sqs", body, ARN, headers=headers)))
    assert found.body == body
    assert dict(found.headers) == headers
    assert (found.event_id, found.event_type, found.source_id) == ("evt_1", "order.paid", "shop")
    assert (found.method, found.size) == ("POST", len(body))


def test_a_body_that_does_not_fit_stays_behind_to_the_byte() -> None:
    least = len(sealed(request_of("sqs", b"x" * 700_000, ARN))) - 4 * -(-700_000 // 3)
    room = (MAX_BYTES - least) // 4 * 3
    fits, over = (sealed(request_of("sqs", b"x" * size, ARN)) for size in (room, room + 1))
    assert MAX_BYTES - 8 <= len(fits) <= MAX_BYTES
    assert opened(fits).body == b"x" * room
    assert len(over) < 2000
    assert (opened(over).body, opened(over).size) == (None, room + 1)
    assert opened(over).digest != opened(fits).digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"what":"doorbell-listen","version":2}',
        '{"what":"doorbell-listen","version":1}',
        "[" * 100_000,
        json.dumps({**json.loads(sealed(request_of("sqs", b"a", ARN))), "body": "*"}),
        json.dumps({**json.loads(sealed(request_of("sqs", b"a", ARN))), "headers": 7}),
    ],
)
def test_what_is_no_envelope_is_told_as_that(text: str) -> None:
    of_another = '"version":2' in text
    said = "that this version of doorbell can open" if of_another else "of Doorbell's dispatcher"
    with pytest.raises(NoEnvelope, match=f"^not an envelope {said}$"):
        opened(text)


class Queue:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **parameters: Any) -> dict[str, Any]:
        self.sent.append(parameters)
        return {"MessageId": "m", "ResponseMetadata": {"HTTPStatusCode": 200}}


@pytest.mark.parametrize(
    "code", [*SQS.codes, "AccessDenied", "ThrottlingException", "InvalidParameterValue", "NobodyKnows"]
)
@pytest.mark.parametrize("size", [1, 10_000])
def test_what_its_queue_refuses_is_put_on_record_as_any_queue_s_refusal_is(code: str, size: int) -> None:
    class Refusing:
        def send_message(self, **_: Any) -> None:
            about = {"HTTPStatusCode": 400, "RequestId": "r"}
            raise ClientError({"Error": {"Code": code}, "ResponseMetadata": about}, "SendMessage")  # type: ignore[typeddict-item]

    policy = TargetPolicy(arns=("*",), tenants=("default",), stack="gate")
    sender = TargetSender(policy, lambda way: Refusing(), lambda: 0.0)
    listeners, anybodys = (
        sender.send(request_of("sqs", b"x" * size, arn)) for arn in (ARN, f"arn:aws:sqs:{HERE}:orders")
    )
    assert (listeners.status, listeners.error) == (anybodys.status, None)
    assert listeners.response == anybodys.response


def test_the_sender_puts_it_there_for_its_own_subscription_and_for_no_other() -> None:
    queue = Queue()
    sender = TargetSender(TargetPolicy(stack="gate"), lambda way: queue, lambda: 0.0)
    assert sender.send(request_of("sqs", b"a", ARN)).is_success
    assert opened(queue.sent[0]["MessageBody"]).body == b"a"
    assert queue.sent[0]["QueueUrl"].endswith(ARN.rpartition(":")[2])
    other = f"arn:aws:sqs:{HERE}:{queue_name('gate', 'default', 'another')}"
    assert sender.send(request_of("sqs", b"a", other)).error == "target_refused"
    assert len(queue.sent) == 1
    assert LISTENER.action == "sqs:SendMessage"

"""Deliveries that go to a target in one call: what is sent, and what each of them comes to. The service is a
botocore client whose wire is a stub; its requests are held against botocore's own model."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.session import Session
from botocore.validate import ParamValidator

from doorbell.domain import company as company_module
from doorbell.domain.company import Company
from doorbell.domain.health import Circuit, Health, after_attempt, parks_endpoint
from doorbell.domain.outbound import Outcome
from doorbell.domain.subscriptions import scoped
from doorbell.domain.targets import TargetPolicy, TargetRequest
from doorbell.targets.batch_calls import BATCH_CALLS
from doorbell.targets.sender import SERVICES, TargetSender
from doorbell.targets.service import Way
from doorbell.targets.together import SharedSender
from tests.unit.targets.test_what_goes import ARNS, request_of

ALL = TargetPolicy(arns=("*",), tenants=("default", "globex"), roles=("*",), stack="gate")
ROLE = "arn:aws:iam::123456789012:role/books"
BATCHES = {
    "sqs": "send_message_batch", "sns": "publish_batch", "events": "put_events",
    "kinesis": "put_records", "firehose": "put_record_batch",
}  # fmt: skip
SINGLES = {"sqs": "send_message", "sns": "publish", "kinesis": "put_record", "firehose": "put_record"}
LISTS = {"events": "Entries", "kinesis": "Records", "firehose": "RequestResponses"}
NAMES = sorted(BATCHES)
ABOUT = {"ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 200}}


@pytest.fixture(autouse=True)
def _all_find_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_module, "LINGER_SECONDS", 20.0)


class Wire:
    """A client of a service: `answer` is asked for each batch, with how many entries it has; single calls are
    taken. What was asked for, in order."""

    def __init__(self, service: str, answer: Callable[[int], Any] | None = None) -> None:
        self.service, self.calls = service, list[tuple[str, dict[str, Any]]]()
        self.answer = answer or (lambda count: answered(service, [None] * count))

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            self.calls.append((method, given))
            if method == BATCHES[self.service] and len(entries_of(self.service, given)) > 1:
                return self.answer(len(entries_of(self.service, given)))
            return {"MessageId": "alone", "Entries": [{"EventId": "alone"}], **ABOUT}

        return call

    @property
    def batches(self) -> list[int]:
        return sorted(
            len(entries_of(self.service, given))
            for name, given in self.calls
            if name == BATCHES[self.service]
        )


def entries_of(service: str, given: dict[str, Any]) -> Sequence[Any]:
    name = {"sns": "PublishBatchRequestEntries", "kinesis": "Records", "firehose": "Records"}
    found: Sequence[Any] = given.get(name.get(service, "Entries"), ())
    return found


def answered(service: str, codes: Sequence[str | None], **more: Any) -> dict[str, Any]:
    """As the service answers; None = taken."""
    if service in LISTS:
        name = {"events": "EventId", "kinesis": "SequenceNumber", "firehose": "RecordId"}[service]
        found = [
            {name: f"m-{n}"} if code is None else {"ErrorCode": code, "ErrorMessage": "no"}
            for n, code in enumerate(codes)
        ]
        return {LISTS[service]: found, **ABOUT}
    good = [{"Id": str(n), "MessageId": f"m-{n}"} for n, code in enumerate(codes) if code is None]
    bad = [
        {"Id": str(n), "Code": code, "Message": "no", "SenderFault": True, **more}
        for n, code in enumerate(codes)
        if code is not None
    ]
    return {"Successful": good[::-1], "Failed": bad, **ABOUT}


def refused(code: str, status: int = 400) -> Callable[[int], Any]:
    def answer(count: int) -> Any:
        about: Any = {
            "Error": {"Code": code, "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        raise ClientError(about, "Batch")

    return answer


def sent(
    requests: Sequence[TargetRequest],
    wire: Any,
    forget: Callable[[Way], None] = lambda way: None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Outcome]:
    """All in one batch, each in a thread of its own."""
    whose = [scoped(one.tenant_id, one.subscription_id) for one in requests]
    company = Company(Counter(whose))
    sender = SharedSender(TargetSender(ALL, lambda way: wire, clock, forget), company)

    def one(request: TargetRequest) -> Outcome:
        with company.member(scoped(request.tenant_id, request.subscription_id)):
            return sender.send(request)

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(one, requests))


def several(service: str, count: int, **more: Any) -> list[TargetRequest]:
    """Each of an event of its own."""
    return [request_of(service, b'{"n": %d}' % n, event_id=f"evt_{n}", **more) for n in range(count)]


@pytest.mark.parametrize("service", NAMES)
def test_ten_to_one_target_are_one_call_as_the_service_s_model_has_it(service: str) -> None:
    wire = Wire(service)
    outcomes = sent(several(service, 10), wire)
    assert all(outcome.is_success for outcome in outcomes)
    ((method, given),) = wire.calls
    assert method == BATCHES[service]
    model = Session().get_service_model(SERVICES[service].client_name)
    shape = model.operation_model(BATCH_CALLS[service].operation).input_shape
    assert shape is not None
    assert ParamValidator().validate(given, shape).generate_report() == ""
    told = [json.loads(outcome.response) for outcome in outcomes]
    assert {(one["service"], one["operation"], one["request_id"]) for one in told} == {
        (service, BATCH_CALLS[service].operation, "r-1")
    }
    assert {one["id"] for one in told} == {f"m-{n}" for n in range(10)}


@pytest.mark.parametrize("service", NAMES)
def test_an_entry_is_what_would_have_gone_by_itself(service: str) -> None:
    wire = Wire(service)
    requests = several(service, 3)
    sent(requests, wire)
    entries = [dict(one) for one in entries_of(service, wire.calls[0][1])]
    alone = Wire(service)
    for request in requests:
        sent([request], alone)
    singly = [given for _, given in alone.calls]
    target = {"sqs": "QueueUrl", "sns": "TopicArn", "kinesis": "StreamARN"}
    for one in entries:
        one.pop("Id", None)
    plain = [
        given["Entries"][0] if service == "events"
        else given["Record"] if service == "firehose"
        else {name: value for name, value in given.items() if name != target[service]}
        for given in singly
    ]  # fmt: skip
    assert sorted(entries, key=repr) == sorted(plain, key=repr)


@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_each_keeps_its_dedupe_id_and_its_group(service: str) -> None:
    wire = Wire(service)
    sent(several(service, 3, arn=f"{ARNS[service]}.fifo"), wire)
    entries = entries_of(service, wire.calls[0][1])
    found = {(one["MessageDeduplicationId"], one["MessageGroupId"]) for one in entries}
    assert found == {(f"evt_{n}.books", f"evt_{n}") for n in range(3)}


CODES = [
    ("sqs", "RequestThrottled", 429),
    ("sns", "Throttled", 429),
    ("events", "ThrottlingException", 429),
    ("kinesis", "ProvisionedThroughputExceededException", 429),
    ("firehose", "ServiceUnavailableException", 429),
    ("sqs", "InvalidMessageContents", 400),
    ("events", "MalformedDetail", 400),
    ("events", "NotAuthorizedForSourceException", 403),
    ("kinesis", "InternalFailure", 500),
    ("firehose", "InternalFailure", 500),
    ("events", "InternalFailure", 503),
]


@pytest.mark.parametrize(("service", "code", "status"), CODES)
def test_an_entry_that_failed_is_that_delivery_s_failure_and_no_other_s(
    service: str, code: str, status: int
) -> None:
    bad = 4
    wire = Wire(service, lambda count: answered(service, [code if n == bad else None for n in range(count)]))
    outcomes = sent(several(service, 10), wire)
    (failed,) = [outcome for outcome in outcomes if not outcome.is_success]
    assert (failed.status, failed.error) == (status, None)
    assert parks_endpoint(failed) == (status in (429, 503))
    told = json.loads(failed.response)
    assert (told["code"], told["message"], told["request_id"]) == (code, "no", "r-1")
    assert outcomes.index(failed) == _place_of(bad, service, wire)


def _place_of(bad: int, service: str, wire: Wire) -> int:
    """Which delivery the entry was."""
    entry = entries_of(service, wire.calls[0][1])[bad]
    body = entry.get("MessageBody") or entry.get("Message") or entry.get("Detail") or entry["Data"].decode()
    number: int = json.loads(body)["n"]
    return number


def test_a_fault_of_the_service_at_an_entry_is_no_fault_of_the_event() -> None:
    wire = Wire("sqs", lambda count: answered("sqs", ["InternalError", None], SenderFault=False))
    assert sorted(outcome.status or 0 for outcome in sent(several("sqs", 2), wire)) == [200, 500]


def test_an_entry_that_the_answer_does_not_name_was_not_answered() -> None:
    wire = Wire("sqs", lambda count: {"Successful": [{"Id": "0", "MessageId": "m"}], **ABOUT})
    outcomes = sent(several("sqs", 2), wire)
    assert sorted((outcome.status, outcome.error) for outcome in outcomes if outcome.error) == [
        (None, "connection_lost")
    ]


@pytest.mark.parametrize("service", sorted(LISTS))
def test_of_an_answer_that_is_too_short_each_has_what_it_says(service: str) -> None:
    wire = Wire(service, lambda count: answered(service, [None] * (count - 1)))
    outcomes = sent(several(service, 3), wire)
    assert sorted(outcome.error or "" for outcome in outcomes) == ["", "", "connection_lost"]


OF_ALL = [("sqs", "RequestThrottled", 400, 429), ("sqs", "QueueDoesNotExist", 400, 410),
          ("sns", "AuthorizationError", 403, 403), ("kinesis", "ResourceNotFoundException", 400, 410),
          ("events", "InternalException", 500, 503), ("sqs", "InternalError", 500, 500)]  # fmt: skip


@pytest.mark.parametrize(("service", "code", "said", "status"), OF_ALL)
def test_a_call_that_failed_for_all_is_not_made_again_for_each(
    service: str, code: str, said: int, status: int
) -> None:
    wire = Wire(service, refused(code, said))
    outcomes = sent(several(service, 5), wire)
    assert [outcome.status for outcome in outcomes] == [status] * 5
    assert len(wire.calls) == 1


def test_a_call_without_an_answer_is_one_for_all_and_is_not_made_again_for_each() -> None:
    def answer(count: int) -> Any:
        raise ReadTimeoutError(endpoint_url="https://x")

    wire = Wire("sqs", answer)
    outcomes = sent(several("sqs", 5), wire)
    assert {(outcome.status, outcome.error) for outcome in outcomes} == {(None, "timeout")}
    assert len(wire.calls) == 1


def health_after(outcomes: Sequence[Outcome]) -> Health:
    """Of the target, when all are on record."""
    health = Health()
    for outcome in outcomes:
        health = after_attempt(health, outcome, url=ARNS["sqs"], now=0.0, lease_until=30.0)
    return health


@pytest.mark.parametrize(("service", "code", "said", "status"), OF_ALL)
def test_a_call_that_failed_for_all_is_one_failure_of_its_target(
    service: str, code: str, said: int, status: int
) -> None:
    found = health_after(sent(several(service, 10), Wire(service, refused(code, said))))
    parks = status in (429, 503)
    assert (found.failures, found.parks) == (1, int(parks))


def test_a_call_without_an_answer_is_one_failure_of_its_target() -> None:
    def answer(count: int) -> Any:
        raise EndpointConnectionError(endpoint_url="https://x")

    found = health_after(sent(several("sqs", 10), Wire("sqs", answer)))
    assert (found.failures, found.circuit(0.0)) == (1, Circuit.CLOSED)


@pytest.mark.parametrize("service", NAMES)
def test_entries_that_failed_alike_in_one_call_are_one_failure_of_their_target(service: str) -> None:
    wire = Wire(service, lambda count: answered(service, ["InternalFailure"] * count, SenderFault=False))
    outcomes = sent(several(service, 10), wire)
    assert [outcome.is_success for outcome in outcomes] == [False] * 10
    assert health_after(outcomes).failures == 1


@pytest.mark.parametrize("code", ["InvalidParameterValue", "BatchRequestTooLong", "ValidationException"])
def test_what_may_be_one_entry_s_fault_spoils_no_other_each_goes_by_itself(code: str) -> None:
    wire = Wire("sqs", refused(code))
    outcomes = sent(several("sqs", 5), wire)
    assert all(outcome.is_success for outcome in outcomes)
    assert Counter(method for method, _ in wire.calls) == {"send_message_batch": 1, "send_message": 5}


def test_when_that_was_said_too_late_there_is_no_time_for_each() -> None:
    """Their claims would end meanwhile."""
    times = iter([0.0, *[3.0] * 20])
    wire = Wire("sqs", refused("InvalidParameterValue"))
    outcomes = sent(several("sqs", 3), wire, clock=lambda: next(times))
    assert [outcome.status for outcome in outcomes] == [400] * 3
    assert len(wire.calls) == 1


@pytest.mark.parametrize(("took", "calls"), [(0.5, 3), (0.6, 1)])
def test_an_entry_that_is_too_large_goes_by_itself_while_there_is_time(took: float, calls: int) -> None:
    answer = answered("sqs", ["InvalidParameterValue"] * 2)
    wire, times = Wire("sqs", lambda count: answer), iter([0.0, *[took] * 20])
    requests = [
        request_of("sqs", b'{"n": %d, "x": "%s"}' % (n, b"x" * 2000), event_id=f"e{n}") for n in range(2)
    ]
    outcomes = sent(requests, wire, clock=lambda: next(times))
    assert len(wire.calls) == calls
    assert {outcome.status for outcome in outcomes} == {200 if calls > 1 else 413}


def test_what_the_service_would_refuse_spoils_no_call_of_others_though_there_is_room() -> None:
    wire = Wire("firehose")
    large = request_of("firehose", b"x" * (SERVICES["firehose"].most_bytes + 1), event_id="evt_large")
    outcomes = sent([large, *several("firehose", 2)], wire)
    assert [outcome.status for outcome in outcomes] == [413, 200, 200]
    assert wire.batches == [2]


@pytest.mark.parametrize("service", ["kinesis", "firehose"])
def test_a_role_that_may_send_one_by_one_alone_is_no_failure(service: str) -> None:
    """Policies from before have the one action and not the other."""
    wire = Wire(service, refused("AccessDeniedException"))
    assert all(outcome.is_success for outcome in sent(several(service, 3), wire))
    assert Counter(method for method, _ in wire.calls) == {BATCHES[service]: 1, "put_record": 3}


def test_denied_names_the_action_and_the_target_to_each() -> None:
    outcomes = sent(several("sqs", 2), Wire("sqs", refused("AccessDenied", 403)))
    for outcome in outcomes:
        assert "sqs:SendMessage on arn:aws:sqs:eu-central-1:123456789012:orders" in outcome.detail


def test_a_session_that_ended_is_forgotten_and_not_tried_for_each() -> None:
    gone: list[Way] = []
    wire = Wire("sqs", refused("ExpiredToken"))
    outcomes = sent(several("sqs", 3, role_arn=ROLE), wire, gone.append)
    assert [outcome.status for outcome in outcomes] == [400] * 3
    assert len(wire.calls) == len(gone) == 1


APART: dict[str, list[dict[str, Any]]] = {
    "two tenants": [{"tenant_id": "default"}, {"tenant_id": "globex"}],
    "two subscriptions": [{"subscription_id": "books"}, {"subscription_id": "stock"}],
    "two roles": [{"role_arn": ROLE}, {"role_arn": f"{ROLE}-more"}],
    "a role and none": [{}, {"role_arn": ROLE}],
    "two targets": [{}, {"arn": f"{ARNS['sqs']}-more"}],
}


@pytest.mark.parametrize("what", APART)
def test_these_never_share_a_call(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_module, "LINGER_SECONDS", 0.2)  # of one subscription, they wait in vain
    wire = Wire("sqs")
    requests = [
        request_of("sqs", b'{"n": %d}' % place, event_id=f"evt_{n}", **more)
        for n in range(3)
        for place, more in enumerate(APART[what])
    ]
    assert all(outcome.is_success for outcome in sent(requests, wire))
    assert wire.batches == [3, 3]
    for _, given in wire.calls:
        assert len({one["MessageBody"] for one in given["Entries"]}) == 1


@pytest.mark.parametrize("service", NAMES)
def test_so_many_bytes_go_in_a_call_and_with_one_more_it_is_two(service: str) -> None:
    """Two messages that fill a call to its last byte, and two of which one has another."""
    most, count = BATCH_CALLS[service].room.size, 2 if service != "firehose" else 5
    if service == "kinesis":
        count = 5
    for more, calls in ((0, [count]), (1, [])):
        size = most // count + more
        wire = Wire(service)
        outcomes = sent([_of_size(service, size, n) for n in range(count)], wire)
        assert all(outcome.is_success for outcome in outcomes)
        assert (wire.batches == [count]) is (calls == [count])


def _of_size(service: str, size: int, number: int) -> TargetRequest:
    empty = request_of(service, b'{"a":""}', event_id=f"evt_{number}")
    alone = TargetSender(ALL, lambda way: None, time.monotonic).ready(empty)
    assert not isinstance(alone, Outcome)
    body = b'{"a":"' + b"x" * (size - alone.size) + b'"}'
    return request_of(service, body, event_id=f"evt_{number}")


@pytest.mark.parametrize(("service", "most"), [("sqs", 10), ("sns", 10), ("events", 10)])
def test_ten_are_a_call_and_eleven_are_two(service: str, most: int) -> None:
    wire = Wire(service)
    sent(several(service, most + 1), wire)
    assert max(wire.batches) == most
    assert len(wire.calls) == 2


def test_what_is_larger_than_a_call_takes_goes_by_itself_as_before() -> None:
    wire = Wire("sns")
    large = request_of("sns", b"x" * 300_000, event_id="evt_9")
    assert all(outcome.is_success for outcome in sent([*several("sns", 2), large], wire))
    assert Counter(method for method, _ in wire.calls) == {"publish_batch": 1, "publish": 1}

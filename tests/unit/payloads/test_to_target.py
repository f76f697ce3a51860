"""What a target's service has places of its own for: keys, waiting, roles."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from doorbell.domain.deliveries import LEASE_MARGIN_SECONDS
from doorbell.domain.large import WRITE_SECONDS
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import MAX_TIMEOUT_SECONDS, Subscription
from doorbell.domain.targets import TIMEOUT_SECONDS, TargetRequest
from doorbell.payloads.to_target import to_target

HERE = "eu-central-1:123456789012"
FUNCTION = f"arn:aws:lambda:{HERE}:function:books"
BUCKET = "arn:aws:s3:::a-bucket/shop/"
STREAM = f"arn:aws:kinesis:{HERE}:stream/orders"
BODY = b'{"customer": {"id": 17}}'

MakeEvent = Callable[..., StoredEvent]
MakeSubscription = Callable[..., Subscription]


@pytest.fixture
def request_for(make_event: MakeEvent, make_subscription: MakeSubscription) -> Callable[..., TargetRequest]:
    event = make_event(BODY)
    at = datetime(2026, 11, 29, 23, 59, tzinfo=UTC).timestamp()
    event = replace(event, incoming=replace(event.incoming, received_at=at))

    def made(arn: str, **fields: Any) -> TargetRequest:
        return to_target(make_subscription(url=arn, **fields), event, (), BODY)

    return made


def test_an_object_has_the_key_of_its_day_and_event_unless_the_subscription_says_so(
    request_for: Callable[..., TargetRequest],
) -> None:
    usual = request_for(BUCKET)
    assert usual.key == f"{usual.subscription_id}/2026/11/29/{usual.event_id}"
    said = request_for(BUCKET, target_key="c={body.customer.id}/{id}.json")
    assert said.key == f"c=17/{said.event_id}.json"


def test_a_key_can_name_all_that_is_known_of_an_event(request_for: Callable[..., TargetRequest]) -> None:
    key = "{id}/{type}/{source}/{provider}/{tenant}/{subscription}"
    said = request_for(BUCKET, target_key=key)
    known = (said.event_id, said.event_type, said.source_id)
    assert said.key == "/".join((*known, "github", said.tenant_id, said.subscription_id))


def test_a_record_has_the_event_s_id_for_a_key_unless_the_subscription_says_so(
    request_for: Callable[..., TargetRequest],
) -> None:
    usual = request_for(STREAM)
    assert usual.key == usual.event_id
    assert request_for(STREAM, target_key="{body.customer.id}").key == "17"
    assert request_for(FUNCTION).key == ""


def test_a_function_is_waited_for_if_its_answer_counts(request_for: Callable[..., TargetRequest]) -> None:
    assert request_for(FUNCTION, timeout_seconds=20.0).waits == 0
    found = request_for(FUNCTION, invoke="sync", timeout_seconds=19.5)
    assert (found.waits, found.timeout_seconds) == (20, 20.0)


def test_a_role_takes_time_too_and_all_of_it_fits_in_a_lease(
    request_for: Callable[..., TargetRequest],
) -> None:
    role = "arn:aws:iam::210987654321:role/theirs"
    assert request_for(STREAM, role_arn=role).role_arn == role
    assert request_for(STREAM, role_arn=role).timeout_seconds == 2 * TIMEOUT_SECONDS
    longest = request_for(FUNCTION, role_arn=role, invoke="sync", timeout_seconds=MAX_TIMEOUT_SECONDS)
    assert longest.timeout_seconds < LEASE_MARGIN_SECONDS + MAX_TIMEOUT_SECONDS
    shortest = request_for(FUNCTION, role_arn=role, invoke="sync", timeout_seconds=1.0)
    assert shortest.timeout_seconds < LEASE_MARGIN_SECONDS + 1.0


def test_what_may_go_as_a_pointer_has_the_time_for_its_object_and_all_of_it_fits_in_a_lease(
    request_for: Callable[..., TargetRequest],
) -> None:
    plain, large = request_for(STREAM), request_for(STREAM, large="s3-link")
    assert (plain.large, large.large) == (False, True)
    assert large.timeout_seconds == plain.timeout_seconds + WRITE_SECONDS
    role = "arn:aws:iam::210987654321:role/theirs"
    for seconds in (1.0, MAX_TIMEOUT_SECONDS):
        given = {"role_arn": role, "invoke": "sync", "timeout_seconds": seconds, "large": "s3-link"}
        assert request_for(FUNCTION, **given).timeout_seconds < LEASE_MARGIN_SECONDS + seconds

"""What is asked of queues and of the bus is asked as the services' own models have it."""

from __future__ import annotations

from typing import Any

from botocore.session import Session
from botocore.stub import ANY, Stubber

from doorbell.queues.depths import Depths
from doorbell.queues.notices import EventBusNotices

HERE = "https://sqs.eu-central-1.amazonaws.com/123456789012"


def client(service: str) -> Any:
    return Session().create_client(
        service, region_name="eu-central-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


def test_a_notice_goes_to_the_bus_that_was_named_under_doorbell_s_own_source() -> None:
    events, lost = client("events"), list[tuple[str, str]]()
    entry = {"Source": "doorbell", "DetailType": "endpoint.parked", "Detail": ANY, "EventBusName": "people"}
    with Stubber(events) as stubber:
        stubber.add_response("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": [entry]})
        EventBusNotices(events, "people", lambda *told: lost.append(told)).publish(
            "endpoint.parked", {"endpoint": "acme/books"}
        )
        stubber.assert_no_pending_responses()
    assert lost == []


def test_a_queue_is_asked_for_its_own_depth_and_one_that_is_not_there_for_none() -> None:
    sqs, urls = client("sqs"), tuple(f"{HERE}/{name}" for name in ("events-dead", "dead", "inbox-dead"))
    depths = Depths(sqs, urls)
    with Stubber(sqs) as stubber:
        for name, held in (("dead", 7), ("events-dead", 2)):
            stubber.add_response(
                "get_queue_attributes",
                {"Attributes": {"ApproximateNumberOfMessages": str(held)}},
                {"QueueUrl": f"{HERE}/{name}", "AttributeNames": ["ApproximateNumberOfMessages"]},
            )
            assert depths(name) == held
        assert depths("of-another-release") == 0

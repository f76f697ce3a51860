"""What is broken is left out and heard of: each function that meets it rings one of Doorbell's own events."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.admin_desk import api_event
from tests.integration.as_deployed import deployment
from tests.integration.deployed_parts import ring
from tests.integration.deployed_story import TENANT, Story
from tests.support.gateway import GITHUB_SECRET


@pytest.fixture
def story() -> Iterator[Story]:
    with deployment({}) as deployed:
        told = Story(deployed)
        told.client("ssm").put_parameter(Name="/doorbell/github", Value=GITHUB_SECRET, Type="SecureString")
        yield told


def a_subscription(story: Story) -> tuple[str, str]:
    """Beside one that is whole, which gets the event."""
    story.source("gh", secrets=["ssm:/doorbell/github"])
    story.subscribe("whole", signing="none", secrets=[])
    story.put("SubscriptionsTable", tenant_id=TENANT, subscription_id="nowhere")
    story.tell("ring", "ingest", ring("gh"))
    story.tell("fanned out", "fanout", story.take("EventsQueue"))
    assert len(story.take("DeliveriesQueue")["Records"]) == 1
    return f"subscription {TENANT}/nowhere", "url"


def a_source(story: Story) -> tuple[str, str]:
    story.source("odd", "githup", secrets=["ssm:/doorbell/github"])
    assert story.tell("ring", "ingest", ring("odd"))["statusCode"] == 503
    return "source odd", "provider"


def a_secret(story: Story) -> tuple[str, str]:
    story.source("bare", secrets=["ssm:/doorbell/never-written"])
    assert story.tell("ring", "ingest", ring("bare"))["statusCode"] == 503
    return "source bare", "secrets"


def a_published_type(story: Story) -> tuple[str, str]:
    story.put("EventTypesTable", tenant_id=TENANT, event_type="odd.published", json_schema="{")
    event = {"type": "odd.published", "tenant_id": TENANT, "data": {}}
    answer = story.tell("published", "publish", api_event("POST", "/events", json.dumps(event).encode()))
    assert answer["statusCode"] == 503
    return f"event_type {TENANT}/odd.published", "json_schema"


def a_type_of_the_inbox(story: Story) -> tuple[str, str]:
    tenant = story.deployment.variables("inbox")["INBOX_TENANT"]
    story.put("EventTypesTable", tenant_id=tenant, event_type="odd.taken", json_schema="{")
    record = {"messageId": "m", "body": json.dumps({"type": "odd.taken", "data": {}}), "attributes": {}}
    answer = story.tell("taken in", "inbox", {"Records": [record]})
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m"]
    return f"event_type {tenant}/odd.taken", "json_schema"


@pytest.mark.parametrize(
    "meets",
    [a_subscription, a_source, a_secret, a_published_type, a_type_of_the_inbox],
    ids=lambda f: f.__name__,
)
def test_what_is_broken_is_rung_by_its_name_and_field(
    meets: Callable[[Story], tuple[str, str]], story: Story
) -> None:
    item, field = meets(story)
    (rung,) = [json.loads(one["body"]) for one in story.take("EventsQueue")["Records"]]
    said: dict[str, Any] = json.loads(b64decode(rung["body"]))
    assert (rung["tenant_id"], rung["event_type"]) == ("doorbell", "config.error")
    assert (said["item"], said["field"], said["about"]) == (item, field, item)
    assert said["problem"]
    assert GITHUB_SECRET not in said["text"]

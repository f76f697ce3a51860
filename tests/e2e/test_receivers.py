"""The receivers of examples/receivers, each run for real behind the local stack: what each did.

Which of them: `RECEIVERS=all` (as `make receivers` does), or names between commas.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from doorbell.domain.trials import EVENT_TYPE, VERIFIED
from doorbell.signatures.signing.outgoing import sign
from tests.receivers.cases import OLD, SECRET, STALE_SECONDS
from tests.receivers.lambda_inbox import LambdaInbox
from tests.receivers.running import Receiver, chosen, running
from tests.support.gateway import PUSH, Gateway
from tests.support.patience import latest

pytestmark = pytest.mark.e2e  # the first waits for packages, stack and receivers

DISABLED_SECONDS = 30.0
NAMES = chosen(os.environ.get("RECEIVERS", ""))
FORMS: dict[str, dict[str, Any]] = {
    "raw": {"body": "raw", "secrets": [OLD]},
    "cloudevents": {"body": "cloudevents", "secrets": [OLD]},
    "while rotating": {"secrets": [SECRET, OLD]},
    "rotated": {"secrets": [SECRET]},
}
"""What a subscription is like. The receivers know both secrets."""


@dataclass
class Story:
    """What happened, before the tests ask. `ids` are the events', `states` by event and subscription."""

    receivers: dict[str, Receiver]
    lambda_inbox: LambdaInbox
    ids: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    deliveries: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    gone: dict[str, dict[str, Any]] = field(default_factory=dict)

    def inbox(self, name: str) -> dict[str, tuple[str, bytes]]:
        return self.lambda_inbox.read() if name == "lambda" else self.receivers[name].inbox()


@pytest.fixture(scope="module")
def story(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("receivers")
    inbox = LambdaInbox.made(gateway.stack, f"{SECRET} {OLD}")
    environ = {"WEBHOOK_SECRETS": f"{SECRET} {OLD}", **inbox.environ}
    with ExitStack() as up:
        receivers = {name: up.enter_context(running(name, folder, environ)) for name in NAMES}
        told = Story(receivers, inbox)
        for form, fields in FORMS.items():
            _deliver(gateway, told, form, fields)
        _retire(gateway, told)
        yield told


def _deliver(gateway: Gateway, story: Story, form: str, fields: dict[str, Any]) -> None:
    """A push to all of them, and each delivery once more."""
    source = gateway.put_source()
    secrets = [gateway.put_secret(secret) for secret in fields["secrets"]]
    for name, receiver in story.receivers.items():
        wanted = {**fields, "secrets": secrets, "retry": {"schedule": [0]}}  # one that refuses is soon told
        story.subscriptions[form, name] = gateway.put_subscription(source, receiver.url, **wanted)
    event_id = story.ids[form] = gateway.push(source).event_id
    gateway.wait_until_ended(event_id, len(NAMES), 120)
    for name in NAMES:
        path = f"/admin/events/{event_id}/deliveries/{story.subscriptions[form, name]}/replay"
        assert gateway.signed("POST", path).status == 202
    story.deliveries[form] = gateway.wait_until_ended(event_id, 2 * len(NAMES), 120)


def _retire(gateway: Gateway, story: Story) -> None:
    """A push to the address that none of them serves any more."""
    source = gateway.put_source()
    names = {
        gateway.put_subscription(source, f"{receiver.url}/v1"): name
        for name, receiver in story.receivers.items()
    }
    ended = gateway.wait_until_ended(gateway.push(source).event_id, len(NAMES), 120)
    deadline = latest(DISABLED_SECONDS)  # a delivery ends before its subscription is disabled
    for subscription_id, name in names.items():
        while (enabled := _is_enabled(gateway, source, subscription_id)) and time.monotonic() < deadline:
            time.sleep(0.1)
        story.gone[name] = {"enabled": enabled, "state": ended[subscription_id]["state"]}


def _is_enabled(gateway: Gateway, source: str, subscription_id: str) -> bool:
    return gateway.subscription(source, subscription_id).get("enabled", True) is True


def forged(
    secret: str, age: int = 0, body: bytes = PUSH, signed: bytes = PUSH
) -> tuple[dict[str, str], bytes]:
    headers = sign("standard", [secret], f"evt_{uuid4().hex}", int(time.time()) - age, signed)
    return {"content-type": "application/json", "doorbell-event-type": "push", **headers}, body


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_each_delivery_is_taken(story: Story, name: str, form: str) -> None:
    subscription_id = story.subscriptions[form, name]
    of_this = [item for key, item in story.deliveries[form].items() if key.split("#")[0] == subscription_id]
    statuses = [attempt["status"] for item in of_this for attempt in item["attempts"]]
    assert statuses == [204, 204]
    event_type, body = story.inbox(name)[story.ids[form]]
    assert event_type == "push"
    assert (json.loads(body)["data"] if form == "cloudevents" else json.loads(body)) == json.loads(PUSH)
    assert form == "cloudevents" or body == PUSH


@pytest.mark.parametrize("name", NAMES)
def test_what_came_twice_is_in_the_inbox_once(story: Story, name: str) -> None:
    assert sorted(story.inbox(name)) == sorted(story.ids.values())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_forged_altered_or_stale_is_refused_and_not_kept(story: Story, name: str) -> None:
    stranger = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgbm90IG91cnM="
    before = story.inbox(name)
    answers = [
        story.receivers[name].post(*forged(stranger)),
        story.receivers[name].post(*forged(SECRET, body=PUSH.replace(b"main", b"evil"))),
        story.receivers[name].post(*forged(SECRET, age=STALE_SECONDS)),
        story.receivers[name].post({"content-type": "application/json"}, PUSH),
    ]
    assert answers == [401] * 4
    assert story.inbox(name) == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"payload=Gr%C3%B6%C3%9Fe&a=1"),
        ("text/plain; charset=utf-8", "Größe".encode()),
        ("application/cloudevents+json", b'{"data":"' + b"x" * 3_000_000 + b'"}'),
        ("", b""),
    ],
    ids=["form", "text", "3 MB", "empty"],
)
def test_what_frameworks_parse_limit_or_leave_out_is_taken_as_it_came(
    story: Story, name: str, content_type: str, body: bytes
) -> None:
    if name == "lambda" and len(body) > 100_000:
        body = body[:100] + body[-2:]  # its queue takes 1 MiB, in base64
    headers = sign("standard", [SECRET], f"evt_{uuid4().hex}", int(time.time()), body)
    headers |= {"doorbell-event-type": "note", **({"content-type": content_type} if content_type else {})}
    assert story.receivers[name].post(headers, body) == 204
    assert story.inbox(name)[headers["webhook-id"]] == ("note", body)


@pytest.mark.parametrize("name", NAMES)
def test_a_test_event_is_answered_with_its_id_behind_the_check_alone(story: Story, name: str) -> None:
    body = b'{"message":"a test from doorbell"}'
    tests = {"content-type": "application/json", "doorbell-event-type": EVENT_TYPE}
    headers = {**tests, **sign("standard", [SECRET], f"evt_{uuid4().hex}", int(time.time()), body)}
    status, said = story.receivers[name].answer(headers, body)
    assert (status, json.loads(said)) == (200, {VERIFIED: headers["webhook-id"]})
    status, said = story.receivers[name].answer({**headers, "webhook-id": "evt_another"}, body)
    assert status == 401
    assert VERIFIED.encode() not in said


@pytest.mark.parametrize("name", NAMES)
def test_the_retired_address_ends_its_subscription(story: Story, name: str) -> None:
    assert story.gone[name] == {"enabled": False, "state": "cancelled"}

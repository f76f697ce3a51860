"""Guarantee 6: no secret in the open, and an event's body only where bodies are kept."""

import json
import re
from base64 import b64decode, b64encode
from time import monotonic, sleep
from uuid import uuid4

import pytest

from tests.e2e.canaries import Planted, found, table_values
from tests.support.gateway import Gateway, github_headers
from tests.support.patience import latest
from tests.support.subscribers import always, failing, subscriber

pytestmark = pytest.mark.e2e

FUNCTIONS = ("ingest", "publish", "fanout", "dispatcher", "sweeper", "indexer", "admin", "backfill", "jobs")


@pytest.fixture(scope="module")
def planted(gateway: Gateway) -> Planted:
    """Secrets in every place where one can be, and a few events that pass, are refused, fail and are read."""
    canary = f"canary{uuid4().hex}"
    signing = b64encode(f"{canary}-signing".encode()).decode()
    planted = Planted(
        source_secret=f"{canary}-source",
        signing_secret=f"whsec_{signing}",
        shared_token=f"{canary}-token",
        authorization=f"Bearer {canary}-authorization",
        cookie=f"{canary}-cookie",
        outgoing=f"{canary}-outgoing",
        marker=f"{canary}-body",
    )
    live_through(gateway, planted)
    return planted


def live_through(gateway: Gateway, planted: Planted) -> None:
    body = json.dumps({"object_kind": "push", "marker": planted.marker}).encode()
    doors = {"authorization": planted.authorization, "cookie": f"session={planted.cookie}"}
    signed = {**github_headers(body, planted.source_secret), **doors}
    by_token = {"x-gitlab-token": planted.shared_token, "x-gitlab-event": "Push Hook", **doors}
    github = gateway.put_source(secrets=[gateway.put_secret(planted.source_secret)])
    gitlab = gateway.put_source(
        provider="gitlab.token",
        tenant_id=f"t-{github}",
        secrets=[gateway.put_secret(planted.shared_token)],
    )
    with subscriber(failing(1)) as good, subscriber(always(500, b"no")) as bad:
        secrets = [gateway.put_secret(planted.signing_secret)]
        headers = {"x-api-key": gateway.put_secret(planted.outgoing)}
        retry = {"schedule": [0, 1], "jitter": 0}
        gateway.put_subscription(github, good.url, secrets=secrets, headers=headers, retry=retry)
        gateway.put_subscription(github, bad.url, secrets=secrets, headers=headers, retry=retry)
        answers = [gateway.ring(github, body, signed), gateway.ring(gitlab, body, by_token)]
        assert [answer.status for answer in answers] == [202, 202]
        answers.append(gateway.ring(github, body + b" ", signed))
        answers.append(gateway.ring(gitlab, body, {**by_token, "x-gitlab-token": planted.shared_token + "x"}))
        assert [answer.status for answer in answers[2:]] == [401, 401]
        for answer in answers[:2]:
            gateway.wait_until_ended(answer.event_id, 2, 90)
            answers.append(gateway.signed("GET", f"/admin/events/{answer.event_id}"))
        assert {received.headers["x-api-key"] for received in good.received} == {planted.outgoing}
        seen_outside = [str(received.headers) for received in good.received]
    for text in [str(answer) for answer in answers]:
        assert found(text.encode(), planted.secrets().values()) == []
        assert planted.marker not in text
    for text in seen_outside:  # a subscriber learns nothing it could ring with
        others = {name: secret for name, secret in planted.secrets().items() if name != "outgoing"}
        assert found(text.encode(), others.values()) == []


def test_canaries_can_be_found_where_they_are(gateway: Gateway, planted: Planted) -> None:
    """The search itself works: in base64 at each offset, and in the place where the body belongs."""
    for offset in range(3):
        assert found(b64encode(b"x" * offset + planted.marker.encode() + b"tail"), [planted.marker])
    assert any(
        found(value, [planted.marker]) for table, path, value in table_values(gateway) if path == "body"
    )


def test_no_log_holds_a_secret_or_a_body(gateway: Gateway, planted: Planted) -> None:
    texts = {name: "\n".join(gateway.stack.logs(name)).encode() for name in FUNCTIONS}
    texts["ministack"] = (gateway.stack.directory / "ministack.log").read_bytes()
    assert all(texts[name] for name in ("ingest", "fanout", "dispatcher"))
    needles = [*planted.secrets().values(), planted.marker]
    assert {name: found(text, needles) for name, text in texts.items()} == {name: [] for name in texts}


def test_no_table_holds_a_secret_and_the_body_is_in_its_attribute_only(
    gateway: Gateway, planted: Planted
) -> None:
    for table, path, value in table_values(gateway):
        assert found(value, planted.secrets().values()) == [], f"{table}: {path}"
        if (table, path) != ("EventsTableName", "body"):
            assert found(value, [planted.marker]) == [], f"{table}: {path}"


def test_message_on_its_way_to_fan_out_holds_no_secret(gateway: Gateway, planted: Planted) -> None:
    """Its consumer is stopped for a moment, so that it can be looked at."""
    body = json.dumps({"marker": planted.marker}).encode()
    source = gateway.put_source(secrets=[gateway.put_secret(planted.source_secret)])
    doors = {"authorization": planted.authorization, "cookie": planted.cookie}
    gateway.wait_until_fanned_out(60)
    with fan_out_stopped(gateway):
        headers = {**github_headers(body, planted.source_secret), **doors}
        assert gateway.ring(source, body, headers).status == 202
        message = peek(gateway, "EventsQueueUrl", source)
    decoded = [b64decode(text + "==") for text in re.findall(r'"([A-Za-z0-9+/]{40,})={0,2}"', message)]
    for text in [message.encode(), *decoded]:
        assert found(text, planted.secrets().values()) == []
    gateway.wait_until_fanned_out(60)


class fan_out_stopped:
    """Stops the consumer of the events queue while the block runs."""

    def __init__(self, gateway: Gateway) -> None:
        self._functions = gateway.stack.client("lambda")
        name = gateway.stack.function_name("fanout")
        (mapping,) = self._functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        self._id = mapping["UUID"]

    def __enter__(self) -> None:
        self._functions.update_event_source_mapping(UUID=self._id, Enabled=False)

    def __exit__(self, *_: object) -> None:
        self._functions.update_event_source_mapping(UUID=self._id, Enabled=True)


def peek(gateway: Gateway, queue: str, source: str) -> str:
    """The source's message, which stays in the queue. Doorbell's own events may come meanwhile."""
    sqs, url = gateway.stack.client("sqs"), gateway.stack.outputs[queue]
    deadline = latest(30)
    while True:
        for message in sqs.receive_message(QueueUrl=url, VisibilityTimeout=1).get("Messages", []):
            if json.loads(message["Body"])["source_id"] == source:
                return str(message["Body"])
        assert monotonic() < deadline, "no message came"
        sleep(0.1)

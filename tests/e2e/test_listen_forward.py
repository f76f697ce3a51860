"""`doorbell listen --forward` to a Flask application: both are killed with 200 events in between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from doorbell_cli.stack.server import free_port
from tests.e2e.terminal import DOORBELL, Terminal
from tests.support.gateway import SIGNING_SECRET, Gateway
from tests.support.patience import HANG_SECONDS

pytestmark = pytest.mark.e2e

SECONDS = 240
EVENTS = 200
LARGE = 2_000_000
APP = """
import os, sys
from flask import Flask, request
from standardwebhooks.webhooks import Webhook

port, secret, book, dies_at = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
app, came = Flask(__name__), []

@app.post("/hooks")
def hooks():
    came.append(1)
    if len(came) == dies_at:
        os._exit(1)
    body = request.get_data()
    Webhook(secret).verify(body, dict(request.headers))
    with open(book, "a") as file:
        file.write(f"{request.headers['webhook-id']} {len(body)}\\n")
    return "", 204

app.run(port=port)
"""


@dataclass
class Desk:
    """A developer's: what runs on it, and what the application wrote down."""

    folder: Path
    environ: dict[str, str]
    tenant: str
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def app(self, dies_at: int = 0) -> subprocess.Popen[bytes]:
        script = self.folder / "app.py"
        script.write_text(APP)
        given = [str(self.port), SIGNING_SECRET, str(self.folder / "book"), str(dies_at)]
        return self._start([sys.executable, str(script), *given], "app")

    def listener(self, *more: str) -> subprocess.Popen[bytes]:
        url = f"http://localhost:{self.port}/hooks"
        given = ["listen", "--forward", url, "--name", "desk", "--tenant", self.tenant]
        return self._start([*DOORBELL, *given, *more], "listener")

    def book(self) -> Counter[str]:
        path = self.folder / "book"
        return (
            Counter(line.split()[0] for line in path.read_text().splitlines()) if path.exists() else Counter()
        )

    def said(self) -> str:
        return (self.folder / "listener.log").read_text()

    def _start(self, command: list[str], name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("a") as log:
            started = subprocess.Popen(
                command, env=self.environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.running.append(started)
        return started


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Iterator[Desk]:
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "DOORBELL_SECRET": SIGNING_SECRET}
    made = Desk(tmp_path, {**terminal.environ, **state}, f"t-{uuid4().hex[:10]}", free_port())
    yield made
    for process in made.running:
        if process.poll() is None:
            process.kill()
            process.wait()


def publish(gateway: Gateway, tenant: str, count: int, size: int = 1) -> list[str]:
    """Their ids."""
    found: list[str] = []
    while len(found) < count:
        some = min(10, count - len(found))
        event = {"type": "desk.rung", "tenant_id": tenant, "data": {"text": "x" * size}}
        answer = gateway.signed("POST", "/events", [event] * some)
        assert answer.status == 202, answer.body
        found += [one["event_id"] for one in answer.json["results"]]
    return found


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(HANG_SECONDS)


def first_rings(gateway: Gateway, desk: Desk) -> None:
    """Until fan-out knows of the listener's subscription, and what was published before has come."""
    gateway.wait_until(lambda: "→ http" in desk.said(), SECONDS)

    def came() -> bool:
        publish(gateway, desk.tenant, 1)
        gateway.wait_until_fanned_out(SECONDS)
        return bool(desk.book())

    gateway.wait_until(came, SECONDS)


def delivered(gateway: Gateway, events: list[str]) -> bool:
    def is_delivered(event_id: str) -> bool:
        states = [one["state"] for one in gateway.deliveries(event_id).values()]
        return states == ["delivered"]

    return all(is_delivered(event_id) for event_id in events)


def test_what_comes_while_it_and_the_application_are_killed_is_rung_once_each(
    gateway: Gateway, desk: Desk
) -> None:
    app, listener = desk.app(), desk.listener()
    first_rings(gateway, desk)
    kill(listener)
    kill(app)
    events = publish(gateway, desk.tenant, EVENTS) + publish(gateway, desk.tenant, 1, LARGE)
    gateway.wait_until(lambda: delivered(gateway, events), SECONDS)
    assert not desk.book().keys() & set(events)
    listener = desk.listener()
    gateway.wait_until(lambda: "nothing listens there" in desk.said(), SECONDS)
    kill(listener)
    desk.listener()
    app = desk.app(dies_at=50)
    gateway.wait_until(lambda: app.poll() is not None, SECONDS)
    desk.app()
    gateway.wait_until(lambda: set(events) <= desk.book().keys(), SECONDS)
    assert {desk.book()[event_id] for event_id in events} == {1}
    sizes = {
        line.split()[0]: int(line.split()[1]) for line in (desk.folder / "book").read_text().splitlines()
    }
    assert sizes[events[-1]] > LARGE


def test_an_old_event_is_rung_and_nothing_is_left_at_the_end(gateway: Gateway, desk: Desk) -> None:
    (old,) = publish(gateway, desk.tenant, 1)
    gateway.wait_until_fanned_out(SECONDS)
    gateway.wait_until(lambda: bool(gateway.items(old)), SECONDS)
    desk.app()
    listener = desk.listener("--from", old, "--count", "1")
    assert listener.wait(SECONDS) == 0, desk.said()
    assert list(desk.book()) == [old]
    assert "are removed" in desk.said()
    sqs, dynamodb = gateway.stack.client("sqs"), gateway.stack.client("dynamodb")
    urls = sqs.list_queues(QueueNamePrefix="doorbell-listen-").get("QueueUrls", [])
    owners = [sqs.list_queue_tags(QueueUrl=url)["Tags"]["doorbell:subscription"] for url in urls]
    assert not [one for one in owners if one.startswith(f"{desk.tenant}/")]
    found = dynamodb.query(
        TableName=gateway.stack.outputs["SubscriptionsTableName"],
        KeyConditionExpression="tenant_id = :tenant",
        ExpressionAttributeValues={":tenant": {"S": desk.tenant}},
    )
    assert found["Items"] == []


def test_another_tenant_cannot_point_at_its_queue(gateway: Gateway, desk: Desk) -> None:
    desk.listener("--stay")
    gateway.wait_until(lambda: "→ http" in desk.said(), SECONDS)
    found = gateway.stack.client("dynamodb").query(
        TableName=gateway.stack.outputs["SubscriptionsTableName"],
        KeyConditionExpression="tenant_id = :tenant",
        ExpressionAttributeValues={":tenant": {"S": desk.tenant}},
    )
    target = found["Items"][0]["target"]["S"]
    refused = gateway.signed("PUT", "/admin/tenants/other/subscriptions/mine", {"target": target})
    assert refused.status == 422, refused.body
    assert "each its own" in refused.body

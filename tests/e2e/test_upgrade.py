"""A stack in use is upgraded: what the last release left pending, parked and in both queues ends under this
one."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from doorbell_cli.stack import LocalStack
from doorbell_cli.stack.build import build
from doorbell_cli.stack.deploy import deploy
from doorbell_cli.stack.environment import project_root
from doorbell_cli.stack.local import local_parameters
from doorbell_cli.stack.server import Server
from tests.support.gateway import Gateway
from tests.support.subscribers import Handler, ok, subscriber
from tests.template.picture import ARCHIVE

pytestmark = pytest.mark.e2e

WAIT = 300.0
"""A parking, a sweep, and a message that a function of the last release refused."""
STATES = ("parked", "waiting for its endpoint", "in the deliveries queue", "in the events queue")


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server("127.0.0.1", 0)
    yield server
    server.stop()


def release(home: Path) -> Path:
    """The last release's tree, from its archive: a checkout need not have the history."""
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(home / "release", filter="data")
    return home / "release"


def built_by_itself(root: Path) -> Path:
    """By that release's own tool: what a build needs changes with the code."""
    program = "from pathlib import Path; from doorbell_cli.stack.build import build; print(build(Path.cwd()))"
    paths = os.pathsep.join(str(root / part) for part in ("cli", "layers/core"))
    environ = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def deployed(server: Server, root: Path, template: Path) -> Gateway:
    parameters = local_parameters(server.endpoint_url) | {"GraceSeconds": "20"}
    deploy(root, template, server.endpoint_url, parameters)
    return Gateway(LocalStack(server, root, template, parameters))


def test_everything_that_the_last_release_left_ends_as_it_should(server: Server, tmp_path: Path) -> None:
    before, up = release(tmp_path), Event()
    old = deployed(server, before, built_by_itself(before))

    def down_until_up(handler: Handler, number: int) -> None:
        handler.answer(204 if up.is_set() else 503)

    with subscriber(down_until_up) as down, subscriber(ok) as well, ExitStack() as paused:
        source = old.put_source()
        failing = old.put_subscription(source, down.url, retry={"schedule": [0, 5, 30, 30, 60, 60]})
        sound = old.put_subscription(source, well.url)
        events = {STATES[0]: old.push(source).event_id}
        old.wait_for_attempts(events[STATES[0]], failing, 1, WAIT)
        events[STATES[1]] = old.push(source).event_id
        well.wait_for(2, WAIT)
        paused.enter_context(old.paused("dispatcher"))
        events[STATES[2]] = old.push(source).event_id
        old.wait_until_fanned_out(WAIT)
        paused.enter_context(old.paused("fanout"))
        events[STATES[3]] = old.push(source).event_id
        new = deployed(server, project_root(), build(project_root()))
        up.set()
        paused.close()
        for state, event_id in events.items():
            ended = new.wait_until_ended(event_id, 2, WAIT)
            assert {name: one["state"] for name, one in ended.items()} == dict.fromkeys(
                (failing, sound), "delivered"
            ), state
    assert len({request.headers["webhook-id"] for request in well.received}) == len(STATES)
    dead = {name: depth for name, depth in new.queue_depths().items() if "DeadLetter" in name}
    assert set(dead.values()) == {0}

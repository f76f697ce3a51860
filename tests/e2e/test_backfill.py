"""The rings that never came: a source is off for ten events and a wrong secret refuses five; GitHub never
rings twice, and back-fill brings all fifteen, each once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from doorbell.domain.events import event_id_for
from doorbell_cli.main import app
from doorbell_cli.target import Target
from tests.support.gateway import GITHUB_SECRET, Gateway, github_headers
from tests.support.github_hooks import TOKEN, GitHubHook, served
from tests.support.stack import target_of
from tests.support.subscribers import Subscriber, ok, subscriber

pytestmark = pytest.mark.e2e  # the first waits for the stack

HOOK = "orgs/octo/hooks/7"


class Died(Exception):
    """Stands for the operator's Ctrl-C, or the end of the machine."""


@dataclass
class Octo:
    """GitHub's side, ringing at the real front door. `dies_at`: after so many calls our side is killed."""

    gateway: Gateway
    source_id: str
    secret: str = GITHUB_SECRET
    dies_at: int = 0
    origin: str = ""
    ring_at: str = ""
    hook: GitHubHook = field(init=False)

    def __post_init__(self) -> None:
        self.hook = GitHubHook(self.ring, time.time, f"https://hooks.test/in/{self.source_id}", HOOK)

    def ring(self, guid: str, event: str, body: bytes) -> int:
        headers = github_headers(body, secret=self.secret, delivery=guid)
        return self.gateway.ring(self.ring_at or self.source_id, body, headers).status

    def setting(self, gateway: Gateway) -> dict[str, str]:
        return {"credentials_ref": gateway.put_secret(TOKEN), "hook": HOOK, "api": f"{self.origin}/api/v3"}

    def event_id(self, guid: str) -> str:
        return event_id_for(f"t-{self.source_id}", self.source_id, guid)

    def happen(self, count: int) -> list[str]:
        """Their delivery ids, which no other test's are."""
        found = []
        for _ in range(count):
            guid = str(uuid4())
            self.hook._deliver(guid, "push", b'{"n":"%s"}' % guid.encode())
            found.append(guid)
        return found


@pytest.fixture
def target(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Target:
    stack = gateway.stack
    found = target_of(stack)
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: found)
    return found


@pytest.fixture
def octo(
    gateway: Gateway, target: Target, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Octo, Subscriber]]:
    with subscriber(ok) as there:
        source = gateway.put_source(enabled=False)
        gateway.put_subscription(source, there.url)
        made = Octo(gateway, source)

        def pause(seconds: float) -> None:
            if made.dies_at and len(made.hook.calls) >= made.dies_at:
                raise Died

        monkeypatch.setattr("doorbell_cli.ops.backfilling.pause", pause)
        with served(made.hook.handle) as made.origin:
            gateway.update("SourcesTableName", {"source_id": source}, backfill=made.setting(gateway))
            yield made, there


def switched_on(gateway: Gateway, source_id: str) -> None:
    """At once: ingest keeps what it read for half a minute, and forgets it with a new environment."""
    gateway.update("SourcesTableName", {"source_id": source_id}, enabled=True)
    functions, name = gateway.stack.client("lambda"), gateway.stack.function_name("ingest")
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    renewed = {**variables, "RENEWED": uuid4().hex}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": renewed})


def back_fill(octo: Octo, *more: str) -> Any:
    done = CliRunner().invoke(app, ["backfill", octo.source_id, "--origin", octo.origin, "--json", *more])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_back_fill_brings_all_fifteen_once_though_it_dies_in_the_middle(
    gateway: Gateway, octo: tuple[Octo, Subscriber]
) -> None:
    github, there = octo
    off = github.happen(10)
    assert {one.status for one in github.hook.deliveries} == {403}
    switched_on(gateway, github.source_id)
    github.secret = "not the one"
    wrong = github.happen(5)
    assert {one.status for one in github.hook.deliveries[10:]} == {401}
    github.secret = GITHUB_SECRET
    here = github.happen(2)
    gateway.wait_until_fanned_out(60)
    there.wait_for(2, 120)
    said = back_fill(github, "--dry-run")
    assert (said["missing"], said["here"], len(there.received)) == (15, 2, 2)
    github.dies_at = len(github.hook.calls) + 8
    died = CliRunner().invoke(app, ["backfill", github.source_id, "--origin", github.origin])
    assert isinstance(died.exception, Died)
    assert 0 < len(github.hook.deliveries) - 17 < 15
    github.dies_at = 0
    report = back_fill(github)
    there.wait_for(17, 120)
    gateway.wait_until_fanned_out(60)
    assert 0 < report["asked"] < 15
    ids = {github.event_id(guid) for guid in (*off, *wrong, *here)}
    assert {one.headers["webhook-id"] for one in there.received} == ids
    assert len(there.received) == 17
    assert back_fill(github)["missing"] == 0


def test_what_a_list_claims_for_another_tenant_enters_nowhere(
    gateway: Gateway, octo: tuple[Octo, Subscriber]
) -> None:
    """Whoever holds the hook may list anything: what comes is verified at the front door, and a hook that
    rings at another source is not asked for anything."""
    github, there = octo
    victim = gateway.put_source()
    switched_on(gateway, github.source_id)
    (forged,) = github.happen(1)
    github.hook.deliveries[0].status = 503
    with subscriber(ok) as theirs:
        gateway.put_subscription(victim, theirs.url)
        github.hook.url = f"https://hooks.test/in/{victim}"
        done = CliRunner().invoke(app, ["backfill", github.source_id, "--origin", github.origin])
        assert (done.exit_code, "does not ring at this source" in done.output) == (1, True)
        github.hook.url, github.ring_at, github.secret = (
            f"https://hooks.test/in/{github.source_id}",
            victim,
            "x",
        )
        github.hook.deliveries[0].guid = str(uuid4())
        assert back_fill(github)["asked"] == 1
        assert github.hook.deliveries[-1].status == 401
        gateway.wait_until_fanned_out(60)
        there.wait_for(1, 60)
        assert (len(there.received), theirs.received) == (1, [])
    assert there.received[0].headers["webhook-id"] == github.event_id(forged)


def test_the_clock_does_the_same_with_a_role_of_its_own(
    gateway: Gateway, octo: tuple[Octo, Subscriber]
) -> None:
    github, there = octo
    setting = {**github.setting(gateway), "every_minutes": 60}
    gateway.update("SourcesTableName", {"source_id": github.source_id}, backfill=setting)
    switched_on(gateway, github.source_id)
    github.secret = "not the one"
    wrong = github.happen(3)
    github.secret = GITHUB_SECRET
    functions, name = gateway.stack.client("lambda"), gateway.stack.function_name("backfill")
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    allowed = {**variables, "BACKFILL_ORIGINS": github.origin}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": allowed})
    answer = json.load(functions.invoke(FunctionName=name, Payload=b"{}")["Payload"])
    assert answer["looked_at"] >= 1, "others' sources may be due too"
    progress = {item["sk"]: item for item in gateway.items(f"backfill#{github.source_id}")}["progress"]
    assert ("problem" in progress, progress["began"]) == (False, 0), progress
    assert [one.status for one in github.hook.deliveries[3:]] == [202, 202, 202]
    there.wait_for(3, 120)
    assert {one.headers["webhook-id"] for one in there.received} == {github.event_id(guid) for guid in wrong}

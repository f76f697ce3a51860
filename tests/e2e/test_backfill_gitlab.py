"""The rings that never came, of a GitLab of one's own: ten while the source is off, five with a wrong token.
Back-fill brings all fifteen, each once, five a minute, though it dies in the middle."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner, Result

from doorbell_cli.main import app
from tests.e2e.test_backfill import Died, Octo, switched_on
from tests.support.gateway import GITHUB_SECRET, Gateway
from tests.support.github_hooks import TOKEN, served
from tests.support.gitlab_hooks import GitLabHook
from tests.support.stack import target_of
from tests.support.subscribers import Subscriber, ok, subscriber

pytestmark = pytest.mark.e2e  # the first waits for the stack


@dataclass
class Lab(Octo):
    """GitLab's side. How many it sends again in a minute is not its to say here: Doorbell keeps to five."""

    def __post_init__(self) -> None:
        url = f"https://hooks.test/in/{self.source_id}"
        self.hook = GitLabHook(self.ring, time.time, url, a_minute=1000)

    def ring(self, guid: str, event: str, body: bytes) -> int:
        proof = {"x-gitlab-token": self.secret, "idempotency-key": guid}
        return self.gateway.ring(self.source_id, body, {"content-type": "application/json", **proof}).status

    def setting(self, gateway: Gateway) -> dict[str, str]:
        where = {"hook": "projects/acme/shop/hooks/7", "api": f"{self.origin}/api/v4"}
        return {"credentials_ref": gateway.put_secret(TOKEN), **where}

    def run(self, *more: str) -> Result:
        return CliRunner().invoke(app, ["backfill", self.source_id, "--origin", self.origin, *more])


@pytest.fixture
def lab(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Lab, Subscriber]]:
    stack = gateway.stack
    found = target_of(stack)
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: found)
    with subscriber(ok) as there:
        secrets = [gateway.put_secret(GITHUB_SECRET)]
        source = gateway.put_source(provider="gitlab", secrets=secrets, enabled=False)
        gateway.put_subscription(source, there.url)
        made = Lab(gateway, source)

        def pause(seconds: float) -> None:
            if made.dies_at and len(made.hook.calls) >= made.dies_at:
                raise Died

        monkeypatch.setattr("doorbell_cli.ops.backfilling.pause", pause)
        with served(made.hook.handle) as made.origin:
            gateway.update("SourcesTableName", {"source_id": source}, backfill=made.setting(gateway))
            yield made, there


def test_back_fill_brings_all_fifteen_once_five_at_a_time_though_it_dies_in_the_middle(
    gateway: Gateway, lab: tuple[Lab, Subscriber]
) -> None:
    gitlab, there = lab
    missing = gitlab.happen(10)
    switched_on(gateway, gitlab.source_id)
    gitlab.secret = "not the one"
    missing += gitlab.happen(5)
    assert [one.status for one in gitlab.hook.deliveries] == [403] * 10 + [401] * 5
    gitlab.secret = GITHUB_SECRET
    here = gitlab.happen(2)
    gateway.wait_until_fanned_out(60)
    there.wait_for(2, 120)
    said = json.loads(gitlab.run("--dry-run", "--json").stdout)
    assert (said["missing"], said["here"], len(gitlab.hook.deliveries)) == (15, 2, 17)
    gitlab.dies_at = len(gitlab.hook.calls) + 4
    assert isinstance(gitlab.run().exception, Died)
    gitlab.dies_at, brought = 0, len(gitlab.hook.deliveries) - 17
    assert 0 < brought < 5
    reports = [json.loads(gitlab.run("--json").stdout) for _ in range(3)]
    assert [report["asked"] for report in reports] == [5, 5, 5 - brought]
    assert [report["finished"] for report in reports] == [False, False, True]
    there.wait_for(17, 120)
    gateway.wait_until_fanned_out(60)
    ids = {gitlab.event_id(guid) for guid in (*missing, *here)}
    assert {one.headers["webhook-id"] for one in there.received} == ids
    assert (len(there.received), len(gitlab.hook.deliveries)) == (17, 32)

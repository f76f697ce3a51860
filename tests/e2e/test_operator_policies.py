"""The IAM policies of docs/operate.md: enough for what they are said to be for, and for nothing beyond it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest

from doorbell_cli.stack import LocalStack
from tests.e2e.terminal import second_terminal
from tests.support.docs import page
from tests.support.gateway import Gateway
from tests.support.patience import HANG_SECONDS

pytestmark = pytest.mark.e2e

DOORBELL = [sys.executable, "-m", "doorbell_cli.main"]


@pytest.fixture(scope="module")
def environ(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return second_terminal(stack, tmp_path_factory.mktemp("terminal"))


class Operator:
    """A person with some of the policies of docs/operate.md."""

    def __init__(self, stack: LocalStack, environ: dict[str, str], *policies: str) -> None:
        iam, self.name = stack.client("iam"), f"operator-{uuid4().hex[:8]}"
        iam.create_user(UserName=self.name)
        for policy in policies:
            iam.put_user_policy(UserName=self.name, PolicyName=policy, PolicyDocument=policy_text(policy))
        key = iam.create_access_key(UserName=self.name)["AccessKey"]
        keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        self._environ = {**environ, **keys, "DOORBELL_STACK": "doorbell"}

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*DOORBELL, *arguments],
            env=self._environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )

    def json(self, *arguments: str, stdin: str = "") -> Any:
        done = self.run(*arguments, "--json", stdin=stdin)
        assert done.returncode in (0, 1), f"{arguments}: {done.stderr}"
        return json.loads(done.stdout)


def policy_text(name: str) -> str:
    found = re.findall(rf"<!-- policy: {name} -->\n```json\n(.*?)```", page("docs/operate.md"), re.DOTALL)
    return str(found[0])


@pytest.fixture(scope="module")
def tenant() -> str:
    return f"t-{uuid4().hex[:10]}"


@pytest.fixture(scope="module")
def event_id(gateway: Gateway, tenant: str) -> str:
    """An event of the tenant that its one subscription missed."""
    source = gateway.put_source(tenant_id=tenant)
    gateway.put_subscription(
        source,
        "https://127.0.0.1:1/",
        tenant_id=tenant,
        subscription_id="gone",
        retry={"schedule": [0]},
    )
    answer = gateway.push(source)
    gateway.wait_until_ended(answer.event_id, 1, 60)
    return answer.event_id


def test_who_may_look_can_find_out_everything_and_change_nothing(
    stack: LocalStack, environ: dict[str, str], tenant: str, event_id: str
) -> None:
    operator = Operator(stack, environ, "look")
    assert [row["subscription_id"] for row in operator.json("subscriptions", "list", "--tenant", tenant)] == [
        "gone"
    ]
    assert event_id in json.dumps(operator.json("events", "list", "--tenant", tenant))
    assert event_id in json.dumps(operator.json("events", "show", event_id))
    assert event_id in json.dumps(operator.json("deliveries", "list", "--tenant", tenant))
    assert [row["lost"]["count"] for row in operator.json("status", "--tenant", tenant)] == [1]
    assert operator.json("status", f"{tenant}/gone")["pending"]["complete"] is True
    assert operator.json("audit", "--since", "1h", "--tenant", tenant)
    assert operator.json("dlq", "list")
    assert operator.json("stats", f"{tenant}/gone")["stats"][0]["exhausted"] in (0, 1), "a count may get lost"
    assert {row["function"] for row in operator.json("logs", "--event", event_id)} >= {"ingest", "dispatcher"}
    assert "refused_last_hour" in operator.json("sources", "list", "--tenant", tenant)[0]
    findings = operator.json("check", "--tenant", tenant)["findings"]
    assert [f for f in findings if "could not be checked" in f["problem"]] == []
    refused: list[tuple[str, ...]] = [("replay", event_id, "--subscription", "gone", "--tenant", tenant)]
    refused += [("subscriptions", "disable", f"{tenant}/gone"), ("test", f"{tenant}/gone")]
    assert [operator.run(*command).returncode for command in refused] == [3, 3, 3]


def test_who_may_repair_can_replay_and_test_but_not_configure(
    stack: LocalStack, environ: dict[str, str], tenant: str, event_id: str
) -> None:
    operator = Operator(stack, environ, "look", "repair")
    replayed = operator.run("replay", event_id, "--subscription", "gone", "--tenant", tenant)
    assert replayed.returncode == 0, replayed.stderr
    assert operator.json("test", f"{tenant}/gone")["attempts"]
    assert operator.run("dlq", "redrive", "events").returncode == 0
    assert operator.run("subscriptions", "disable", f"{tenant}/gone").returncode == 3


def test_who_may_configure_can_write_items_and_secrets(
    stack: LocalStack, environ: dict[str, str], tenant: str, event_id: str
) -> None:
    operator = Operator(stack, environ, "look", "repair", "configure")
    put = ("sources", "put", f"s-{tenant}", "--provider", "github", "--tenant", tenant, "--secret-stdin")
    assert operator.json(*put, stdin="a secret")
    name = f"{tenant}/mine"
    assert operator.json("subscriptions", "put", name, "--url", "https://127.0.0.1:1/")
    for command in ("rotate-secret", "disable", "enable"):
        assert operator.json("subscriptions", command, name)
    done = operator.run("subscriptions", "delete", name, "--yes")
    assert done.returncode == 0, done.stderr
    findings = operator.json("check", "--tenant", tenant)["findings"]
    assert [f for f in findings if "may not read" in f["problem"]] == []

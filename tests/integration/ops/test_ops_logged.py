"""`doorbell cost` prices the log bytes and the metrics that are counted here: the functions as they are
deployed, their names and ARNs as long as they are on AWS, one event and ten in a batch.

DOORBELL_WRITE_LOGGED=1 writes what was counted into the file that the command reads; without it the file must
say the same.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from doorbell_cli.ops.counted import LOGGED_FILE
from tests.integration import as_deployed
from tests.integration.as_deployed import deployment
from tests.integration.deployed_parts import ring
from tests.integration.deployed_story import Story
from tests.support.gateway import GITHUB_SECRET, PUSH, github_headers

MANY = 10
REQUEST_ID = str(UUID(int=2**127))
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=0"
"""Lambda sets it for every invocation, traced or not."""


@dataclass(frozen=True)
class Context(as_deployed.Context):
    function_name: str = "doorbell-dispatcher"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:doorbell-dispatcher"
    aws_request_id: str = REQUEST_ID


@pytest.fixture(params=["plain", "board"])
def kind(request: pytest.FixtureRequest) -> str:
    """With a dashboard, and without."""
    return str(request.param)


@pytest.fixture
def story(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    monkeypatch.setattr(as_deployed, "Context", Context)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    with deployment({}) as deployed:
        told = Story(deployed)
        for name in ("ingest", "fanout", "dispatcher", "sweeper"):
            monkeypatch.setitem(deployed.variables(name), "DASHBOARD", str(kind == "board").lower())
        told.client("ssm").put_parameter(Name="/doorbell/github", Value=GITHUB_SECRET, Type="SecureString")
        told.source("github-main", secrets=["ssm:/doorbell/github"])
        told.subscribe("billing", signing="none", secrets=[])
        yield told


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> "Read":
    return Read(capsys)


@dataclass
class Read:
    capsys: pytest.CaptureFixture[str]

    def __call__(self) -> tuple[int, int, set[str]]:
        """Of what was written since: bytes of log lines, bytes of metrics, the metrics with their dimensions'
        values. Each line ends with its line end, which Lambda takes off."""
        logged, measured, names = 0, 0, set[str]()
        for line in self.capsys.readouterr().out.splitlines():
            said = json.loads(line)
            if "_aws" not in said:
                logged += len(line.encode())
                continue
            measured += len(line.encode())
            for one in said["_aws"]["CloudWatchMetrics"]:
                values = [said[name] for name in one["Dimensions"][0] if name != "service"]
                names |= {" ".join([metric["Name"], *values]) for metric in one["Metrics"]}
        return logged, measured, names


def test_the_log_bytes_and_metrics_that_cost_prices_are_what_the_functions_write(
    kind: str, story: Story, read: Read
) -> None:
    story.tell("ingest", "ingest", _rung("first"))  # its line says more: a cold start
    story.take("EventsQueue")
    read()
    parts, seen = dict[str, dict[str, int]](), set[str]()

    def tell(name: str, one: dict[str, Any], more: dict[str, Any] | None = None) -> set[str]:
        """Log lines belong to a record, and metrics to an invocation, whose lines grow a little with it."""
        story.tell(name, name, one)
        logged, measured, names = read()
        if more is not None:
            story.tell(name, name, more)
            logged, measured, names = read()
            logged //= MANY
        parts[name] = {"logged": logged, "measured": measured}
        return names

    seen |= tell("ingest", _rung("d0"))
    for number in range(1, MANY + 1):
        story.tell("ingest", "ingest", _rung(f"d{number}"))
    read()
    for name, queue in (("fanout", "EventsQueue"), ("dispatcher", "DeliveriesQueue")):
        records = story.take(queue)["Records"]
        seen |= tell(name, {"Records": records[:1]}, {"Records": records[1:]})
    idle = tell("sweeper", {})
    _keep_or_compare(kind, {**parts, "metrics": sorted(seen), "metrics_idle": sorted(idle)})


def _rung(delivery: str) -> dict[str, Any]:
    event = ring("github-main", headers=github_headers(PUSH, delivery=delivery))
    event["requestContext"]["requestId"] = "JKJaXmPLvHcESHA="
    return event


def _keep_or_compare(kind: str, counted: dict[str, Any]) -> None:
    if os.environ.get("DOORBELL_WRITE_LOGGED"):
        by = "DOORBELL_WRITE_LOGGED=1 python -m pytest tests/integration/ops/test_ops_logged.py"
        kept = json.loads(LOGGED_FILE.read_text()) if LOGGED_FILE.exists() else {}
        LOGGED_FILE.write_text(json.dumps({**kept, "by": by, kind: counted}, indent=2) + "\n")
        return
    there = json.loads(LOGGED_FILE.read_text())[kind]
    for name, value in counted.items():
        if isinstance(value, list):
            assert value == there[name], f"{name}: `doorbell cost` prices {there[name]}"
            continue
        for what, size in value.items():  # ids and numbers differ in length from run to run
            assert size == pytest.approx(there[name][what], rel=0.1, abs=20), f"{name}.{what}"

"""Counts of the local stack, its roles enforced: of a wrong secret. Those of a slow subscriber are in
`test_operators_session`."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app
from doorbell_cli.stack import LocalStack
from doorbell_cli.target import Target
from tests.support.gateway import Gateway, github_headers
from tests.support.stack import target_of

pytestmark = pytest.mark.e2e

ROUNDS = 3


@pytest.fixture
def target(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Target:
    found = target_of(stack)
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: found)
    return found


def told(*arguments: str) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusing(gateway: Gateway) -> str:
    """A new source that has refused three requests."""
    source = gateway.put_source()
    for _ in range(3):
        refused = gateway.ring(source, headers=github_headers(b"another body", delivery=uuid4().hex))
        assert refused.status == 401
    return source


def counted(source: str) -> bool:
    """A count is written once, with a second for the local AWS to answer, and may get lost."""
    refused: dict[str, int] = told("stats", "--source", source)["stats"][0]["refused"]
    return refused.get("signature_mismatch", 0) >= 1


def test_a_wrong_secret_is_seen_by_whoever_asks_who_is_refused(gateway: Gateway, target: Target) -> None:
    source = next((one for one in map(refusing, [gateway] * ROUNDS) if counted(one)), None)
    assert source is not None, f"nothing was counted, in each of {ROUNDS} rounds"
    shown = told("sources", "show", source)
    assert shown["refused_last_hour"] == {"signature_mismatch": 3}
    written = told("logs", "--source", source)
    assert [(one["function"], one["message"]) for one in written] == [("ingest", "refused")] * 3
    said = CliRunner().invoke(app, ["status", "--tenant", shown.get("tenant_id", "default")]).stdout
    assert source in said
    assert "signature_mismatch" in said
    answer = gateway.signed("GET", f"/admin/sources/{source}/stats?by=all")
    assert answer.json["stats"][0]["refused"]["signature_mismatch"] >= 1

"""What commands print with `--json` that need a receiver or a file: docs/json.md has its keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell_cli.trial import Trial
from tests.integration.cli.conftest import Shell
from tests.support.json_page import hold_to_page

CI = {"tenant_id": "default", "subscription_id": "ci"}
CASES = Path(__file__).parents[2] / "vectors" / "handshakes.json"
REQUEST = f"POST /in/gh HTTP/1.1\nx-hub-signature-256: sha256={'0' * 64}\nx-github-event: push\n\n{{}}\n"
ALONE: Mapping[str, tuple[str, ...]] = {
    "check": ("check",),
    "sources detect": ("sources", "detect", "-"),
    "sources rotate-secret": ("sources", "rotate-secret", "gh", "--generate"),
    "sources rotate-secret --finish": ("sources", "rotate-secret", "gh", "--finish"),
    "subscriptions rotate-secret": ("subscriptions", "rotate-secret", "ci"),
    "subscriptions rotate-secret --finish": ("subscriptions", "rotate-secret", "ci", "--finish"),
    "test": ("test", "ci"),
    "test --direct": ("test", "ci", "--direct"),
    "verify": ("verify", "--handshakes", "FILE"),
}


@pytest.fixture
def ready(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A source, a subscription whose URL nobody listens on, and one that is broken."""

    def delivered(trial: Trial, seconds: float) -> Delivery:
        attempt = Attempt(1, 1.0, 12, 204, None, "", "")
        return Delivery(trial.key, "default", State.DELIVERED, 1.0, 1.0, None, 2, (attempt,), ended_at=1.0)

    monkeypatch.setattr(Trial, "wait", delivered)
    for name in ("gh", "ci"):
        shell.target.client("ssm").put_parameter(
            Name=f"/doorbell/{name}", Value="a secret of some length", Type="SecureString"
        )
    shell.put("Sources", source_id="gh", provider="github", secrets=["ssm:/doorbell/gh"])
    subscription: dict[str, Any] = {**CI, "url": "http://127.0.0.1:9/", "secrets": ["ssm:/doorbell/ci"]}
    shell.put("Subscriptions", **subscription, signing="github")
    shell.put("Subscriptions", **{**subscription, "subscription_id": "broken", "url": 7})
    return shell


@pytest.mark.parametrize("words", ALONE)
def test_what_a_command_prints_for_programs_has_the_keys_of_the_page(
    ready: Shell, words: str, tmp_path: Path
) -> None:
    typed = [str(_one_wrong(tmp_path)) if word == "FILE" else word for word in ALONE[words]]
    if "--finish" in typed:
        more = ["--generate"] if "sources" in typed else []
        ready.run(*typed[:3], *more)
    result = CliRunner().invoke(ready.app, [*typed, "--json"], input=REQUEST)
    assert result.exit_code in (0, 1), result.output
    hold_to_page(words, json.loads(result.stdout))


def _one_wrong(folder: Path) -> Path:
    """Cases of which one is not answered as it says."""
    cases = json.loads(CASES.read_text())
    cases[0]["response"]["status"] = 299
    file = folder / "cases.json"
    file.write_text(json.dumps(cases))
    return file

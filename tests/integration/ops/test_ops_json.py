"""What each command prints with `--json`: docs/json.md has its keys.

DOORBELL_WRITE_JSON=1 writes the page anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app
from tests.integration.cli.test_cli_json import ALONE
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_every_option import ACME, filled
from tests.support.cli_commands import every_command
from tests.support.json_page import hold_to_page, on_page

__all__ = ["filled"]

MANY = ("replay", *ACME, "--subscription", "billing", "--since", "1h")
SWITCHED = {
    f"{kind} {action}": (kind, action, name, "--yes")
    for kind, name in (("sources", "github"), ("subscriptions", "acme/billing"))
    for action in ("disable", "enable", "pause", "resume", "delete")
}
ASKED: Mapping[str, tuple[str, ...]] = {
    "apply": ("apply", "-f", "doorbell.yaml", "--yes"),
    "audit": ("audit", "--tenant", "acme"),
    "cost": ("cost",),
    "deliveries list": ("deliveries", "list", *ACME),
    "deliveries list --state failing": ("deliveries", "list", *ACME, "--state", "failing"),
    "deliveries show": ("deliveries", "show", "evt_acme_1", "billing", "--details"),
    "dlq list": ("dlq", "list"),
    "dlq redrive": ("dlq", "redrive", "events"),
    "events list": ("events", "list", *ACME),
    "events show": ("events", "show", "evt_acme_1", *ACME, "--body"),
    "events show --why": ("events", "show", "evt_acme_1", *ACME, "--why", "books"),
    "events tail": ("events", "tail", *ACME, "--since", "1h", "--for", "0"),
    "jobs cancel": ("jobs", "cancel", "JOB", *ACME),
    "jobs list": ("jobs", "list", *ACME),
    "jobs show": ("jobs", "show", "JOB", *ACME),
    "logs": ("logs",),
    "providers list": ("providers",),
    "providers show": ("providers", "show", "stripe"),
    "purge": ("purge", *ACME, "--yes"),
    "refused accept": ("refused", "accept", "github", "--all"),
    "refused list": ("refused", "list", "github"),
    "refused show": ("refused", "show", "github"),
    "replay EVENT": ("replay", "evt_acme_1"),
    "replay": (*MANY, "--yes"),
    "replay --dry-run": (*MANY, "--dry-run"),
    "show": ("show", "billing", *ACME),
    "sources list": ("sources", "list"),
    "sources show": ("sources", "show", "github"),
    "sources put": ("sources", "put", "github", "--public-url", "https://hooks.example.com/in/github"),
    "stats": ("stats", "acme/billing"),
    "stats --source": ("stats", "--source", "github"),
    "status": ("status", *ACME),
    "status SUBSCRIPTION": ("status", "acme/billing"),
    "subscriptions list": ("subscriptions", "list"),
    "subscriptions put": ("subscriptions", "put", "acme/billing", "--signing", "none", "--filter", "a"),
    "subscriptions preview": ("subscriptions", "preview", "doorbell.yaml"),
    "subscriptions show": ("subscriptions", "show", "acme/billing"),
    **SWITCHED,
}
CHANGE = (
    "apply", "dlq redrive", "jobs cancel", "purge", "refused accept", "replay EVENT", "replay", "sources put",
    "subscriptions put",
)  # fmt: skip
TOGETHER: Mapping[str, Sequence[str]] = {
    "what looks": [words for words in ASKED if words not in {*CHANGE, *SWITCHED}],
    "what switches": [*SWITCHED],
    **{words: [words] for words in CHANGE},
}
"""What is asked one after the other of one stack."""
EXAMPLE = (
    "subscriptions: [{subscription_id: new, url: https://example.com/, signing: none, sources: [github]}]\n"
)
"""In doorbell.yaml."""
ELSEWHERE = {
    "backfill": "test_ops_backfill.py",
    "listen": "test_cli_listen.py",
    "ring": "test_cli_ring.py",
    "subscriptions trust-policy": "test_trust.py",
}
"""What needs a provider or a receiver, and goes on, or is AWS's own document."""


def printed(doorbell: Doorbell, words: str) -> Any:
    typed = ASKED[words]
    if "JOB" in typed:
        job_id = doorbell.json("jobs", "list", *ACME)[0]["job_id"]
        typed = tuple(job_id if word == "JOB" else word for word in typed)
    result = CliRunner().invoke(app, [*typed, "--json"])
    assert result.exit_code in (0, 1), result.output
    if words == "events tail":
        return [json.loads(line) for line in result.stdout.splitlines()]
    return json.loads(result.stdout)


@pytest.mark.parametrize("together", TOGETHER)
def test_what_a_command_prints_for_programs_has_the_keys_of_the_page(
    filled: Doorbell, together: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "doorbell.yaml").write_text(EXAMPLE)
    sqs, letter = filled.target.client("sqs"), '{"event_id": "evt_1", "source_id": "github"}'
    sqs.send_message(QueueUrl=filled.target.queue_url("EventsDeadLetter"), MessageBody=letter)
    for words in TOGETHER[together]:
        hold_to_page(words, printed(filled, words))


def test_the_page_has_a_row_of_nothing_else() -> None:
    assert set(on_page()) == {*ASKED, *ALONE}


def test_every_command_that_speaks_to_programs_is_on_the_page_or_held_elsewhere() -> None:
    wanted = {words for words, one in every_command().items() if "--json" in one.options}
    shown = {one for name in (*ASKED, *ALONE) for one in (name, *_shorter(name)) if one in wanted}
    assert wanted - shown == set(ELSEWHERE)


def _shorter(name: str) -> Iterator[str]:
    words = name.split()
    return (" ".join(words[:number]) for number in range(len(words) - 1, 0, -1))

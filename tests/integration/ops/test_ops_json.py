"""What each command prints with `--json`: docs/json.md has its keys.

DOORBELL_WRITE_JSON=1 writes the page anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_every_option import ACME, filled
from tests.support.cli_commands import every_command

__all__ = ["filled"]

PAGE = Path(__file__).parents[3] / "docs" / "json.md"
BEGIN, END = "<!-- keys -->\n", "<!-- /keys -->\n"
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
    "check": "test_cli_check.py",
    "sources detect": "test_detect.py",
    "subscriptions trust-policy": "test_trust.py",
    "sources rotate-secret": "test_cli_rotation.py",
    "subscriptions rotate-secret": "test_cli_rotation.py",
    "test": "test_cli_test.py",
    "verify": "test_given.py",
}
"""What needs a provider, a receiver or a file."""
BY_NAME = {
    "assumed", "by_reason", "dimensions", "failed", "headers", "held", "held_by", "known from", "options",
    "refused", "refused_last_hour", "skipped", "sources", "used_up",
}  # fmt: skip
"""Objects whose names are data: a reason, a header."""

type Shape = dict[str, Shape] | None


def shape(value: Any, name: str = "") -> Shape:
    """The names in it, of all items of a list together."""
    if isinstance(value, list):
        return merged(shape(one) for one in value)
    if not isinstance(value, dict):
        return None
    if name in BY_NAME:
        return {"*": merged(shape(one) for one in value.values())}
    return {key: shape(one, key) for key, one in value.items()}


def merged(shapes: Iterator[Shape]) -> Shape:
    found: dict[str, Shape] = {}
    for one in shapes:
        for name, below in (one or {}).items():
            found[name] = merged(iter((found.get(name), below)))
    return found or None


def told(one: Shape) -> str:
    return ", ".join(
        f"{name} ({told(below)})" if below else name for name, below in sorted((one or {}).items())
    )


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


def on_page() -> dict[str, str]:
    block = PAGE.read_text().partition(BEGIN)[2].partition(END)[0] if PAGE.exists() else ""
    return dict(re.findall(r"^\| `doorbell ([^`]+)` \| (.*) \|$", block, re.MULTILINE))


@pytest.mark.parametrize("together", TOGETHER)
def test_what_a_command_prints_for_programs_has_the_keys_of_the_page(
    filled: Doorbell, together: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "doorbell.yaml").write_text(EXAMPLE)
    sqs, letter = filled.target.client("sqs"), '{"event_id": "evt_1", "source_id": "github"}'
    sqs.send_message(QueueUrl=filled.target.queue_url("EventsDeadLetter"), MessageBody=letter)
    commands = TOGETHER[together]
    found = {words: told(shape(printed(filled, words))).replace("|", "\\|") for words in commands}
    if os.environ.get("DOORBELL_WRITE_JSON"):
        rows = {**on_page(), **found}
        table = "".join(f"| `doorbell {name}` | {keys} |\n" for name, keys in sorted(rows.items()))
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(
            f"{before}{BEGIN}\n| command | keys |\n|---|---|\n{table}\n{END}{rest.partition(END)[2]}"
        )
    page = on_page()
    assert {words: page.get(words) for words in commands} == found
    assert all(found.values())


def test_the_page_has_a_row_of_nothing_else() -> None:
    assert set(on_page()) == set(ASKED)


def test_every_command_that_speaks_to_programs_is_on_the_page_or_held_elsewhere() -> None:
    wanted = {words for words, one in every_command().items() if "--json" in one.options}
    shown = {one for name in ASKED for one in (name, *_shorter(name)) if one in wanted}
    assert wanted - shown == set(ELSEWHERE)


def _shorter(name: str) -> Iterator[str]:
    words = name.split()
    return (" ".join(words[:number]) for number in range(len(words) - 1, 0, -1))

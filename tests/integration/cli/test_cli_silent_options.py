"""An option that would change nothing is a mistake of whoever typed it: told, and nothing is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Shell

MANY = ("replay", "--resume", "job1")
ITEM = "source_id: gh\nprovider: github\nsecrets: [ssm:/doorbell/gh]\n"
SILENT: dict[str, tuple[tuple[str, ...], str]] = {
    "calls of a URL": (
        ("cost", "--per-call", "5"),
        "--per-call: It changes the price of --target sqs or sqs-fifo",
    ),
    "calls of a topic": (("cost", "--target", "sns", "--per-call", "5"), "--per-call"),
    "a load beside the measured": (
        ("cost", "--measured", "--retries", "5%"),
        "--retries: Leave it out: --measured",
    ),
    "a price agreed to and not asked": (("cost", "--yes"), "--yes: Goes with --compare."),
    "a stack that is not asked": (
        ("cost", "--stack", "gateway"),
        "--stack: Goes with --measured or --compare.",
    ),
    "an end of no watch": (("status", "--for", "5"), "--for: Goes with --watch."),
    "two tenants of a status": (
        ("status", "acme/ci", "--tenant", "b"),
        "--tenant: Leave it out: the name says",
    ),
    "two tenants of stats": (("stats", "acme/ci", "--tenant", "b"), "--tenant: Leave it out: the name says"),
    "a direct test that retries": (
        ("test", "ci", "--direct", "--retry"),
        "--retry: Leave it out: --direct tries once",
    ),
    "a direct test that waits": (("test", "ci", "--direct", "--wait", "9"), "--wait: Leave it out: --direct"),
    "a body beside why": (
        ("events", "show", "evt_1", "--why", "ci", "--body"),
        "--body: Leave it out: --why",
    ),
    "a time of what waits": (
        ("deliveries", "list", "--state", "waiting", "--since", "1h"),
        "--since: Leave it out",
    ),
    "an end of what fails": (
        ("deliveries", "list", "--state", "failing", "--until", "1h"),
        "--until: Leave it out",
    ),
    "a time of one event": (("replay", "evt_1", "--until", "1h"), "--until: It is for many deliveries."),
    "a receiver of a job": ((*MANY, "--subscription", "ci"), "--subscription: Leave it out: the job has it."),
    "a time of a job": ((*MANY, "--since", "1h"), "--since: Leave it out: the job has it."),
    "a rate of a list": (("replay", "--jobs", "--rate", "3"), "--rate: Leave it out: the job has it."),
    "a dry run of a look": (
        ("replay", "--job", "job1", "--dry-run"),
        "--dry-run: Leave it out: this only shows.",
    ),
    "a file beside the example": (
        ("apply", "--example", "--prune"),
        "--prune: Leave it out: --example prints",
    ),
    "flags beside a source's file": (
        ("sources", "put", "--file", "FILE", "--provider", "stripe"),
        "--provider: Leave it out: the file has all of the item.",
    ),
    "a secret beside a file": (
        ("sources", "put", "-f", "FILE", "--secret-stdin"),
        "--secret-stdin: Leave it out",
    ),
    "a field dropped beside a file": (
        ("subscriptions", "put", "--file", "FILE", "--unset", "filter"),
        "--unset: Leave it out: the file has all of the item.",
    ),
    "a schedule beside a preset": (
        ("subscriptions", "put", "ci", "--retry-preset", "fast", "--retry-schedule", "0,5"),
        "--retry-schedule: Name a preset or a schedule, not both.",
    ),
    "a new secret at the end": (
        ("sources", "rotate-secret", "gh", "--finish", "--generate"),
        "--generate: Leave it out: --finish makes no secret.",
    ),
    "a read secret at the end": (
        ("subscriptions", "rotate-secret", "ci", "--finish", "--secret-stdin"),
        "--secret-stdin: Leave it out: --finish makes no secret.",
    ),
    "a scheme of a known provider": (
        (
            "sign",
            "--provider",
            "github",
            "--url",
            "https://a.example/in/x",
            "--secret",
            "s",
            "--scheme",
            "{}",
        ),
        "--scheme: Goes with --provider hmac.",
    ),
    "a form before the name": (("providers", "--json", "show", "stripe"), "--json: Put it behind the name"),
    "a page of one provider": (("providers", "--markdown", "stripe"), "--markdown: Put it behind the name"),
    "two forms": (("providers", "--markdown", "--json"), "--json: Leave it out: --markdown is another form."),
}


@pytest.mark.parametrize("case", SILENT)
def test_an_option_that_would_change_nothing_is_refused_by_its_name(
    shell: Shell, tmp_path: Path, case: str
) -> None:
    arguments, words = SILENT[case]
    file = tmp_path / "item.yaml"
    file.write_text(ITEM)
    result = shell.run(*(str(file) if one == "FILE" else one for one in arguments), code=2)
    assert f"Invalid value for {words}" in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""
    assert shell.target.client("dynamodb").scan(TableName=shell.target.table("Sources"))["Items"] == []


def test_what_the_environment_says_is_not_taken_for_typed(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORBELL_STACK", "gateway")
    assert shell.json("cost")["load"]["per_call"] == 1


def test_a_provider_is_shown_for_programs_too(shell: Shell) -> None:
    assert shell.json("providers", "show", "stripe")["name"] == "stripe"

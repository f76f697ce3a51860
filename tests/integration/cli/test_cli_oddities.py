"""What is accepted and never does what it seems to is told when it is written, and by `doorbell check`."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from doorbell_cli import target as target_module
from tests.integration.cli.conftest import Shell

PUT = ("subscriptions", "put", "ci", "--url", "https://127.0.0.1/", "--signing", "none")
LOCAL = "works on the local stack only"


def warnings(shell: Shell, *flags: str) -> list[str]:
    found: list[str] = shell.json(*PUT, *flags)["warnings"]
    return [warning for warning in found if LOCAL not in warning]


@pytest.mark.parametrize(
    ("flags", "warning"),
    [
        (["--filter", "ref == 'x'"], 'filter: "ref" is never there: an expression sees event, body and '
         "headers. Did you mean body.ref?"),
        (["--filter", "bdy.ref"], 'filter: "bdy" is never there: an expression sees event, body and '
         "headers. Did you mean body?"),
        (["--transform", "{ref: ref}"], 'transform: "ref" is never there: an expression sees event, body '
         "and headers. Did you mean body.ref?"),
        (["--event-type", "invoice.[ab"], 'event_types: "invoice.[ab" opens a bracket and never closes it.'),
        (["--event-type", " push"], 'event_types: " push" begins or ends with a blank, which no event type '
         "does."),
        (["--source", "nothing"], 'sources: There is no source "nothing": no event of it can match.'),
        (["--source", "theirs"], 'sources: Source "theirs" is not of tenant "default": no event of it can '
         "match."),
    ],
)  # fmt: skip
def test_it_is_told_at_put_and_found_by_check(shell: Shell, flags: list[str], warning: str) -> None:
    shell.target.client("ssm").put_parameter(Name="/doorbell/x", Value="x", Type="SecureString")
    shell.put("Sources", source_id="theirs", provider="github", tenant_id="acme", secrets=["ssm:/doorbell/x"])
    assert warnings(shell, *flags) == [warning]
    assert f"warning: subscription default/ci: {warning}" in shell.run(*PUT, *flags).stderr
    (finding,) = shell.json("check", code=1)["findings"]
    assert finding["where"] == "subscription default/ci"
    assert finding["problem"] == warning


@pytest.mark.parametrize(
    "flags",
    [
        ["--filter", "body.ref == event.type"],
        ["--event-type", "Push Hook", "--event-type", "[ab].*"],
        ["--source", "publish"],
        ["--source", "gh"],
    ],
)
def test_what_can_work_is_written_without_a_word(shell: Shell, flags: list[str]) -> None:
    shell.put("Sources", source_id="gh", provider="github", secrets=["ssm:/doorbell/x"])
    assert warnings(shell, *flags) == []


def test_a_source_that_the_same_file_makes_is_there(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "both.yaml"
    file.write_text(
        "sources:\n  - {source_id: gh, provider: github, secrets: [ssm:/doorbell/x]}\n"
        "subscriptions:\n  - {subscription_id: ci, url: 'https://127.0.0.1/', signing: none, sources: [gh]}\n"
    )
    said = shell.run("apply", "-f", str(file), "--dry-run").stderr
    assert "no source" not in said
    file.write_text(file.read_text().replace("sources: [gh]", "sources: [other]"))
    assert 'no source "other"' in shell.run("apply", "-f", str(file), "--dry-run").stderr


def test_what_only_the_local_stack_allows_is_said_there_and_is_no_problem(shell: Shell) -> None:
    for url, why in (("http://127.0.0.1/", "not https"), ("https://localhost/", "name of the inside")):
        put = shell.json("subscriptions", "put", "ci", "--url", url, "--signing", "none")
        (warning,) = put["warnings"]
        assert LOCAL in warning
        assert why in warning
    shell.run("subscriptions", "put", "ci", "--url", "http://127.0.0.1/")
    document = shell.json("check")
    assert document["ok"] is True
    (note,) = document["notes"]
    assert note.startswith(f"subscription default/ci: url: {LOCAL}")


def test_a_deployed_stack_that_allows_http_says_so_by_its_parameters_alone(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = replace(shell.target, local=False)
    monkeypatch.setattr(target_module, "find_target", lambda stack: deployed)
    assert shell.json(*PUT)["warnings"] == []


def test_a_provider_that_is_mistyped_is_answered_with_those_it_may_be(shell: Shell) -> None:
    said = shell.run("sources", "put", "gh", "--provider", "gitbuh", "--secret-stdin", code=1).stderr
    assert "did you mean gitlab or github?" in said


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("ssm:/doorbell/none", "secret ssm:/doorbell/none: no such parameter"),
        ("secretsmanager:doorbell/none", "secret secretsmanager:doorbell/none: no such secret"),
        ("ssm:/elsewhere", "secret ssm:/elsewhere: the functions can read only below /doorbell/"),
    ],
)
def test_a_secret_reference_to_nothing_is_told_at_put_in_the_plan_and_found_by_check(
    shell: Shell, tmp_path: Path, reference: str, problem: str
) -> None:
    shell.target.client("ssm").put_parameter(Name="/elsewhere", Value="x", Type="SecureString")
    file = tmp_path / "all.yaml"
    file.write_text(
        f"sources:\n  - {{source_id: gh, provider: github, secrets: ['{reference}']}}\n"
        f"subscriptions:\n  - {{subscription_id: ci, url: 'https://127.0.0.1/', secrets: ['{reference}'],\n"
        f"      headers: {{x-key: '{reference}'}}}}\n"
    )
    source, subscription = shell.json("apply", "-f", str(file), "--dry-run")["plan"]
    assert source["warnings"] == [f"secrets: {problem}"]
    told = [warning for warning in subscription["warnings"] if LOCAL not in warning]
    assert told == [f"secrets: {problem}", f"headers: {problem}"]
    put = shell.json("sources", "put", "gh", "--provider", "github", "--secret", reference)
    assert put["warnings"] == [f"secrets: {problem}"]
    assert problem in [finding["problem"] for finding in shell.json("check", code=1)["findings"]]


def test_a_secret_that_is_there_or_that_the_caller_may_not_read_is_no_warning(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The functions may read what the caller may not."""
    ssm = shell.target.client("ssm")
    ssm.put_parameter(Name="/doorbell/there", Value="x", Type="SecureString")
    put = ("sources", "put", "gh", "--provider", "github", "--secret")
    assert shell.json(*put, "ssm:/doorbell/there")["warnings"] == []

    def denied(**request: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetParameters")

    monkeypatch.setattr(ssm, "get_parameters", denied)
    monkeypatch.setattr(ssm, "get_parameter", denied)
    assert shell.json(*put, "ssm:/doorbell/hidden")["warnings"] == []


def test_each_change_says_by_when_it_is_in_force(shell: Shell, tmp_path: Path) -> None:
    """As long as environments keep what they read: 30 s a source, 10 s a subscription."""
    gh = ("sources", "put", "gh", "--provider", "github")
    file = tmp_path / "both.yaml"
    file.write_text(
        "sources:\n  - {source_id: other, provider: github, secrets: [ssm:/doorbell/x]}\n"
        "subscriptions:\n  - {subscription_id: other, url: 'https://127.0.0.1/', signing: none}\n"
    )
    for seconds, command, stdin in (
        (30, (*gh, "--secret-stdin"), "a secret of some length"),
        (30, ("sources", "disable", "gh"), ""),
        (30, ("sources", "enable", "gh"), ""),
        (30, ("sources", "rotate-secret", "gh"), "another secret of some length"),
        (30, ("sources", "rotate-secret", "gh", "--finish"), ""),
        (10, (*PUT, "--event-type", "push"), ""),
        (10, ("subscriptions", "disable", "ci"), ""),
        (10, ("subscriptions", "delete", "ci", "--yes"), ""),
        (30, ("apply", "-f", str(file), "--yes"), ""),
    ):
        before = time.time()
        answer = shell.json(*command, stdin=stdin)
        by = datetime.fromisoformat(answer["in_force_by"]).timestamp()
        assert before + seconds <= by <= time.time() + seconds + 1, command


def test_it_is_said_to_people_too_and_nothing_is_said_where_nothing_changed(shell: Shell) -> None:
    assert re.search(r"in force by .*\d\d:\d\d:\d\d UTC", shell.run(*PUT).stdout)
    assert "in force" not in shell.run(*PUT).stdout
    assert "in_force_by" not in shell.json(*PUT)
    assert re.search(r"disabled, in force by .*\d UTC", shell.run("subscriptions", "disable", "ci").stdout)

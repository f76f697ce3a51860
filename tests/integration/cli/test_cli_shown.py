"""How sources, subscriptions and their changes are shown: to people, to programs, and as YAML."""

from __future__ import annotations

import re
from pathlib import Path

from doorbell.egress.guard import EgressPolicy
from doorbell_cli.configfile import read_file
from tests.integration.cli.conftest import Shell

PUT = ("subscriptions", "put", "ci", "--url", "https://127.0.0.1/", "--signing", "none")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_changed_number_is_written_as_people_write_it(shell: Shell) -> None:
    shell.run(*PUT, "--rate-limit", "5")
    said = shell.run(*PUT, "--rate-limit", "7.5", "--retry-schedule", "0,300").stdout
    assert "rate_limit_per_second: 5 → 7.5" in said
    assert "retry: - → schedule: 0, 300" in said
    assert "Decimal" not in said


def test_retry_rules_are_put_each_by_itself_and_what_excludes_one_takes_its_place(shell: Shell) -> None:
    shell.run(*PUT, "--retry-preset", "fast", "--give-up-on", "400,4xx")
    said = shell.run(*PUT, "--breaker-ignores", "none").stdout
    assert "breaker_ignores" in said
    shell.run(*PUT, "--retry-schedule", "0,60", "--retry-only-on", "5xx, timeout")
    assert shell.json("subscriptions", "show", "ci")["retry"] == {
        "schedule": [0, 60],
        "only_on": ["5xx", "timeout"],
        "breaker_ignores": [],
    }


def test_a_kind_of_failure_that_is_none_is_refused_with_its_field_and_changes_nothing(shell: Shell) -> None:
    shell.run(*PUT)
    for flag, field in (("--give-up-on", "give_up_on"), ("--retry-only-on", "only_on")):
        result = shell.run(*PUT, flag, "500,6xx", code=1)
        assert f"retry.{field}.1: '6xx' is no kind of failure: write a status" in result.stderr
    assert "retry" not in shell.json("subscriptions", "show", "ci")


def test_put_and_apply_write_a_change_the_same_way(shell: Shell, tmp_path: Path) -> None:
    shell.run(*PUT, "--rate-limit", "5")
    file = tmp_path / "ci.yaml"
    file.write_text(shell.run("subscriptions", "show", "ci", "--yaml").stdout.replace(": 5", ": 6"))
    line = "rate_limit_per_second: 5 → 6"
    assert line in shell.run("apply", "-f", str(file), "--dry-run").stdout
    assert line in shell.run("subscriptions", "put", "--file", str(file)).stdout


def test_what_is_shown_as_yaml_is_no_change_when_it_is_applied(shell: Shell, tmp_path: Path) -> None:
    shell.run("sources", "put", "gh", "--provider", "github", "--secret-stdin", stdin="s")
    shell.run(*PUT, "--rate-limit", "0.5", "--event-type", "push", "--header", "x-team: blue")
    file = tmp_path / "all.yaml"
    file.write_text(
        shell.run("sources", "show", "gh", "--yaml").stdout
        + shell.run("subscriptions", "show", "ci", "--yaml").stdout
    )
    assert [entry.label for entry in read_file(file)] == ["source gh", "subscription default/ci"]
    assert "0 to create, 0 to update, 0 to delete" in shell.run("apply", "-f", str(file), "--yes").stdout


def test_a_broken_item_is_not_shown_as_yaml_because_a_secret_may_be_in_it(shell: Shell) -> None:
    shell.put("Sources", source_id="gh", provider="github", secrets=["hunter2"])
    result = shell.run("sources", "show", "gh", "--yaml", code=1)
    assert "hunter2" not in result.output


def test_the_example_is_a_file_that_apply_takes(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "doorbell.yaml"
    file.write_text(shell.run("apply", "--example").stdout)
    assert [p for entry in read_file(file) for p in entry.problems(EgressPolicy())] == []
    assert "2 to create" in shell.run("apply", "-f", str(file), "--dry-run").stdout


def test_apply_without_a_file_says_what_to_do(shell: Shell) -> None:
    assert "doorbell apply --example" in shell.run("apply", code=2).stderr


def test_times_in_json_are_rfc_3339(shell: Shell) -> None:
    shell.run(*PUT)
    shell.run("subscriptions", "disable", "ci")
    shown = shell.json("subscriptions", "show", "ci")
    (listed,) = shell.json("subscriptions", "list")
    for document in (shown, listed):
        for name in ("created_at", "updated_at", "disabled_at"):
            assert RFC_3339.fullmatch(document[name]), name

"""`doorbell apply`: a plan first, all or nothing where an item is invalid, and no surprise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Shell

SOURCE = "{source_id: gh, provider: github, secrets: [ssm:/doorbell/gh]}"
SUBSCRIPTION = (
    "{subscription_id: ci, url: https://127.0.0.1/, secrets: [ssm:/doorbell/ci], timeout_seconds: 15}"
)
BOTH = f"sources:\n  - {SOURCE}\nsubscriptions:\n  - {SUBSCRIPTION}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "doorbell.yaml"
    path.write_text(BOTH)
    return path


def actions(document: Any) -> list[tuple[str, str]]:
    return [(change["action"], change["kind"]) for change in document["plan"]]


def written(shell: Shell) -> tuple[bool, bool]:
    there = shell.item("Subscriptions", tenant_id="default", subscription_id="ci") != {}
    return shell.item("Sources", source_id="gh") != {}, there


def test_a_dry_run_shows_the_plan_and_writes_nothing(shell: Shell, file: Path) -> None:
    document = shell.json("apply", "-f", str(file), "--dry-run")
    assert actions(document) == [("create", "source"), ("create", "subscription")]
    assert document["applied"] is False
    assert written(shell) == (False, False)


def test_applying_twice_changes_nothing_the_second_time(shell: Shell, file: Path) -> None:
    shell.run("apply", "-f", str(file), "--yes")
    document = shell.json("apply", "-f", str(file), "--yes")
    assert written(shell) == (True, True)
    assert actions(document) == [("unchanged", "source"), ("unchanged", "subscription")]
    assert document["applied"] is False


def test_nobody_there_to_ask_means_nothing_is_written(shell: Shell, file: Path) -> None:
    shell.run("apply", "-f", str(file), code=2)
    assert written(shell) == (False, False)


def test_one_invalid_item_stops_all_and_is_named_by_line_item_and_field(shell: Shell, file: Path) -> None:
    file.write_text(
        f"sources:\n  - {SOURCE}\nsubscriptions:\n  - subscription_id: ci\n    url: https://127.0.0.1/\n"
        "    signing: none\n    retry:\n      jitter: 7\n"
    )
    result = shell.run("apply", "-f", str(file), "--yes", code=1)
    assert f"{file}:8: subscription default/ci: retry.jitter: " in result.stderr
    assert written(shell) == (False, False)


def test_the_plan_says_what_changes_from_what_to_what(shell: Shell, file: Path) -> None:
    shell.run("apply", "-f", str(file), "--yes")
    file.write_text(BOTH.replace("timeout_seconds: 15", "timeout_seconds: 20, event_types: [push]"))
    change = shell.json("apply", "-f", str(file), "--dry-run")["plan"][1]
    assert change["action"] == "update"
    assert change["changes"] == [
        {"field": "event_types", "before": None, "after": ["push"]},
        {"field": "timeout_seconds", "before": 15, "after": 20},
    ]


def test_a_disabled_subscription_stays_so_until_the_file_says_otherwise(shell: Shell, file: Path) -> None:
    shell.run("apply", "-f", str(file), "--yes")
    shell.run("subscriptions", "disable", "ci", "--reason", "410")
    file.write_text(BOTH.replace("timeout_seconds: 15", "timeout_seconds: 20"))
    document = shell.json("apply", "-f", str(file), "--yes")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert (item["enabled"], item["disabled_reason"], item["timeout_seconds"]) == (False, "410", 20)
    assert "stays disabled (410)" in document["plan"][1]["note"]
    file.write_text(BOTH.replace("timeout_seconds: 15", "enabled: true"))
    shell.run("apply", "-f", str(file), "--yes")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert item["enabled"] is True
    assert "disabled_reason" not in item


def test_prune_deletes_what_the_file_lacks_of_the_tenants_it_names_and_nothing_else(
    shell: Shell, file: Path
) -> None:
    shell.put(
        "Subscriptions", tenant_id="default", subscription_id="old", url="https://x.example", signing="none"
    )
    shell.put(
        "Subscriptions", tenant_id="acme", subscription_id="old", url="https://x.example", signing="none"
    )
    shell.put("Sources", source_id="old", provider="github", secrets=["ssm:/doorbell/x"])
    file.write_text(f"subscriptions:\n  - {SUBSCRIPTION}\n")
    shell.run("apply", "-f", str(file), "--yes")
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="old") != {}
    document = shell.json("apply", "-f", str(file), "--yes", "--prune")
    assert actions(document) == [("unchanged", "subscription"), ("delete", "subscription")]
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="ci") != {}
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="old") == {}
    assert shell.item("Subscriptions", tenant_id="acme", subscription_id="old") != {}
    assert shell.item("Sources", source_id="old") != {}


def test_the_same_item_twice_is_refused_with_both_places(shell: Shell, file: Path) -> None:
    file.write_text(f"sources:\n  - {SOURCE}\n  - {SOURCE}\n")
    result = shell.run("apply", "-f", str(file), "--yes", code=2)
    assert f"{file}:3: source gh: also at {file}:2" in result.stderr
    assert written(shell) == (False, False)


def test_a_broken_item_in_the_table_is_mended(shell: Shell, file: Path) -> None:
    shell.put("Subscriptions", tenant_id="default", subscription_id="ci", url="ftp://x", odd=1)
    shell.run("apply", "-f", str(file), "--yes")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert item["url"] == "https://127.0.0.1/"
    assert "odd" not in item


def test_an_empty_file_is_no_wish_to_prune_everything(shell: Shell, file: Path) -> None:
    shell.run("apply", "-f", str(file), "--yes")
    file.write_text("# to be written\n")
    shell.run("apply", "-f", str(file), "--yes", "--prune", code=2)
    assert written(shell) == (True, True)


def test_a_file_that_is_not_yaml_or_not_there_is_wrong_use(shell: Shell, file: Path) -> None:
    file.write_text("sources: [}")
    assert "not YAML" in shell.run("apply", "-f", str(file), code=2).stderr
    file.write_text("source_id: a\ndescription: 2026-13-45\n")
    assert f"{file}:2: looks like a YAML timestamp" in shell.run("apply", "-f", str(file), code=2).stderr
    assert "No such file" in shell.run("apply", "-f", f"{file}.not", code=2).stderr


def test_a_paused_subscription_stays_so_until_the_file_says_otherwise(shell: Shell, file: Path) -> None:
    shell.run("apply", "-f", str(file), "--yes")
    shell.run("subscriptions", "pause", "ci")
    since = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")["paused_at"]
    file.write_text(BOTH.replace("timeout_seconds: 15", "timeout_seconds: 20"))
    document = shell.json("apply", "-f", str(file), "--yes")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert (item["paused"], item["paused_at"], item["timeout_seconds"]) == (True, since, 20)
    assert document["plan"][1]["note"] == "stays paused"
    shell.put("Endpoints", subscription_id="default/ci", version=1, wake_at=9e9, wake_shard="0")
    file.write_text(BOTH.replace("timeout_seconds: 15", "timeout_seconds: 20, paused: false"))
    change = shell.json("apply", "-f", str(file), "--yes")["plan"][1]
    assert [field["field"] for field in change["changes"]] == ["paused"]
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert {"paused", "paused_at"} & set(item) == set()
    assert shell.item("Endpoints", subscription_id="default/ci")["wake_at"] == 0


def test_a_file_may_pause_too(shell: Shell, file: Path) -> None:
    file.write_text(BOTH.replace("timeout_seconds: 15", "paused: true"))
    shell.run("apply", "-f", str(file), "--yes")
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert item["paused"] is True
    assert "paused_at" in item
    assert shell.json("apply", "-f", str(file), "--yes")["applied"] is False

"""The names of what rings without a source: nobody can give them to a new one; an old one keeps working."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Shell

NAMES = [("doorbell", ()), ("inbox", ()), ("gh", ("--tenant", "doorbell"))]


@pytest.mark.parametrize(("name", "more"), NAMES)
def test_a_new_source_cannot_have_a_reserved_name_and_nothing_is_stored(
    shell: Shell, name: str, more: tuple[str, ...]
) -> None:
    command = ("sources", "put", name, "--provider", "github", *more, "--secret-stdin")
    result = shell.run(*command, stdin="hush", code=1)
    assert "Choose another" in result.stderr
    assert shell.item("Sources", source_id=name) == {}
    assert shell.target.client("ssm").describe_parameters()["Parameters"] == []


def test_apply_refuses_one_before_it_writes_any(shell: Shell, tmp_path: Path) -> None:
    secrets = 'provider: github, secrets: ["ssm:/doorbell/gh"]'
    path = tmp_path / "doorbell.yaml"
    path.write_text(f"sources:\n  - {{source_id: gh, {secrets}}}\n  - {{source_id: doorbell, {secrets}}}\n")
    result = shell.run("apply", "-f", str(path), "--yes", code=1)
    assert "source doorbell: source_id:" in result.stderr
    assert shell.item("Sources", source_id="gh") == {}


@pytest.mark.parametrize(("name", "more"), NAMES)
def test_one_that_is_there_can_be_changed_and_check_tells_of_it(
    shell: Shell, name: str, more: tuple[str, ...]
) -> None:
    shell.target.client("ssm").put_parameter(Name="/doorbell/gh", Value="hush", Type="SecureString")
    tenant = {"tenant_id": more[1]} if more else {}
    shell.put("Sources", source_id=name, provider="github", secrets=["ssm:/doorbell/gh"], **tenant)
    shell.json("sources", "put", name, "--description", "ours since long")
    assert shell.item("Sources", source_id=name)["description"] == "ours since long"
    told = shell.run("check", code=0)
    assert f"source {name}" in told.stdout + told.stderr
    assert "keeps working" in told.stdout + told.stderr

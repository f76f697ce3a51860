"""What the environment says wrongly of AWS is told in a line, with what to look at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app

KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}


@pytest.mark.parametrize(
    ("environment", "code", "said"),
    [
        (
            {**KEYS, "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": "nonsense"},
            2,
            "error: AWS: Invalid endpoint: nonsense. Look at AWS_ENDPOINT_URL and AWS_REGION.",
        ),
        ({**KEYS, "AWS_REGION": "two words"}, 2, "Look at AWS_ENDPOINT_URL and AWS_REGION."),
        (KEYS, 3, "error: AWS: no region is set. Set AWS_REGION, or use a profile that has one."),
        (
            {"AWS_REGION": "eu-central-1"},
            3,
            "error: AWS: no credentials were found. Log in (`aws sso login`), or set AWS_PROFILE.",
        ),
    ],
)
def test_a_wrong_environment_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], code: int, said: str
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    nowhere = {"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "HOME": str(tmp_path)}
    for name, value in {**nowhere, "AWS_EC2_METADATA_DISABLED": "true", **environment}.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["events", "list", "--stack", "x"])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (code, "", 1)
    assert said in result.stderr

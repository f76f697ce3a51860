"""`sam deploy` into the local stack, and what came out."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from doorbell_cli.stack.environment import StackError, aws_environ, clean_environ, tool

STACK_NAME = "doorbell"


def deploy(root: Path, template: Path, endpoint_url: str, parameters: Mapping[str, str]) -> None:
    """Deploy with the project's samconfig.toml. Raises `StackError` with SAM's words."""
    command = [
        tool("sam"),
        "deploy",
        "--template-file",
        str(template),
        "--config-file",
        str(root / "samconfig.toml"),
    ]
    command += [
        "--stack-name",
        STACK_NAME,
        "--no-progressbar",
        "--no-confirm-changeset",
        "--parameter-overrides",
    ]
    command += [f'ParameterKey={key},ParameterValue="{value}"' for key, value in parameters.items()]
    environ = clean_environ(**aws_environ(endpoint_url), SAM_CLI_TELEMETRY="0", SAM_CLI_POLL_DELAY="0.5")
    done = subprocess.run(
        command, cwd=root, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise StackError(f"sam deploy failed:\n{_tail(done.stdout)}\n{_tail(done.stderr)}")


def _tail(text: str, lines: int = 40) -> str:
    return "\n".join(text.splitlines()[-lines:])

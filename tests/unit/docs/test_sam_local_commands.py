"""The commands of docs/local.md that need a shell, run by one; what they call is only told its arguments."""

from __future__ import annotations

import subprocess

from tests.support.docs import page

LOCAL = page("docs/local.md")
SAM = "sam() { printf '%s|' \"$@\"; echo; }\n"


def invocations() -> str:
    """From the line that sets the options to the end of the block."""
    block = LOCAL.partition("# terminal 2")[2].partition("```")[0]
    return "L=" + block.partition("\nL=")[2]


def test_every_sam_local_gets_its_options_one_by_one() -> None:
    done = subprocess.run(["bash", "-c", SAM + invocations()], capture_output=True, text=True, check=True)
    options = "--env-vars|.aws-sam/local/env.json|--parameter-overrides|Architecture=x86_64|"
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    assert all(line.startswith("local|") and line.endswith(options) for line in lines)


def test_none_of_them_relies_on_words_being_split_which_zsh_does_not_do() -> None:
    assert "sam local invoke" in invocations()
    assert " $L" not in invocations()

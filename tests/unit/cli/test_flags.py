"""What a flag of the command line does where nobody gives it: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell_cli.commands.table import COMMANDS
from doorbell_cli.lazy import real_command
from doorbell_cli.main import app


def every(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for below, one in getattr(command, "commands", {}).items():
        yield from every(one, f"{name} {below}")


@pytest.mark.parametrize("group", COMMANDS)
def test_a_flag_that_can_only_be_given_is_off_where_it_is_not(group: str) -> None:
    """One that has its opposite, as `--open` and `--no-open`, may be on."""
    for name, command in every(real_command(COMMANDS[group].at, group), group):
        for option in command.params:
            if getattr(option, "is_flag", False) and not option.secondary_opts:
                assert not option.default, f"{name} {option.opts[0]}"


OF_AN_ITEM = {"--timeout", "--rate-limit"}
"""Fields: the item's model says what they may be."""


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300"])
@pytest.mark.parametrize("group", COMMANDS)
def test_a_number_that_is_none_is_wrong_use_and_not_an_endless_wait(group: str, value: str) -> None:
    """`float` reads them all."""
    for name, command in every(real_command(COMMANDS[group].at, group), group):
        for option in command.params:
            if option.type_descriptor.annotation is float and option.opts[0] not in OF_AN_ITEM:
                done = CliRunner().invoke(app, [*name.split(), option.opts[0], value])
                assert done.exit_code == 2, f"{name} {option.opts[0]}"
                assert option.opts[0] in done.output, done.output

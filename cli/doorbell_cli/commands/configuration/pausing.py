"""`pause` and `resume` of a subscription."""

from typing import Annotated

import typer

from doorbell.usecases.configure import is_paused
from doorbell_cli.commands.configuration.items import agreed, conflict_safe, done, existing, refuse_broken
from doorbell_cli.commands.configuration.kind_app import YesOption
from doorbell_cli.configuration import SUBSCRIPTION, now, resumed
from doorbell_cli.ops import switching
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.target import StackOption, connected

Name = Annotated[str, typer.Argument(help="Its id, or TENANT/ID.")]


def register(app: typer.Typer) -> None:
    @app.command()
    def pause(
        name: Name, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        """Send nothing for now, and lose nothing: events match and wait."""
        with connected(stack) as target:
            stored = existing(target, SUBSCRIPTION, name)
            refuse_broken(target, SUBSCRIPTION, stored.values)
            standing = switching.standing_of(target, stored.values, now())
            told = switching.paused(standing, switching.kept_seconds(target), now())
            agreed(told, f"Pause {SUBSCRIPTION.label(stored.values)}?", yes)
            conflict_safe(lambda: SUBSCRIPTION.table(target).pause(stored, now()))
            done(Output(as_json), SUBSCRIPTION, stored, "paused")

    @app.command()
    def resume(
        name: Name, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        """Let out what waits, oldest first, at a metered rate."""
        with connected(stack) as target:
            stored = existing(target, SUBSCRIPTION, name)
            standing = switching.standing_of(target, stored.values, now())
            if is_paused(stored.values):
                told = switching.resumed(standing)
            else:
                told = f"It is not paused. {switching.resumed(standing)}"
            agreed(told, f"Resume {SUBSCRIPTION.label(stored.values)}?", yes)
            conflict_safe(lambda: SUBSCRIPTION.table(target).resume(stored, now()))
            resumed(target, stored.values)
            done(Output(as_json), SUBSCRIPTION, stored, "resumed")

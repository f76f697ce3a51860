"""`pause` and `resume` of a subscription, and of a source."""

from typing import Annotated

import typer

from doorbell.store.configuration.config_tables import Stored
from doorbell.usecases.configure import is_paused
from doorbell_cli.commands.configuration.items import agreed, conflict_safe, done, existing, refuse_broken
from doorbell_cli.commands.configuration.kind_app import YesOption
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION, Kind, now, resumed
from doorbell_cli.ops import source_standings, switching
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.target import StackOption, Target, connected

Name = Annotated[str, typer.Argument(help="Its id, or TENANT/ID.")]
SourceName = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id: the last part of its URL.")]


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
            _pause(target, SUBSCRIPTION, stored, told, yes, Output(as_json))

    @app.command()
    def resume(
        name: Name, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        """Let out what waits, oldest first, at a metered rate."""
        with connected(stack) as target:
            stored = existing(target, SUBSCRIPTION, name)
            told = switching.resumed(switching.standing_of(target, stored.values, now()))
            _resume(target, SUBSCRIPTION, stored, told, yes, Output(as_json))


def register_of_sources(app: typer.Typer) -> None:
    @app.command()
    def pause(
        name: SourceName, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        """Send none of its events, and lose none: they come in and wait."""
        with connected(stack) as target:
            stored = existing(target, SOURCE, name)
            refuse_broken(target, SOURCE, stored.values)
            standing = source_standings.standing_of(target, stored.values)
            told = source_standings.paused(standing, switching.kept_seconds(target), now())
            _pause(target, SOURCE, stored, told, yes, Output(as_json))

    @app.command()
    def resume(
        name: SourceName, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        """Let out what waits for it, oldest first, at a metered rate."""
        with connected(stack) as target:
            stored = existing(target, SOURCE, name)
            told = source_standings.resumed(
                source_standings.standing_of(target, stored.values, with_end=False)
            )
            _resume(target, SOURCE, stored, told, yes, Output(as_json))


def _pause(target: Target, kind: Kind, stored: Stored, told: str, yes: bool, out: Output) -> None:
    agreed(told, f"Pause {kind.label(stored.values)}?", yes)
    conflict_safe(lambda: kind.table(target).pause(stored, now()))
    done(out, kind, stored, "paused")


def _resume(target: Target, kind: Kind, stored: Stored, told: str, yes: bool, out: Output) -> None:
    told = told if is_paused(stored.values) else f"It is not paused. {told}"
    agreed(told, f"Resume {kind.label(stored.values)}?", yes)
    conflict_safe(lambda: kind.table(target).resume(stored, now()))
    resumed(target, stored.values)
    done(out, kind, stored, "resumed")

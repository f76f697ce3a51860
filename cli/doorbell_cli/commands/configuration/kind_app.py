"""The commands that sources and subscriptions share: list, show, delete, enable, disable."""

from typing import Annotated

import typer

from doorbell_cli.commands.configuration.items import (
    agreed,
    confirmed,
    conflict_safe,
    done,
    existing,
    refuse_broken,
)
from doorbell_cli.commands.configuration.views import Columns, say_item, say_items, yaml_of
from doorbell_cli.configuration import SUBSCRIPTION, Kind, forget_health, now
from doorbell_cli.ops import source_standings
from doorbell_cli.ops.bringing_forward import switched_off
from doorbell_cli.ops.switching import off, on, or_pause, standing_of
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.target import StackOption, connected

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
TenantOption = Annotated[str | None, typer.Option("--tenant", help="Only items of this tenant.")]


def app_for(kind: Kind, columns: Columns, help_text: str) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help=help_text)
    name_help = "Its id, or TENANT/ID." if kind is SUBSCRIPTION else "Its id."
    Name = Annotated[str, typer.Argument(help=name_help)]

    @app.command("list", help=f"Every {kind.name}, with what is wrong with it.")
    def list_items(
        tenant: TenantOption = None, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        with connected(stack) as target:
            say_items(target, Output(as_json), kind, columns, tenant)

    @app.command("show", help=f"One {kind.name}, as it is written.")
    def show(
        name: Name,
        as_yaml: Annotated[bool, typer.Option("--yaml", help="Print YAML that `apply -f` accepts.")] = False,
        stack: StackOption = None,
        as_json: JsonOption = False,
    ) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            if as_yaml:
                typer.echo(yaml_of(target, kind, stored), nl=False)
            else:
                say_item(target, Output(as_json), kind, stored)

    @app.command("delete", help=f"Remove a {kind.name}.")
    def delete(
        name: Name, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            told = (
                ""
                if kind is not SUBSCRIPTION
                else f"{off(standing_of(target, stored.values, now()), now())} "
            )
            confirmed(f"{told}Delete {kind.label(stored.values)}?", yes)
            conflict_safe(lambda: kind.table(target).delete(stored))
            switched_off(target, kind, stored.values)
            done(Output(as_json), kind, stored, "deleted")

    @app.command("enable", help=f"Switch a {kind.name} on{_HEALTH[kind is SUBSCRIPTION]}.")
    def enable(
        name: Name, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            refuse_broken(target, kind, stored.values)
            told = (
                on(target, standing_of(target, stored.values, now()), now())
                if kind is SUBSCRIPTION
                else source_standings.on(stored.values)
            )
            agreed(told, f"Enable {kind.label(stored.values)}?", yes)
            conflict_safe(lambda: kind.table(target).enable(stored, now()))
            if kind is SUBSCRIPTION:
                forget_health(target, stored.values, stored.values)
            done(Output(as_json), kind, stored, "enabled")

    @app.command("disable", help=f"Switch a {kind.name} off{_CANCELS[kind is SUBSCRIPTION]}.")
    def disable(
        name: Name,
        reason: Annotated[str, typer.Option(help="Why, for people who look at it later.")] = "",
        yes: YesOption = False,
        stack: StackOption = None,
        as_json: JsonOption = False,
    ) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            told = (
                f"{off(standing_of(target, stored.values, now()), now())} {or_pause(name)}"
                if kind is SUBSCRIPTION
                else source_standings.off(name)
            )
            agreed(told, f"Disable {kind.label(stored.values)}?", yes)
            conflict_safe(lambda: kind.table(target).disable(stored, reason or None, now()))
            switched_off(target, kind, stored.values)
            done(Output(as_json), kind, stored, "disabled")

    return app


_HEALTH = ("", ", with a clean record: its breaker is closed")
_CANCELS = ("", "; what waits for it is cancelled within two minutes")

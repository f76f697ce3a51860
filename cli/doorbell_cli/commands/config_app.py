"""The commands that sources and subscriptions share: list, show, delete, enable, disable."""

from typing import Annotated, Any

import typer

from doorbell.store.config_tables import Conflict, Stored
from doorbell_cli.commands.config_items import (
    confirmed,
    described,
    existing,
    health_text,
    healths,
    refuse_broken,
    state_of,
)
from doorbell_cli.configuration import DEFAULT_TENANT, SUBSCRIPTION, Kind, forget_health, now
from doorbell_cli.output import JsonOption, Output, clock, fail
from doorbell_cli.target import StackOption, Target, connected

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
TenantOption = Annotated[str | None, typer.Option("--tenant", help="Of this tenant only.")]
Columns = dict[str, str]
"""Column title → field."""

_TIMES = ("created_at", "updated_at", "disabled_at")


def app_for(kind: Kind, columns: Columns, help_text: str) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help=help_text)
    name_help = "Its id, or TENANT/ID." if kind is SUBSCRIPTION else "Its id."
    Name = Annotated[str, typer.Argument(help=name_help)]

    @app.command("list", help=f"Every {kind.name}, with what is wrong with it.")
    def list_items(
        tenant: TenantOption = None, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        with connected(stack) as target:
            _list(target, Output(as_json), kind, columns, tenant)

    @app.command("show", help=f"One {kind.name}, as it is written.")
    def show(name: Name, stack: StackOption = None, as_json: JsonOption = False) -> None:
        with connected(stack) as target:
            _show(target, Output(as_json), kind, existing(target, kind, name))

    @app.command("delete", help=f"Remove a {kind.name}.")
    def delete(
        name: Name, yes: YesOption = False, stack: StackOption = None, as_json: JsonOption = False
    ) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            what = " Its pending deliveries will be cancelled." if kind is SUBSCRIPTION else ""
            confirmed(f"Delete {kind.label(stored.values)}?{what}", yes)
            _conflict_safe(lambda: kind.table(target).delete(stored))
            _done(Output(as_json), kind, stored, "deleted")

    @app.command("enable", help=f"Switch a {kind.name} on{_HEALTH[kind is SUBSCRIPTION]}.")
    def enable(name: Name, stack: StackOption = None, as_json: JsonOption = False) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            refuse_broken(target, kind, stored.values)
            _conflict_safe(lambda: kind.table(target).enable(stored, now()))
            if kind is SUBSCRIPTION:
                forget_health(target, stored.values)
            _done(Output(as_json), kind, stored, "enabled")

    @app.command("disable", help=f"Switch a {kind.name} off{_CANCELS[kind is SUBSCRIPTION]}.")
    def disable(
        name: Name,
        reason: Annotated[str, typer.Option(help="For whoever looks at it later.")] = "",
        stack: StackOption = None,
        as_json: JsonOption = False,
    ) -> None:
        with connected(stack) as target:
            stored = existing(target, kind, name)
            _conflict_safe(lambda: kind.table(target).disable(stored, reason or None, now()))
            _done(Output(as_json), kind, stored, "disabled")

    return app


_HEALTH = ("", ", with a clean record: its breaker is closed")
_CANCELS = ("", "; what is pending for it is cancelled")


def _list(target: Target, out: Output, kind: Kind, columns: Columns, tenant: str | None) -> None:
    items = [described(kind, stored, target) for stored in kind.table(target).all(tenant)]
    items.sort(key=kind.key_of)
    titles = [*columns, "state"]
    if kind is SUBSCRIPTION:
        titles.append("health")
        for item, health in zip(items, healths(target, items), strict=True):
            item["health"] = health
    rows = [_row(kind, item, columns) for item in items]
    out.rows(titles, rows, document=items, empty=f"no {kind.name}s; `doorbell {kind.name}s put --help`")


def _row(kind: Kind, item: dict[str, Any], columns: Columns) -> list[object]:
    defaults = {"tenant_id": DEFAULT_TENANT}
    cells: list[object] = [item.get(field, defaults.get(field)) for field in columns.values()]
    cells.append(state_of(item, item["problems"]))
    return [*cells, health_text(item["health"])] if kind is SUBSCRIPTION else cells


def _show(target: Target, out: Output, kind: Kind, stored: Stored) -> None:
    item = described(kind, stored, target)
    lines: dict[str, object] = {name: value for name, value in item.items() if name != "problems"}
    if kind is SUBSCRIPTION:
        (item["health"],) = healths(target, [item])
        lines["health"] = health_text(item["health"])
    else:
        item["url"] = lines["url"] = f"{target.api_url}/in/{item['source_id']}"
    for name in _TIMES:
        if isinstance(item.get(name), int | float):
            lines[name] = clock(item[name])
    for problem in item["problems"]:
        lines[f"PROBLEM {problem['field']}"] = problem["problem"]
    out.fields(lines, document=item)


def _conflict_safe(call: Any) -> None:
    try:
        call()
    except Conflict as error:
        fail(f"{error}; nothing was written: look at it and try again")


def _done(out: Output, kind: Kind, stored: Stored, what: str) -> None:
    out.say(f"{kind.label(stored.values)}: {what}")
    key = {name: stored.values[name] for name in kind.key}
    out.document({"action": what, "kind": kind.name, **key})

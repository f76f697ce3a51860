"""How sources and subscriptions are shown: a list, one of them, and one as YAML."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from doorbell.runtime.admin_api import iso
from doorbell.store.configuration.config_tables import Stored
from doorbell_cli.commands.configuration.healths import health_document, health_text, healths
from doorbell_cli.commands.configuration.items import (
    described,
    refuse_broken,
    state_of,
)
from doorbell_cli.commands.configuration.plan import BOOKKEEPING
from doorbell_cli.configuration import DEFAULT_TENANT, SUBSCRIPTION, Kind
from doorbell_cli.ops.counts import refused_in_words, refused_of, with_kept
from doorbell_cli.output import Output, Styled, clock
from doorbell_cli.target import Target

type Columns = dict[str, str]
"""Column title → field."""

_TIMES = ("created_at", "updated_at", "disabled_at", "paused_at")


def say_items(target: Target, out: Output, kind: Kind, columns: Columns, tenant: str | None) -> None:
    items = [described(kind, stored, target) for stored in kind.table(target).all(tenant)]
    items.sort(key=kind.key_of)
    defaults = {"tenant_id": DEFAULT_TENANT}
    rows = [[item.get(field, defaults.get(field)) for field in columns.values()] for item in items]
    for item, row in zip(items, rows, strict=True):
        row.append(state_of(item, item["problems"]))
    titles = [*columns, "state"]
    if kind is SUBSCRIPTION:
        titles.append("health")
        for item, row, health in zip(items, rows, healths(target, items), strict=True):
            item["health"] = None if health is None else health_document(health)
            row.append(health_text(health))
    else:
        titles.append("refused, last hour")
        for item, row, refused in zip(items, rows, refused_of(target, items), strict=True):
            item["refused_last_hour"] = dict(refused)
            row.append(Styled(refused_in_words(refused), "yellow"))
    document = [{**item, **_times(item)} for item in items]
    out.rows(
        titles,
        rows,
        document=document,
        empty=f"No {kind.name}s. `doorbell {kind.name}s put --help` says how to make one.",
    )


def say_item(target: Target, out: Output, kind: Kind, stored: Stored) -> None:
    item = described(kind, stored, target)
    lines: dict[str, object] = {name: value for name, value in item.items() if name != "problems"}
    if kind is SUBSCRIPTION:
        (health,) = healths(target, [item])
        item["health"] = None if health is None else health_document(health)
        lines["health"] = health_text(health)
    else:
        item["url"] = lines["url"] = f"{target.api_url}/in/{item['source_id']}"
        (counted,) = refused_of(target, [item])
        refused = with_kept(target, item, counted)
        item["refused_last_hour"] = dict(refused)
        lines["refused in the last hour"] = Styled(
            refused_in_words(refused) or "0", "yellow" if refused else ""
        )
    lines |= {name: clock(float(item[name])) for name in _times(item)}
    for problem in item["problems"]:
        lines[f"PROBLEM {problem['field']}"] = Styled(problem["problem"], "red")
    out.fields(lines, document={**item, **_times(item)})


def yaml_of(target: Target, kind: Kind, stored: Stored) -> str:
    """A file that `apply` takes for no change. Ends the command for a broken item: what is wrong with it may
    be a secret in the wrong place."""
    refuse_broken(target, kind, stored.values)
    return yaml_text(kind, stored.values)


def yaml_text(kind: Kind, values: Mapping[str, Any]) -> str:
    """A sound item, without what nobody writes."""
    item = {name: plain(value) for name, value in values.items() if name not in BOOKKEEPING}
    order = [*kind.key, *sorted(set(item) - set(kind.key))]
    text: str = yaml.safe_dump(
        {f"{kind.name}s": [{name: item[name] for name in order}]}, sort_keys=False, allow_unicode=True
    )
    return text


def _times(item: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: iso(float(item[name])) for name in _TIMES if isinstance(item.get(name), int | float | Decimal)
    }


def plain(value: Any) -> Any:
    """As YAML has it: sets as sorted lists, numbers as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value

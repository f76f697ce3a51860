"""The plan of `doorbell apply`: what a file would change, item by item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from doorbell.store.config_tables import Stored
from doorbell.usecases.configure import starts_anew
from doorbell_cli.configfile import Entry
from doorbell_cli.configuration import (
    DEFAULT_TENANT,
    KINDS,
    SUBSCRIPTION,
    Kind,
    forget_health,
    found_in,
    now,
    policy,
    storable,
)
from doorbell_cli.secret_text import shown_item
from doorbell_cli.target import Target

BOOKKEEPING = ("created_at", "updated_at", "disabled_at", "disabled_reason")


@dataclass(frozen=True, slots=True)
class Change:
    """`verb` is create, update, delete or unchanged. `fields`: what changes, as (field, before, after)."""

    verb: str
    kind: Kind
    values: dict[str, Any]
    seen: Stored | None = None
    fields: list[tuple[str, object, object]] = field(default_factory=list)
    note: str = ""

    @property
    def label(self) -> str:
        return self.kind.label(self.values)

    @property
    def document(self) -> dict[str, Any]:
        changed = [{"field": name, "before": before, "after": after} for name, before, after in self.fields]
        key = {name: self.values[name] for name in self.kind.key}
        return {"action": self.verb, "kind": self.kind.name, **key, "changes": changed, "note": self.note}


def plan(target: Target, entries: Sequence[Entry], *, prune: bool) -> list[Change]:
    """In the order of the file, deletions last. The entries must be valid."""
    changes = [planned(target, entry.kind, entry.values) for entry in entries]
    return [*changes, *(_surplus(target, entries) if prune else ())]


def planned(target: Target, kind: Kind, given: Mapping[str, Any]) -> Change:
    """The item as given, in place of what there is. What `enabled` is stays, where it is not given: a
    subscription that Doorbell switched off is not switched on by chance."""
    wanted = storable(kind, given)
    seen = kind.table(target).get(*kind.key_of(wanted))
    if seen is None:
        return Change("create", kind, wanted)
    before = seen.values
    note = ""
    if "enabled" not in given and before.get("enabled") is False:
        wanted["enabled"] = False
        note = f"stays disabled ({before.get('disabled_reason') or 'no reason on record'})"
    kept = {name: before[name] for name in BOOKKEEPING if name in before and name not in wanted}
    if wanted.get("enabled", True):
        kept = {name: value for name, value in kept.items() if not name.startswith("disabled")}
    egress = policy(target)
    old, new = (shown_item(kind, item, found_in(kind, item, egress)) for item in (before, wanted))
    fields = [(name, old.get(name), new.get(name)) for name in _differences(kind, before, wanted)]
    return Change("update" if fields else "unchanged", kind, {**kept, **wanted}, seen, fields, note)


def carry_out(target: Target, change: Change) -> None:
    """Raises `Conflict` when the item was changed after the plan was made."""
    table = change.kind.table(target)
    if change.verb == "delete" and change.seen is not None:
        table.delete(change.seen)
    elif change.verb in ("create", "update"):
        table.put(change.values, change.seen, now())
        before = change.seen.values if change.seen is not None else {}
        if change.kind is SUBSCRIPTION and starts_anew(before, change.values):  # a source has no health
            forget_health(target, change.values)


def _surplus(target: Target, entries: Sequence[Entry]) -> Iterator[Change]:
    """What the target has and the file has not, of the kinds and tenants that the file speaks of."""
    for kind in KINDS:
        own = [entry.values for entry in entries if entry.kind is kind]
        keys = {kind.key_of(values) for values in own}
        for tenant_id in sorted({str(values.get("tenant_id", DEFAULT_TENANT)) for values in own}):
            for stored in kind.table(target).all(tenant_id):
                if kind.key_of(stored.values) not in keys:
                    yield Change("delete", kind, stored.values, stored)


def _differences(kind: Kind, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """The names of the fields that change."""
    old, new = _comparable(kind, before), _comparable(kind, wanted)
    for name in sorted({*old, *new} - set(BOOKKEEPING) - set(kind.key)):
        if old.get(name) != new.get(name):
            yield name


def _comparable(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """With every default filled in, so that spelling one out is no change; a broken item as it is."""
    try:
        return kind.model.model_validate(values).model_dump(by_alias=True)
    except ValidationError:
        return dict(values)

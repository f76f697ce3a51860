"""The plan of `doorbell apply`: what a file would change, item by item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from doorbell.domain.reserved import reserved
from doorbell.store.configuration.config_tables import Stored
from doorbell.store.items.models import load_subscription
from doorbell.usecases.configure import is_paused
from doorbell_cli.configfile import Entry
from doorbell_cli.configuration import (
    DEFAULT_TENANT,
    KINDS,
    SOURCE,
    SUBSCRIPTION,
    Kind,
    found_in,
    policy,
    secret_store,
    storable,
)
from doorbell_cli.ops.oddities import TenantOf, local_only, oddities, tenants_of_sources
from doorbell_cli.ops.of_listeners import is_a_listeners
from doorbell_cli.ops.receivers import signing_warning
from doorbell_cli.ops.references import lead_nowhere
from doorbell_cli.output import Exit, fail
from doorbell_cli.secret_text import shown_item
from doorbell_cli.target import Target

BOOKKEEPING = ("created_at", "updated_at", "disabled_at", "disabled_reason", "paused_at")


@dataclass(frozen=True, slots=True)
class Change:
    """`verb` is create, update, delete or unchanged. `fields`: what changes, as (field, before, after).
    `warnings`: what is accepted and will not do what it seems to."""

    verb: str
    kind: Kind
    values: dict[str, Any]
    seen: Stored | None = None
    fields: list[tuple[str, object, object]] = field(default_factory=list)
    note: str = ""
    warnings: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.kind.label(self.values)

    @property
    def document(self) -> dict[str, Any]:
        changed = [{"field": name, "before": before, "after": after} for name, before, after in self.fields]
        key = {name: self.values[name] for name in self.kind.key}
        said = {"note": self.note, "warnings": self.warnings}
        return {"action": self.verb, "kind": self.kind.name, **key, "changes": changed, **said}


def plan(target: Target, entries: Sequence[Entry], *, prune: bool) -> list[Change]:
    """In the order of the file, deletions last. The entries must be valid."""
    tenant_of = _with_sources_of(entries, tenants_of_sources(target))
    changes = [planned(target, entry.kind, entry.values, tenant_of) for entry in entries]
    return [*changes, *(_surplus(target, entries) if prune else ())]


def planned(
    target: Target, kind: Kind, given: Mapping[str, Any], tenant_of: TenantOf | None = None
) -> Change:
    """The item as given, in place of what there is. What `enabled` and `paused` are stays, where it is not
    given: a subscription that Doorbell switched off is not switched on by chance."""
    wanted = storable(kind, given)
    seen = kind.table(target).get(*kind.key_of(wanted))
    warnings = _warnings(target, kind, wanted, tenant_of or tenants_of_sources(target))
    warnings += _of_the_signing(wanted, seen.values if seen is not None else {})
    if seen is None:
        refuse_reserved(kind, wanted)
        return Change("create", kind, wanted, warnings=[*warnings, *_of_secrets(target, kind, wanted)])
    before = seen.values
    notes = []
    if "enabled" not in given and before.get("enabled") is False:
        wanted["enabled"] = False
        notes.append(f"stays disabled ({before.get('disabled_reason') or 'no reason on record'})")
    if "paused" not in given and is_paused(before):
        wanted["paused"] = True
        notes.append("stays paused")
    kept = {name: before[name] for name in BOOKKEEPING if name in before and name not in wanted}
    over = ("disabled",) * (wanted.get("enabled", True) is True) + ("paused",) * (not is_paused(wanted))
    kept = {name: value for name, value in kept.items() if not name.startswith(over)}
    egress = policy(target)
    old, new = (shown_item(kind, item, found_in(kind, item, egress)) for item in (before, wanted))
    fields = [(name, old.get(name), new.get(name)) for name in _differences(kind, before, wanted)]
    verb = "update" if fields else "unchanged"
    warnings += _of_secrets(target, kind, wanted) if fields else []
    return Change(verb, kind, {**kept, **wanted}, seen, fields, "; ".join(notes), warnings)


def refuse_reserved(kind: Kind, wanted: Mapping[str, Any]) -> None:
    """Ends the command. A source that is there keeps its name."""
    if kind is SOURCE and (taken := reserved(wanted)) is not None:
        fail(f"{kind.label(wanted)}: {': '.join(taken)}.", Exit.PROBLEM)


def _warnings(target: Target, kind: Kind, values: Mapping[str, Any], tenant_of: TenantOf) -> list[str]:
    if kind is not SUBSCRIPTION:
        return []
    subscription = load_subscription(values)
    odd = [*oddities(subscription, values.get("event_types"), tenant_of)]
    return [
        f"{name}: {problem}" for name, problem in (*odd, *(local_only(subscription) if target.local else ()))
    ]


def _of_secrets(target: Target, kind: Kind, values: Mapping[str, Any]) -> list[str]:
    return [f"{name}: {problem}" for name, problem in lead_nowhere(secret_store(target), kind, values)]


def _of_the_signing(wanted: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Told once, when it is chosen."""
    signing = str(wanted.get("signing", ""))
    warning = signing_warning(signing) if signing != before.get("signing") else ""
    return [f"signing: {warning}"] if warning else []


def _with_sources_of(entries: Sequence[Entry], otherwise: TenantOf) -> TenantOf:
    """The sources that the same files are about to make are there."""
    new = {
        str(entry.values.get("source_id")): str(entry.values.get("tenant_id", DEFAULT_TENANT))
        for entry in entries
        if entry.kind is not SUBSCRIPTION
    }
    return lambda source_id: new[source_id] if source_id in new else otherwise(source_id)


def _surplus(target: Target, entries: Sequence[Entry]) -> Iterator[Change]:
    """What the target has and the file has not, of the kinds and tenants that the file speaks of."""
    for kind in KINDS:
        own = [entry.values for entry in entries if entry.kind is kind]
        keys = {kind.key_of(values) for values in own}
        for tenant_id in sorted({str(values.get("tenant_id", DEFAULT_TENANT)) for values in own}):
            for stored in kind.table(target).all(tenant_id):
                if kind.key_of(stored.values) not in keys and not is_a_listeners(target, stored.values):
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

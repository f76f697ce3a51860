"""The catalogue: every provider as data, in one module per kind, loaded when first asked for."""

from importlib import import_module

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.index import ALIASES, GROUPS

_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}
_loaded: dict[str, Entry] = {}


def names() -> tuple[str, ...]:
    """Every entry's own name, by group."""
    return tuple(_GROUP_OF)


def canonical(name: str) -> str | None:
    """The entry's own name for `name` or an alias of it; None when there is none."""
    name = ALIASES.get(name, name)
    return name if name in _GROUP_OF else None


def find(name: str) -> Entry | None:
    """The entry of a provider or of one of its forms, by name or alias."""
    entry = _loaded.get(name)
    if entry is not None:
        return entry
    own = canonical(name)
    if own is None:
        return None
    module = import_module(f"doorbell.signatures.catalogue.{_GROUP_OF[own]}")
    for one in module.ENTRIES:
        _loaded[one.name] = one
    _loaded[name] = _loaded[own]
    return _loaded[own]

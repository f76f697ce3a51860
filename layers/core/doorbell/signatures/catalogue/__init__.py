"""The catalogue: every provider as data, in one module per kind, loaded when first asked for."""

from importlib import import_module

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.index import GROUPS

_loaded: dict[str, Entry] = {}


def names() -> tuple[str, ...]:
    """Every entry's own name, by group."""
    return tuple(name for names in GROUPS.values() for name in names.split())


def canonical(name: str) -> str | None:
    """The entry's own name for `name` or an alias of it; None when there is none."""
    if _group_of(name):
        return name
    from doorbell.signatures.catalogue.aliases import ALIASES  # most names are the entries' own

    return ALIASES.get(name)


def find(name: str) -> Entry | None:
    """The entry of a provider or of one of its forms, by name or alias."""
    entry = _loaded.get(name)
    if entry is not None:
        return entry
    own = canonical(name)
    if own is None:
        return None
    module = import_module(f"doorbell.signatures.catalogue.{_group_of(own)}")
    for one in module.ENTRIES:
        _loaded[one.name] = one
    _loaded[name] = _loaded[own]
    return _loaded[own]


def _group_of(name: str) -> str:
    """By looking through the few lines of the index: a table of all names would cost every cold start."""
    wanted = f" {name} "
    if not name or " " in name:
        return ""
    return next((group for group, names in GROUPS.items() if wanted in f" {names} "), "")

"""When a change is seen: every environment of a function keeps what it read for so long."""

from math import ceil

from doorbell.runtime.admin_api import iso
from doorbell.store.configuration import sources, subscriptions
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION, Kind

_KEPT_SECONDS = {SOURCE.name: sources.CACHE_SECONDS, SUBSCRIPTION.name: subscriptions.CACHE_SECONDS}


def in_force_by(kind: Kind, written_at: float) -> float:
    """Epoch seconds, whole, so that a clock that shows seconds shows none too early."""
    return float(ceil(written_at + _KEPT_SECONDS[kind.name]))


def by_json(by: float | None) -> dict[str, str | None]:
    """For a document; nothing where nothing was changed."""
    return {} if by is None else {"in_force_by": iso(by)}

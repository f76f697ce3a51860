"""Names that nobody can give a new source: those of what rings without one. A source that has such a name
from before keeps working, and is told of by `doorbell check`."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.own_events import SOURCE, TENANT

INBOX_SOURCE: Final = "inbox"
TEST_SOURCE: Final = "doorbell-test"
"""Of `doorbell test`, whose events are for one subscription alone. A source may have the name."""


def reserved(source: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field of a source's item that is taken, and by what; None: nothing is."""
    if source.get("source_id") == SOURCE:
        return "source_id", f'"{SOURCE}" is the name of Doorbell\'s own events. Choose another'
    if source.get("source_id") == INBOX_SOURCE:
        return "source_id", f'"{INBOX_SOURCE}" is the name of what comes by the inbox queue. Choose another'
    if source.get("tenant_id") == TENANT:
        return "tenant_id", f'"{TENANT}" is the tenant of Doorbell\'s own events. Choose another'
    return None

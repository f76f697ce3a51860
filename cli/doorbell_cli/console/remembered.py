"""A tenant's counts, which several parts of a page show: read once for all, and kept for a moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from doorbell_cli.ops.tenant_counts import TenantCounts, tenant_counts
from doorbell_cli.target import Target

FRESH_SECONDS = 60.0
MOST = 8
"""Tenants of which it is kept."""


@dataclass(slots=True)
class Remembered:
    """Who asks while another reads waits for it."""

    target: Target
    clock: Callable[[], float]
    _found: dict[str, tuple[float, TenantCounts]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, tenant_id: str) -> tuple[float, TenantCounts]:
        """When they were read, epoch seconds, and what they said."""
        with self._lock:
            now = self.clock()
            at, found = self._found.get(tenant_id, (0.0, None))
            if found is None or now - at > FRESH_SECONDS:
                self._found.pop(tenant_id, None)
                at, found = now, tenant_counts(self.target, tenant_id, now)
                self._found[tenant_id] = (at, found)
                while len(self._found) > MOST:
                    del self._found[next(iter(self._found))]
            return at, found

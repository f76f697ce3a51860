"""Purge a tenant with an operator's own credentials: `doorbell.usecases.purge` says what goes, and in which
order."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from doorbell.domain.purges import KINDS
from doorbell.usecases.purge import Drawer, pages
from doorbell_cli.ops.belongings import Written, belongings, pool
from doorbell_cli.ops.queues import depth
from doorbell_cli.secret_text import references_in
from doorbell_cli.target import Target

type Found = Mapping[str, int]
"""How many there are of a tenant, of each of `KINDS`."""


@dataclass(frozen=True, slots=True)
class Purge:
    target: Target
    tenant_id: str

    def count(self) -> Found:
        """By reading alone: what a purge would remove, and, after it, that it did."""
        found = dict.fromkeys(KINDS, 0)
        with pool() as threads:
            for drawer in self._drawers(threads):
                if drawer.kind in KINDS:
                    found[drawer.kind] += sum(len(some) for some in pages(drawer))
        return found

    def waiting(self) -> int:
        """Messages on the events queue and its dead-letter queue: of all tenants, nobody can tell whose."""
        return depth(self.target, "Events") + depth(self.target, "EventsDeadLetter")

    def secret_references(self) -> list[str]:
        """What the tenant's items refer to, in any of their fields. Not removed: others may refer to the
        same."""
        items = Written(self.target, self.tenant_id).items()
        return sorted({reference for item in items for reference in references_in(item)})

    def run(self, watch: Callable[[int], None]) -> None:
        """`watch` hears how many events are gone."""
        with pool() as threads:
            for drawer in self._drawers(threads):
                for some in pages(drawer):
                    drawer.remove(some)
                    if drawer.kind == "events":
                        watch(len(some))

    def _drawers(self, threads: ThreadPoolExecutor) -> Sequence[Drawer]:
        return belongings(self.target, self.tenant_id, threads)

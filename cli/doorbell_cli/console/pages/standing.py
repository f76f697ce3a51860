"""How one subscription stands, with its item and its endpoint's, each of which is read once for all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from doorbell.domain.health import Health
from doorbell.domain.standing import Standing
from doorbell.store.configuration.config_tables import ConfigTable, Stored
from doorbell.store.health.reads import NOTHING, HealthReads, OnRecord
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk
from doorbell_cli.ops.status_reading import status_reader


@dataclass(slots=True)
class _ReadOnce:
    """The items' table."""

    table: ConfigTable
    found: dict[tuple[str, ...], Stored | None]

    def get(self, *key: str) -> Stored | None:
        if key not in self.found:
            self.found[key] = self.table.get(*key)
        return self.found[key]

    def all(self, tenant_id: str | None = None) -> Iterator[Stored]:
        return self.table.all(tenant_id)


@dataclass(slots=True)
class _WithRecord:
    """Healths, of which one is asked; and all that is kept of its endpoint."""

    reads: HealthReads
    record: OnRecord = NOTHING

    def healths(self, endpoint_ids: Sequence[str]) -> Mapping[str, Health]:
        (name,) = endpoint_ids
        self.record = self.reads.of_one(name)
        return {name: self.record.health}


@dataclass(frozen=True, slots=True)
class Stand:
    standing: Standing
    record: OnRecord


def item_of(desk: Desk, tenant_id: str, subscription_id: str) -> Stored | None:
    """A call."""
    return SUBSCRIPTION.table(desk.target).get(tenant_id, subscription_id)


def standing_of(
    desk: Desk, tenant_id: str, subscription_id: str, item: Stored | None, lost_since: float
) -> Stand:
    """Five AWS calls with 5,000 deliveries on record; while its endpoint has a waiting list eight more, or up
    to eleven where thousands wait. `item`: what `item_of` found."""
    read = _ReadOnce(SUBSCRIPTION.table(desk.target), {(tenant_id, subscription_id): item})
    healths = _WithRecord(HealthReads(desk.target.client("dynamodb"), desk.target.table("Endpoints")))
    status = replace(status_reader(desk.target), items=read, healths=healths)
    return Stand(status.of(tenant_id, subscription_id, lost_since), healths.record)

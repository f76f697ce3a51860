"""The claims and outcomes of one batch of deliveries, gathered into few calls.

What the gathered call did not do, for whatever reason, is done by itself: there it is decided whether a claim
is lost, and there a write knows itself that was made before its answer was lost.
"""

from collections.abc import Callable
from dataclasses import dataclass

from doorbell.domain.claims import Lost, Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease
from doorbell.store import delivery_statements
from doorbell.store.deliveries import DeliveryTable
from doorbell.store.delivery_items import delivery_from
from doorbell.store.gathered import Gathered
from doorbell.store.statements import CONDITION_FAILED, Done, Statement
from doorbell.store.tables import unmarshal


@dataclass(frozen=True, slots=True)
class DeliveriesTogether:
    """The two writes of a dispatcher; for the others there is `table`. `on_failure` is told why a write was
    not made in the call, unless its condition did not hold."""

    table: DeliveryTable
    gathered: Gathered
    on_failure: Callable[[str], None]

    def claim(self, key: DeliveryKey, attempt: int, lease: Lease, now: float) -> Won | Lost:
        item = self._execute(delivery_statements.claim(self.table.table, key, attempt, lease, now)).item
        if item is None:
            return self.table.claim(key, attempt, lease, now)
        return Won(delivery_from(unmarshal(item)))

    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        done = self._execute(delivery_statements.outcome(self.table.table, claimed, attempt, after))
        return done.failure is None or self.table.record(claimed, attempt, after)

    def _execute(self, statement: Statement) -> Done:
        done = self.gathered.execute(statement)
        if done.failure not in (None, CONDITION_FAILED):
            self.on_failure(done.failure)
        return done

"""The claims and outcomes of one batch of deliveries, gathered into few calls.

What the gathered call did not do is done by itself, unless it is told what a claim was lost to: there it is
decided, and there a write knows itself that was made before its answer was lost.
"""

from collections.abc import Callable
from dataclasses import dataclass

from doorbell.domain.claims import Lost, Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease
from doorbell.store.deliveries import delivery_statements
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_items import delivery_from
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.dynamodb.statements import CONDITION_FAILED, Done, Statement
from doorbell.store.dynamodb.tables import unmarshal


@dataclass(frozen=True, slots=True)
class DeliveriesTogether:
    """The two writes of a dispatcher; for the others there is `table`. `on_failure` is told why a write was
    not made in the call, unless its condition did not hold; of a call that failed whole once."""

    table: DeliveryTable
    gathered: Gathered
    on_failure: Callable[[str], None]

    def claim(
        self, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost:
        statement = delivery_statements.claim(self.table.table, key, attempt, lease, now, release=release)
        done = self._execute(statement)
        if done.item is None:
            return self.table.claim(key, attempt, lease, now, release=release)
        there = delivery_from(unmarshal(done.item))
        if done.failure is None or (there.lease is not None and there.lease.lease_id == lease.lease_id):
            return Won(there)
        if there.lease is not None and there.lease.until < now:  # which no statement can ask
            return self.table.claim(key, attempt, lease, now, release=release)
        return Lost(there)

    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        of = self.table
        statement = delivery_statements.outcome(of.table, claimed, attempt, after, history=of.history)
        done = self._execute(statement)
        return done.failure is None or self.table.record(claimed, attempt, after)

    def _execute(self, statement: Statement) -> Done:
        done = self.gathered.execute(statement)
        if done.failure not in (None, CONDITION_FAILED) and not done.is_told:
            self.on_failure(done.failure)
        return done

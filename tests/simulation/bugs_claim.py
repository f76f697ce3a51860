"""Bugs of the claim and the record, and of what comes after an attempt."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain import transitions
from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.health import Health
from doorbell.domain.outbound import Outcome
from doorbell.store.deliveries import delivery_statements
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.deliveries_together import DeliveriesTogether
from doorbell.store.dynamodb.statements import Statement
from doorbell.usecases.conclude import Conclude
from tests.simulation.mutations import Wrap, bug
from tests.simulation.story import story_of


def _without(part: str) -> Wrap:
    """DeliveryTable._update without a part of its condition."""

    def wrap(sound: Callable[..., Any]) -> Callable[..., Any]:
        def mutant(
            self: DeliveryTable, key: DeliveryKey, update: str, condition: str, values: dict[str, Any],
            names: dict[str, str],
        ) -> Any:  # fmt: skip
            left = " AND ".join(p for p in condition.split(" AND ") if p != part) or "attribute_exists(sk)"
            used = re.findall(r"[:#]\w+", f"{update} {left}")
            kept = {name: value for name, value in values.items() if name in used}
            return sound(self, key, update, left, kept, {n: v for n, v in names.items() if n in used})

        return mutant

    return wrap


for _says, _part, _met_at in (
    (
        "claim: a live lease does not matter",
        "(attribute_not_exists(lease_until) OR lease_until < :now)",
        None,
    ),
    ("claim: any attempt number will do", "attempts_made = :made", None),
    ("claim: before its time will do", "next_attempt_at <= :soon", story_of(118)),
    ("claim, record: what has ended can go on", "#state = :pending", story_of(7)),
    ("record: without the claim's lease", "lease_id = :lease", None),
):
    bug(_says, DeliveryTable, "_update", _met_at)(_without(_part))


def _unasked(part: str) -> Wrap:
    """A statement of a batch without a part of its condition."""

    def wrap(sound: Callable[..., Statement]) -> Callable[..., Statement]:
        def mutant(*given: Any, **named: Any) -> Statement:
            text, parameters = sound(*given, **named)
            before, after = text.split(f" AND {part}")
            number = before.count("?")
            return before + after, parameters[:number] + parameters[number + part.count("?") :]

        return mutant

    return wrap


for _says, _name, _part, _met_at in (
    ("claim, in a batch: a live lease does not matter", "claim", '"lease_until" IS MISSING', None),
    ("claim, in a batch: any attempt number will do", "claim", '"attempts_made" = ?', story_of(18)),
    ("claim, in a batch: before its time will do", "claim", '"next_attempt_at" <= ?', story_of(1226)),
    ("record, in a batch: without the claim's lease", "outcome", '"lease_id" = ?', None),
):
    bug(_says, delivery_statements, _name, _met_at)(_unasked(_part))


@bug("record, in a batch: what the call did not do is taken for done", DeliveriesTogether, "record")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: DeliveriesTogether, *given: Any) -> bool:
        self.gathered.execute(delivery_statements.outcome(self.table.table, *given, history=True))
        return True

    return mutant


@bug("conclude: due_at is forgotten", Conclude, "_after")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Conclude, *given: Any) -> Any:
        after, step = sound(self, *given)
        return replace(after, due_at=None), step

    return mutant


@bug("conclude: the next message is forgotten", Conclude, "send_next")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, delivery, step: None


@bug("conclude: health is state: no record where its write is lost", Conclude, "attempt")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(
        self: Conclude, delivery: Delivery, subscription: Any, outcome: Outcome, seen: Health, at: float
    ) -> bool:
        wanted = self._health.judged(delivery, subscription, seen, outcome, self.clock())
        if wanted == seen or self.endpoints.write_health(subscription.endpoint_id, wanted):
            return bool(sound(self, delivery, subscription, outcome, wanted, at))
        return True

    return mutant


@bug("retry: the schedule never ends", transitions, "next_delay")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda policy, attempts_made, rand: 5.0

"""Bugs of what is kept too long: in an environment that was frozen, in a table whose items have expired."""

from collections.abc import Callable, Mapping
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.clocks import Clocks, Moment
from doorbell.store.deliveries import deliveries
from doorbell.store.dynamodb.cache import TtlCache
from doorbell.store.dynamodb.tables import is_gone, marshal, unmarshal
from doorbell.store.events import events
from doorbell.store.events.event_items import event_from, event_key
from doorbell.store.events.events import EventTable
from doorbell.store.secrets import secrets
from doorbell.store.secrets.secrets import SecretStore
from tests.simulation.mutations import bug
from tests.simulation.outages import outage_of
from tests.simulation.story import START, story_of


@bug("clocks: a frozen environment's running clock is believed", Clocks, "age", met_at=outage_of(6))
def _(sound: Callable[..., float]) -> Callable[..., float]:
    def mutant(self: Clocks, since: Moment) -> float:
        return self.running() - since.running

    return mutant


@bug("secrets: a mismatch does not ask for an overwritten one", SecretStore, "forget", met_at=story_of(118))
def _(sound: Callable[..., bool]) -> Callable[..., bool]:
    return lambda self, references: False


@bug("secrets: a parameter is never asked whether it has changed", secrets, "mark_of", met_at=story_of(118))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    """Always what it was, until it is decrypted again."""
    return lambda client, ref: (1, START + 1)


@bug("cache: what it has it keeps", TtlCache, "get", met_at=outage_of(16))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TtlCache[Any, Any], key: Any, load: Callable[[], Any]) -> Any:
        there = self._entries.get(key)
        return sound(self, key, load) if there is None else there[1]

    return mutant


@bug("late TTL: an expired delivery is taken for the new event's", deliveries, "put_new", met_at=story_of(10))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(client: Any, table: str, values: Mapping[str, Any], now: float) -> Any:
        return sound(client, table, values, 0.0)

    return mutant


@bug("late TTL: an expired routing page is taken for the new event's", events, "is_gone", met_at=story_of(14))
def _(sound: Callable[..., bool]) -> Callable[..., bool]:
    return lambda values, now: not values


@bug("late TTL: a stale read of what was put over is believed (found by this simulation)", EventTable, "get")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: EventTable, event_id: str, now: float, **_: bool) -> Any:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=marshal(event_key(event_id)))
        values = unmarshal(answer.get("Item", {}))
        return None if is_gone(values, now) else event_from(values)

    return mutant

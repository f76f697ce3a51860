"""All replays of one event: to whom they would go, who is left out and why, and the replays themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.errors import Refusal
from doorbell.store.deliveries.delivery_items import place_of
from doorbell.usecases.inspect import Inspect
from doorbell_cli.ops.replayer import Replayer

MOST = 100
"""Replays that are made at once."""
LOOKED_AT = 500
"""Deliveries of an event that a plan looks through."""
PAGE = 250
"""Of them in one read."""
MISSED = frozenset({State.EXHAUSTED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Again:
    """`last`: how its newest delivery stands. `generation`: of the replay that is planned."""

    subscription_id: str
    url: str
    last: str
    generation: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    subscription_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """`MOST` deliveries at most. `after`: where the others begin; None: there are none."""

    deliveries: Sequence[Delivery]
    after: str | None


def wanted(inspect: Inspect, event_id: str, after: str | None, everybody: bool) -> Wanted:
    """The newest delivery of the event to each who missed it, or to `everybody` who was to get it, in order
    of their names: of `LOOKED_AT` behind `after`. Two reads of a page each, at most.

    Refuses (404) an event that is unknown or has expired."""
    last, looked, place = dict[str, Delivery](), 0, after
    while looked < LOOKED_AT:
        page = inspect.page(event_id, place, PAGE)
        last |= {one.key.subscription_id: one for one in sorted(page.deliveries, key=_key)}
        looked, place = looked + PAGE, page.after
        if place is None:
            break
    if place is not None and len(last) > 1:
        last.popitem()  # of the last there may be a newer one behind
        place = place_of(last[next(reversed(last))].key)
    chosen = [one for one in last.values() if everybody or one.state in MISSED]
    if len(chosen) > MOST:
        return Wanted(chosen[:MOST], place_of(chosen[MOST - 1].key))
    return Wanted(chosen, place)


def _key(delivery: Delivery) -> DeliveryKey:
    return delivery.key


def planned(replayer: Replayer, deliveries: Iterable[Delivery]) -> Iterator[Again | LeftOut]:
    """By reading alone: a call for each, when it is asked for."""
    table = replayer.subscriptions()
    for one in deliveries:
        name = one.key.subscription_id
        found = table.get(one.tenant_id, name)
        if not one.state.terminal:
            yield LeftOut(name, "a delivery to it is still under way")
        elif found is None:
            yield LeftOut(name, "it is not there any more, or broken")
        elif not found.enabled:
            yield LeftOut(name, "it is disabled")
        else:
            yield Again(name, found.url, one.state.value, one.key.generation + 1)


def replay_each(
    replayer: Replayer, event_id: str, chosen: Mapping[str, int]
) -> tuple[Sequence[str], Sequence[LeftOut]]:
    """Who was sent it anew, and who was not. `chosen`: the generation that was planned, by subscription:
    where there is one already, somebody has sent it since, and it is not sent twice."""
    one, sent, left = replayer.one(), list[str](), list[LeftOut]()
    for name, generation in chosen.items():
        try:
            if one.plan(event_id, name).key.generation != generation:
                left.append(LeftOut(name, "it was replayed meanwhile"))
                continue
            one(event_id, name)
        except Refusal as refusal:
            left.append(LeftOut(name, refusal.detail))
        else:
            sent.append(name)
    return sent, left

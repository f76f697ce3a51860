"""All replays of one event: to whom they would go, who is left out and why, and the replays themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.errors import Refusal
from doorbell.usecases.inspect import Story
from doorbell_cli.ops.replayer import Replayer

MOST = 100
"""Replays that are made at once."""
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


def last_of(story: Story) -> Mapping[str, Delivery]:
    """The newest delivery of the event by subscription."""
    return {one.key.subscription_id: one for one in sorted(story.deliveries, key=lambda one: one.key)}


def wanted(last: Mapping[str, Delivery], everybody: bool) -> Sequence[Delivery]:
    """Of those who missed the event, or of `everybody` who was to get it."""
    return [one for one in last.values() if everybody or one.state in MISSED]


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

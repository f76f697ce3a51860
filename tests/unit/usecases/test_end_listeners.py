"""Listeners that are away for good."""

import pytest

from doorbell.domain.errors import Unavailable
from doorbell.domain.listening import Listener, queue_name
from doorbell.usecases.end_listeners import EndListeners
from tests.support.fakes import RecordingLog

NAME = queue_name("gate", "acme", "laptop")


class World:
    """`dies_at`: the step that AWS does not do."""

    def __init__(self, *listeners: Listener, dies_at: str = "") -> None:
        self.listeners, self.dies_at = listeners, dies_at
        self.done: list[tuple[str, str]] = []

    def away(self, now: float) -> list[Listener]:
        self.step("asked", str(now))
        return [one for one in self.listeners if one.until <= now]

    def forget(self, listener: Listener) -> None:
        self.step("forgotten", listener.subscription_id)

    def step(self, what: str, whom: str) -> None:
        if what == self.dies_at:
            raise Unavailable("aws", what, "down")
        self.done.append((what, whom))


class Subscriptions:
    def __init__(self, world: World) -> None:
        self.world = world

    def remove(self, listener: Listener) -> None:
        self.world.step("unsubscribed", listener.subscription_id)


class Queues:
    def __init__(self, world: World) -> None:
        self.world = world

    def remove(self, queue_url: str) -> None:
        self.world.step("deleted", queue_url)


def laptop(name: str = NAME) -> Listener:
    return Listener("acme", "laptop", f"arn:aws:sqs:eu:1:{name}", f"https://sqs/1/{name}", 100.0)


def end(world: World, now: float = 100.0) -> RecordingLog:
    log = RecordingLog()
    EndListeners(world, Subscriptions(world), Queues(world), "gate", lambda: now, log)()
    return log


def test_its_subscription_goes_first_then_the_queue_and_the_note_of_it_last() -> None:
    world = World(laptop())
    end(world)
    assert [what for what, _ in world.done] == ["asked", "unsubscribed", "deleted", "forgotten"]


def test_one_that_is_there_stays() -> None:
    world = World(laptop())
    end(world, now=99.0)
    assert world.done == [("asked", "99.0")]


def test_a_note_that_names_another_queue_removes_none() -> None:
    world = World(laptop("orders"))
    end(world)
    assert [what for what, _ in world.done] == ["asked", "unsubscribed", "forgotten"]


@pytest.mark.parametrize("step", ["asked", "unsubscribed", "deleted", "forgotten"])
def test_what_aws_does_not_do_is_told_and_left_for_the_next_look(step: str) -> None:
    world = World(laptop(), dies_at=step)
    log = end(world)
    assert ("forgotten", "laptop") not in world.done
    assert log.messages("error") == ["listeners_not_ended"]

"""A developer's desk: `doorbell listen --forward` and the application behind it, killed and started again."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any, Protocol

from doorbell.domain.errors import Unavailable
from doorbell.domain.listening import AWAY_SECONDS
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell_cli.listening.inbox import Inbox
from doorbell_cli.listening.loop import AWS_PATIENCE, BEAT_SECONDS, MOST_UNANSWERED, Loop
from doorbell_cli.listening.memory import Memory
from doorbell_cli.listening.place import Place
from doorbell_cli.listening.ringer import Ringer
from doorbell_cli.listening.screen import Screen
from tests.simulation.loop import Violation

APP = ("answers", "answers", "fails", "down", "hangs")
DOWN = Outcome(None, "connect_failed", "", None, "", 1)
HANGS = Outcome(None, "timeout", "", None, "", 1)
SLEEPS = (20.0, 20.0, 600.0, 5_000.0, 90_000.0)
"""What may pass in one long poll: a lid is shut."""


NEARLY_A_DAY = AWAY_SECONDS - BEAT_SECONDS - 2 * max(AWS_PATIENCE)
"""Signs of life are as old as that between two of them."""


class Killed(BaseException):
    """A process ends here."""


class World(Protocol):
    now: float
    rng: Random
    calm: bool
    faults: bool

    def clock(self) -> float: ...
    def call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T: ...
    def anything_left(self) -> bool: ...


class Desk:
    """`answered`: how often the application answered an event; `hung`: took it and gave no answer. `excused`:
    how often its listener died before an answer was on disk. `said`: events that are on disk, answered or
    given up. `awake_at`: when the listener was last at work; after a day away, a sign of life."""

    def __init__(self, world: World, place: Callable[[Callable[[float], None]], Place], folder: Path) -> None:
        self.world, self.place, self.memory, self.app = world, place, Kept(self, folder), "answers"
        self.answered, self.excused, self.hung = Counter[str](), Counter[str](), Counter[str]()
        self.awake_at = 0.0
        self.said, self.unkept = set[str](), set[str]()
        self.ends_at: float | None = None

    def listen(self, seconds: float | None) -> None:
        """For so long, if nothing ends it before; None: until nothing is left."""
        if self.ends_at is not None:
            return
        self.ends_at = float("inf") if seconds is None else self.world.now + seconds
        try:
            with self.memory.held():
                self._run()
        except (Killed, Unavailable):
            self.excused.update(self.unkept)
        finally:
            self.unkept.clear()
            self.ends_at = None

    def _run(self) -> None:
        world, place = self.world, self.place(self.wait)
        place.take()
        inbox = Inbox(place.target.client("sqs"), place.queue_url, 110, world.clock)
        ringer = Ringer(place, "http://localhost:3000/", 30.0, self, world.clock)
        screen = Dark(as_json=False, shows=False)
        Loop(place, inbox, self.memory, ringer, screen, clock=world.clock, wait=self.wait).run()

    def wait(self, seconds: float) -> None:
        self._goes_on(seconds)

    def idle(self) -> None:
        """A long poll found nothing."""
        if self.world.calm and not self.world.anything_left():
            raise Killed
        self._goes_on(20.0 if self.world.calm else self.world.rng.choice(SLEEPS))

    def _goes_on(self, seconds: float) -> None:
        if self.world.now - self.awake_at < NEARLY_A_DAY:
            self.awake_at = self.world.now
        self.world.now += seconds
        assert self.ends_at is not None
        if self.world.now >= self.ends_at:
            raise Killed

    def send(self, request: OutboundRequest) -> Outcome:
        """To the application."""
        event_id = dict(request.headers)["webhook-id"]
        return self.world.call("app", "POST", event_id, lambda: self._took(event_id))

    def _took(self, event_id: str) -> Outcome:
        if self.app == "down":
            return DOWN
        if self.app == "hangs":
            self.hung[event_id] += 1
            return HANGS
        self.answered[event_id] += 1
        self.unkept.add(event_id)
        return Outcome(500 if self.app == "fails" else 204, None, "", None, "", 1)

    def change_app(self) -> None:
        self.app = self.world.rng.choice(APP)

    def kept(self, event_id: str, is_given_up: bool) -> None:
        if is_given_up and self.hung[event_id] < MOST_UNANSWERED:
            raise Violation(f"{event_id} is given up, and was taken {self.hung[event_id]} times")
        self.unkept.discard(event_id)
        self.said.add(event_id)


class Dark(Screen):
    """Nobody looks."""

    def note(self, text: str) -> None: ...

    def _out(self, text: str) -> None: ...


class Kept(Memory):
    """On disk, like the real one; whoever writes may die before or after."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        super().__init__(folder)
        self.desk = desk

    def answered(self, message_id: str, line: Mapping[str, Any]) -> None:
        def effect() -> None:
            super(Kept, self).answered(message_id, line)
            self.desk.kept(str(line["event_id"]), "error" in line)

        self.desk.world.call("disk", "write", message_id, effect)

"""A listener at work: take what waits, ring it, note the answer, let it go.

A message is deleted after the application has answered, and the answer is on disk before. No answer at all
(the application is down, or was killed while it worked) means that the message is held and rung again; nobody
else goes before it. What an application that is there does not answer time and again is given up, and said:
else one event would keep all others. An answer, of any status, is taken as handled; with `retries` only a 2xx
is.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from doorbell.domain.errors import Busy, Unavailable
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.targets.listening import Envelope, NoEnvelope, opened
from doorbell_cli.listening.inbox import Inbox, Message, QueueGone
from doorbell_cli.listening.lines import line_of, no_answer
from doorbell_cli.listening.memory import Memory
from doorbell_cli.listening.place import Place
from doorbell_cli.listening.ringer import NoBody, Ringer
from doorbell_cli.listening.screen import Screen
from doorbell_cli.target import said

BEAT_SECONDS = 600.0
PATIENCE = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Between two tries at an application that is down: the last again and again."""
AWS_PATIENCE = (1.0, 5.0, 15.0, 30.0)
"""And at an AWS that cannot be reached: the network is gone, or a session has ended."""
RETRY_SECONDS = (5, 15, 60, 300)
IS_DOWN = ("connect_failed", "dns_failed", "busy")
"""Nothing took the request: this says nothing of the event."""
MOST_UNANSWERED = 5
"""Times that an application took one event and gave no answer."""


@dataclass
class Loop:
    """`most`: how many it handles before it ends; None: it goes on."""

    place: Place
    inbox: Inbox
    memory: Memory
    ringer: Ringer
    screen: Screen
    retries: bool = False
    most: int | None = None
    clock: Callable[[], float] = time.time
    wait: Callable[[float], None] = time.sleep
    handled: int = 0
    _beaten: float = 0.0
    _last: tuple[Envelope, OutboundRequest] | None = None
    _one_at_a_time: Lock = field(default_factory=Lock)

    def run(self) -> None:
        troubles = 0
        while self.most is None or self.handled < self.most:
            try:
                self._turn()
                troubles = 0
            except Unavailable as error:
                pause = AWS_PATIENCE[min(troubles, len(AWS_PATIENCE) - 1)]
                troubles += 1
                self.screen.waits(f"{said(error)}; what comes meanwhile waits. Trying again")
                self.wait(pause)

    def _turn(self) -> None:
        try:
            self._beat()
            for message in self.inbox.take(self._room()):
                self._handle(message)
        except QueueGone:
            self._again("the queue was removed: nothing was heard of this listener for a day, or more")

    def repeat(self) -> None:
        """Ring the last once more, with a signature of now."""
        if self._last is None:
            self.screen.note("Nothing has come yet that could be repeated.")
            return
        envelope, request = self._last
        outcome = self._ring(request, anew=True)
        if outcome.status is None:
            self.screen.failure(line_of(envelope, outcome, self.clock()), no_answer(outcome))
        else:
            self.screen.answered({**line_of(envelope, outcome, self.clock()), "again": True})

    def _room(self) -> int:
        return 10 if self.most is None else min(10, self.most - self.handled)

    def _handle(self, message: Message) -> None:
        if self.memory.is_answered(message.id):  # its answer is on disk: only its end was missed
            self.inbox.done(message)
            return
        try:
            envelope = opened(message.body)
        except NoEnvelope as error:
            self._give_up(message, {"event_id": message.id}, str(error))
            return
        try:
            request = self.ringer.request(envelope)
        except NoBody as error:
            self._give_up(message, {"event_id": envelope.event_id, "type": envelope.event_type}, str(error))
            return
        outcome = self._answer(message, envelope, request)
        if outcome is None:
            return
        self._last = envelope, request
        line = line_of(envelope, outcome, self.clock())
        if outcome.status is None:
            again = "r rings it again" if self.screen.keys else f"--from {envelope.event_id} rings it again"
            self._give_up(message, line, f"{no_answer(outcome)}, {MOST_UNANSWERED} times; {again}")
            return
        if self.retries and not outcome.is_success:
            delay = RETRY_SECONDS[min(message.received, len(RETRY_SECONDS)) - 1]
            self.screen.answered({**line, "answer": f"{line['answer']} (again in {delay} s)".strip()})
            self.inbox.hold(message, delay)
            return
        self.memory.answered(message.id, line)
        self.handled += 1
        self.screen.answered(line)
        self.inbox.done(message)

    def _answer(self, message: Message, envelope: Envelope, request: OutboundRequest) -> Outcome | None:
        """What the application answered, however long it is down; without a status where it took the event
        and never answered. None: the message is somebody else's by now, and comes again."""
        tries = unanswered = 0
        while True:
            if self.clock() + self.ringer.timeout > message.until and not self.inbox.hold(
                message, self.inbox.hidden
            ):
                return None
            outcome = self._ring(request)
            unanswered += outcome.error not in IS_DOWN
            if outcome.status is not None or unanswered >= MOST_UNANSWERED:
                return outcome
            pause = PATIENCE[min(tries, len(PATIENCE) - 1)]
            if tries == 0:
                self.screen.waits(
                    f"{no_answer(outcome)}; it is held until there is one", line_of(envelope, outcome, 0.0)
                )
            tries += 1
            self.wait(pause)
            self._beat()

    def _ring(self, request: OutboundRequest, *, anew: bool = False) -> Outcome:
        with self._one_at_a_time:
            try:
                return self.ringer.ring(request, anew=anew)
            except Busy:
                return Outcome(None, "busy", "this machine looks too many names up", None, "", 0)

    def _give_up(self, message: Message, line: Mapping[str, Any], why: str) -> None:
        self.memory.answered(message.id, {**line, "at": self.clock(), "error": why})
        self.handled += 1
        self.screen.failure(line, why)
        self.inbox.done(message)

    def _beat(self) -> None:
        """A sign of life; what was removed meanwhile is made again."""
        if self.clock() - self._beaten < BEAT_SECONDS:
            return
        self.place.seen()
        if self._beaten and not self.place.is_whole():
            self._again("the subscription was removed or switched off")
        self._beaten = self.clock()

    def _again(self, why: str) -> None:
        self.screen.note(
            f"{why[0].upper()}{why[1:]}. It is made again. "
            "What came in between: doorbell events list, and --from EVENT."
        )
        self.place.take()
        self._beaten = self.clock()

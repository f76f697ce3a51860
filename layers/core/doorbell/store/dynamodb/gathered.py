"""Conditional writes of several threads, gathered into few calls (group commit); see `statements`.

    thread 1  write ─┐ waits: for all that are still at work or a whole call of them, but not for long
    thread 2  write ─┼─▶ one BatchExecuteStatement ─▶ to each its own answer
    thread 3  write ─┘

Who completes a call makes it, and meanwhile the next is gathered: a hundred writes of one moment are four
calls side by side. Where none comes to complete it, who came first makes it. An AWS call costs about as much
as all else that is done for an event or a delivery, and ten statements in one call hardly more than one.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import batched, islice
from threading import Condition, Lock
from typing import Any

from doorbell.domain.around import Around
from doorbell.store.dynamodb.statements import STATEMENTS, Done, Statement, execute

LINGER_SECONDS = 0.004
"""The longest that a write waits for others, of ten that are at work; an attempt takes some ten times as
long. Of a hundred it is ten times that: so many are not there as soon."""
LINGERING = 10
NOT_SENT = Done("NotSent")


@dataclass(eq=False, slots=True)
class _Waiting:
    """`taken`: somebody makes its call. `unanswered` is held until all of it is answered."""

    statements: Sequence[Statement]
    done: Sequence[Done]
    taken: bool = False
    unanswered: Lock = field(default_factory=Lock)


class Gathered:
    """For `members` pieces of work, each of which makes its writes one after the other, or some at a time.
    Safe among threads."""

    def __init__(self, client: Any, members: int) -> None:
        self._client, self._members = client, members
        self._waiting: list[_Waiting] = []
        self._under_way = 0
        self._changed = Condition()

    def member(self) -> AbstractContextManager[None]:
        """Around a member's work: when it has ended, nobody waits for it any more."""
        return Around(self._left)

    def _left(self) -> None:
        with self._changed:
            self._members -= 1
            self._tell_if_complete()

    def expect(self, members: int) -> None:
        """So many pieces of work come next; all before them have ended."""
        with self._changed:
            self._members = members

    def execute(self, statement: Statement) -> Done:
        """What became of it, as `statements.execute` tells it."""
        (done,) = self.execute_all([statement])
        return done

    def execute_all(self, statements: Sequence[Statement]) -> Sequence[Done]:
        """What became of each; they may end up in different calls."""
        mine = _Waiting(statements, [NOT_SENT] * len(statements))
        mine.unanswered.acquire()
        with self._changed:
            self._waiting.append(mine)
            first = len(self._waiting) == 1
            gathered = self._take() if self._complete() else []
        if first and not gathered:
            gathered = self._gather(mine)
        if gathered:
            self._send(gathered)
        with mine.unanswered:
            return mine.done

    def _gather(self, mine: _Waiting) -> list[_Waiting]:
        """What came until its time is over; nothing where somebody else has taken it."""
        with self._changed:
            linger = LINGER_SECONDS * max(1.0, self._members / LINGERING)
            self._changed.wait_for(lambda: mine.taken or self._complete(), linger)
            return [] if mine.taken else self._take()

    def _take(self) -> list[_Waiting]:
        gathered, self._waiting = self._waiting, []
        for one in gathered:
            one.taken = True
        self._under_way += len(gathered)
        self._changed.notify_all()  # who came first may wait for more
        return gathered

    def _tell_if_complete(self) -> None:
        if self._waiting and self._complete():
            self._changed.notify_all()

    def _complete(self) -> bool:
        """Nobody else will come meanwhile, or there are whole calls of them."""
        statements = sum(len(one.statements) for one in self._waiting)
        whole_calls = statements > 0 and statements % STATEMENTS == 0
        return whole_calls or len(self._waiting) >= self._members - self._under_way

    def _send(self, gathered: list[_Waiting]) -> None:
        """Whatever happens, each is answered."""
        try:
            statements = (statement for one in gathered for statement in one.statements)
            calls = batched(statements, STATEMENTS, strict=False)
            answers = iter([done for call in calls for done in execute(self._client, call)])
            for one in gathered:
                one.done = list(islice(answers, len(one.statements)))
        finally:
            with self._changed:
                self._under_way -= len(gathered)
            for one in gathered:
                one.unanswered.release()

"""Conditional writes of several threads, gathered into few calls (group commit); see `statements`.

    thread 1  write ─┐ waits: for all that are still at work, but no longer than LINGER_SECONDS
    thread 2  write ─┼─▶ one BatchExecuteStatement ─▶ to each its own answer
    thread 3  write ─┘

Who comes first makes the call for all who came meanwhile. An AWS call costs about as much as all else that is
done for an event or a delivery, and ten statements in one call hardly more than one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched, islice
from threading import Condition, Lock
from typing import Any

from doorbell.store.statements import STATEMENTS, Done, Statement, execute

LINGER_SECONDS = 0.004
"""The longest that a write waits for others; an attempt takes some ten times as long."""
NOT_SENT = Done("NotSent")


@dataclass(eq=False, slots=True)
class _Waiting:
    """`unanswered` is held until all of it is answered."""

    statements: Sequence[Statement]
    done: Sequence[Done]
    unanswered: Lock = field(default_factory=Lock)


class Gathered:
    """For `members` pieces of work, each of which makes its writes one after the other, or some at a time.
    Safe among threads."""

    def __init__(self, client: Any, members: int) -> None:
        self._client, self._members = client, members
        self._waiting: list[_Waiting] = []
        self._changed = Condition()

    @contextmanager
    def member(self) -> Iterator[None]:
        """Around a member's work: when it has ended, nobody waits for it any more."""
        try:
            yield
        finally:
            with self._changed:
                self._members -= 1
                self._tell_if_complete()

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
            self._tell_if_complete()
        if first:
            self._send(self._gather())
        with mine.unanswered:
            return mine.done

    def _gather(self) -> list[_Waiting]:
        with self._changed:
            self._changed.wait_for(self._complete, LINGER_SECONDS)
            gathered, self._waiting = self._waiting, []
        return gathered

    def _tell_if_complete(self) -> None:
        if self._waiting and self._complete():
            self._changed.notify()

    def _complete(self) -> bool:
        return len(self._waiting) >= self._members

    def _send(self, gathered: list[_Waiting]) -> None:
        """Whatever happens, each is answered."""
        try:
            statements = (statement for one in gathered for statement in one.statements)
            calls = batched(statements, STATEMENTS, strict=False)
            answers = iter([done for call in calls for done in execute(self._client, call)])
            for one in gathered:
                one.done = list(islice(answers, len(one.statements)))
        finally:
            for one in gathered:
                one.unanswered.release()

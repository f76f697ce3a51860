"""The deliveries queue of one invocation of fan-out: the messages of events with few subscribers share calls.

SQS bills a SendMessageBatch of one message like one of ten. No event is done before its messages are sent: an
invocation in which a call failed fails as a whole, all its events come again and are resumed; and should it
die, the deliveries are recorded and the sweeper finds them.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Protocol

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.errors import Unavailable
from doorbell.queues.batches import SQS_BATCH

type Delayed = tuple[DeliveryMessage, int]
"""A message and its delay in seconds."""


class Writer(Protocol):
    def send(self, messages: Iterable[Delayed]) -> None: ...


class Outbox:
    """A `DeliveriesQueue`. Safe among threads."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._lock = writer, Lock()
        self._waiting: list[Delayed] = []
        self._error: Unavailable | None = None

    def send(self, messages: Iterable[Delayed]) -> None:
        """Enough for a batch of their own go at once, and raise `Unavailable` at once; fewer wait for others'
        until there are ten, or for `close`, which raises."""
        new = list(messages)
        if len(new) >= SQS_BATCH:
            self._writer.send(new)
            return
        with self._lock:
            self._waiting += new
            full = len(self._waiting) // SQS_BATCH * SQS_BATCH
            now, self._waiting = self._waiting[:full], self._waiting[full:]
        self._write(now)

    def close(self) -> None:
        """Sends what is left. Raises `Unavailable` if anything that waited was not sent."""
        left, self._waiting = self._waiting, []
        self._write(left)
        if self._error is not None:
            raise self._error

    def _write(self, messages: list[Delayed]) -> None:
        if not messages:
            return
        try:
            self._writer.send(messages)
        except Unavailable as error:
            self._error = error

"""SQS batches: up to ten messages in a call, and which of them were taken."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable

SQS_BATCH = 10
TRIES = 3
SIDE_BY_SIDE = 8

type Entry = dict[str, Any]


class Pool(Protocol):
    def map[T, R](self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]: ...


@dataclass(frozen=True, slots=True)
class Batches:
    """`pool` sends the batches of one call."""

    client: Any
    queue_url: str
    pool: Callable[[], Pool]

    def send(self, batches: Sequence[list[Entry]]) -> None:
        """Raises `Unavailable` when any message was not taken."""
        if len(batches) == 1:
            self._send(batches[0])
            return
        for error in list(self.pool().map(self._tried, batches)):
            if error is not None:
                raise error

    def _tried(self, entries: list[Entry]) -> Unavailable | None:
        """What went wrong, told when the other batches are sent."""
        try:
            self._send(entries)
        except Unavailable as error:
            return error
        return None

    def _send(self, entries: list[Entry]) -> None:
        """An entry that was not taken is sent again, alone with its like."""
        for _ in range(TRIES):
            failed = self._call(entries)
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
        raise Unavailable("sqs", "SendMessageBatch", ",".join(sorted(set(failed.values()))))

    def _call(self, entries: list[Entry]) -> dict[str, str]:
        """The ids that were not taken, with the code of why."""
        with translated("sqs", "SendMessageBatch"):
            answer = self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
        return {failure["Id"]: failure["Code"] for failure in answer.get("Failed", [])}

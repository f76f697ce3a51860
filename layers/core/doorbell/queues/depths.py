"""How many messages wait in a queue, as SQS knows it: approximately."""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated

COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class Depths:
    """Of queues, by name. `urls` are all that may be asked for."""

    client: Any
    urls: tuple[str, ...]

    def __call__(self, name: str) -> int:
        for url in self.urls:
            if url.rpartition("/")[2] == name:
                return waiting_in(self.client, url)
        return 0  # of a release that had others


def waiting_in(client: Any, url: str) -> int:
    """Messages that could be taken now: those in flight and those with a delay are others."""
    return _counted(client, url, COUNTS[:1])


def all_of(client: Any, url: str) -> int:
    """Messages in a queue: visible, in flight, delayed. SQS's figure is approximate for about a minute."""
    return _counted(client, url, COUNTS)


def _counted(client: Any, url: str, counts: tuple[str, ...]) -> int:
    with translated("sqs", "GetQueueAttributes"):
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(counts))
    return sum(int(answer["Attributes"][count]) for count in counts)

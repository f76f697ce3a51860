"""How many messages wait in a queue, as SQS knows it: approximately."""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated


@dataclass(frozen=True, slots=True)
class Depths:
    """Of queues, by name. `urls` are all that may be asked for."""

    client: Any
    urls: tuple[str, ...]

    def __call__(self, name: str) -> int:
        for url in self.urls:
            if url.rpartition("/")[2] == name:
                with translated("sqs", "GetQueueAttributes"):
                    answer = self.client.get_queue_attributes(
                        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
                    )
                return int(answer["Attributes"]["ApproximateNumberOfMessages"])
        return 0  # of a release that had others


COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def all_of(client: Any, url: str) -> int:
    """Messages in a queue: visible, in flight, delayed. SQS's figure is approximate for about a minute."""
    with translated("sqs", "GetQueueAttributes"):
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))
    return sum(int(answer["Attributes"][count]) for count in COUNTS)

"""A listener's queue, removed with what waits in it."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of, translated

GONE = ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")


@dataclass(frozen=True, slots=True)
class ListenersQueues:
    client: Any

    def remove(self, queue_url: str) -> None:
        """One that is gone already is no error."""
        with translated("sqs", "DeleteQueue"):
            try:
                self.client.delete_queue(QueueUrl=queue_url)
            except ClientError as error:
                if code_of(error) not in GONE:
                    raise

"""The events queue, as fan-out writes it: a message that it has not come to the end of in time."""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated


@dataclass(frozen=True, slots=True)
class EventsAgain:
    client: Any
    queue_url: str

    def send(self, body: str) -> None:
        """Word for word: fan-out goes on where the table says that it is."""
        with translated("sqs", "SendMessage"):
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=body)

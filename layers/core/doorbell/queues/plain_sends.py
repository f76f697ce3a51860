"""A batch of messages as a plain request: of a sweep's processor time, botocore's client took half for them.

There is one try. Whatever is not answered with 200 is asked again by the client, so that a message may be
sent twice: only to queues whose messages may come twice.
"""

import json
import ssl
from collections.abc import Callable
from typing import Any

from botocore.credentials import Credentials

from doorbell.aws_posts import Posts


class PlainSends:
    """One operation of the SQS `client`: same arguments, same answer but for ResponseMetadata, same errors.
    Safe among threads."""

    def __init__(
        self,
        client: Any,
        credentials: Credentials,
        tls: ssl.SSLContext | None,
        on_failure: Callable[[str, str], None],
    ) -> None:
        """`on_failure` is told the operation and the cause when a call goes to the client."""
        self._client, self._on_failure = client, on_failure
        self._posts = Posts(client, credentials, tls, on_failure)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        data = self._posts.answer("SendMessageBatch", request)
        if data is not None:
            try:
                answer: dict[str, Any] = json.loads(data)
                return answer
            except ValueError as error:
                self._on_failure("SendMessageBatch", type(error).__name__)
        sent: dict[str, Any] = self._client.send_message_batch(**request)
        return sent

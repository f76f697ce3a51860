"""The calls that every batch of events or deliveries makes, as plain requests: by botocore's client its two
writes and one read took more processor time than ten posts to subscribers.

DynamoDB takes and answers JSON, which items in its own form are already, but for bytes. There is one try.
Whatever is not answered with 200 is asked again by the client, which knows what may be tried again, how long
to wait and what the errors are: so only what may be done twice is called this way.
"""

import json
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from doorbell.aws_posts import OK, Posts
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.query import Unread


class PlainCalls:
    """Four operations of the DynamoDB `client`: same arguments, same errors, same answers but for
    ResponseMetadata, and for bytes, which are left as base64 text: `tables.unmarshal` takes both. Safe among
    threads."""

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

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        answer = self._call("BatchExecuteStatement", request)
        return self._client.batch_execute_statement(**request) if answer is None else answer

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        answer = self._call("BatchGetItem", request)
        return self._client.batch_get_item(**request) if answer is None else answer

    def execute_statement(self, **request: Any) -> dict[str, Any]:
        """For a SELECT."""
        answer = self._call("ExecuteStatement", request)
        return self._client.execute_statement(**request) if answer is None else answer

    def query(self, **request: Any) -> dict[str, Any]:
        return self.query_unread(**request).read()

    def query_unread(self, **request: Any) -> Unread:
        """Query's answer. What it says is made out when it is asked for, and may then be asked of the
        client."""
        data = self._posts.answer("Query", request)

        def read() -> dict[str, Any]:
            answer = self._made_out("Query", data)
            return self._client.query(**request) if answer is None else answer

        return Unread(len(data or b""), read)

    def _call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """None: ask the client."""
        return self._made_out(operation, self._posts.answer(operation, request))

    def _made_out(self, operation: str, data: bytes | None) -> dict[str, Any] | None:
        if data is None:
            return None
        try:
            return _read(data)
        except ValueError as error:
            self._on_failure(operation, type(error).__name__)
            return None


def _read(data: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(data)
    return answer


class PlainWrites:
    """`update_item` of the DynamoDB `client`, for what would be there twice if it was asked again: there is
    one try, and the client does not ask either. Raises `Unavailable`. Safe among threads."""

    def __init__(self, client: Any, credentials: Credentials, tls: ssl.SSLContext | None) -> None:
        self._posts = Posts(client, credentials, tls, lambda operation, cause: None)

    def update_item(self, **request: Any) -> None:
        try:
            answer = self._posts.response("UpdateItem", request)
        except (HTTPError, OSError, BotoCoreError, ValueError) as error:
            raise Unavailable("dynamodb", "UpdateItem", type(error).__name__) from error
        if answer.status != OK:
            raise Unavailable("dynamodb", "UpdateItem", _code(answer))


def _code(answer: BaseHTTPResponse) -> str:
    """The service's; "http <status>" from something that answered without one."""
    try:
        kind = _read(answer.data)["__type"]
    except (ValueError, KeyError, TypeError):
        return f"http {answer.status}"
    return str(kind).rpartition("#")[2]

"""The calls that every batch of deliveries makes, as plain requests: botocore's client does so much around a
call of many items (its model of all that goes in and comes out, endpoint rules, hooks) that its two writes
and one read took more processor time than ten posts to subscribers.

DynamoDB takes and answers JSON, which items in its own form are already, but for bytes; botocore's signer
signs. There is one try. Whatever is not answered with 200 is asked again by the client, which knows what may
be tried again, how long to wait and what the errors are: so only what may be done twice is called this way.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from urllib3 import Timeout, connection_from_url
from urllib3.exceptions import HTTPError

_OK: Final = 200


class PlainCalls:
    """Two operations of the DynamoDB `client`: same arguments, same answers but for ResponseMetadata, same
    errors. Safe among threads."""

    def __init__(self, client: Any, credentials: Credentials, on_failure: Callable[[str, str], None]) -> None:
        """`on_failure` is told the operation and the cause when a call goes to the client."""
        self._client, self._credentials, self._on_failure = client, credentials, on_failure
        self._url, config = f"{client.meta.endpoint_url.rstrip('/')}/", client.meta.config
        url = urlsplit(self._url)
        self._path = url.path
        self._headers = {
            "Host": url.netloc,  # else the signer works it out each time
            "Content-Type": "application/x-amz-json-1.0",
            "User-Agent": config.user_agent,
        }
        self._pool = connection_from_url(
            self._url,
            maxsize=config.max_pool_connections,
            timeout=Timeout(connect=config.connect_timeout, read=config.read_timeout),
            retries=False,
        )

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        answer = self._call("BatchExecuteStatement", request)
        return self._client.batch_execute_statement(**request) if answer is None else answer

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        answer = self._call("BatchGetItem", request)
        return self._client.batch_get_item(**request) if answer is None else answer

    def _call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """None: ask the client."""
        try:
            body = json.dumps(request, default=_base64)
            headers = self._signed(operation, body)
            response = self._pool.urlopen("POST", self._path, body=body, headers=headers)
            if response.status == _OK:
                answer: dict[str, Any] = json.loads(response.data, object_hook=_unpacked)
                return answer
            cause = f"http {response.status}"
        except (HTTPError, OSError, BotoCoreError, ValueError) as error:
            cause = type(error).__name__
        self._on_failure(operation, cause)
        return None

    def _signed(self, operation: str, body: str) -> dict[str, str]:
        """The headers. Credentials are asked for anew each time: they may be ones that change."""
        headers = {**self._headers, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        request = AWSRequest("POST", self._url, data=body, headers=headers)
        credentials = self._credentials.get_frozen_credentials()
        SigV4Auth(credentials, "dynamodb", self._client.meta.region_name).add_auth(request)
        return dict(request.headers.items())


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _unpacked(read: dict[str, Any]) -> dict[str, Any]:
    """Bytes travel as base64. {"B": text} is nothing but bytes: an attribute named B would hold an object."""
    packed = read.get("B")
    return {"B": b64decode(packed)} if isinstance(packed, str) else read

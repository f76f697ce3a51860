"""A queue's batches as plain requests: by botocore's client they take four times as much processor time.

Unlike `queues.plain_sends` it never asks again, neither where no answer came nor what a refusal means: the
delivery is tried again by its own schedule, and this attempt has no time for a second call.
"""

import json
import ssl
from typing import Any

from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError
from botocore.exceptions import ConnectTimeoutError as NotConnected
from botocore.exceptions import ReadTimeoutError as NotAnswered
from botocore.parsers import create_parser
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from doorbell.aws_posts import Posts

_OK, _OPERATION = 200, "SendMessageBatch"


class PlainQueue:
    """The SQS `client` of a target's region: same arguments, answers and errors. All but `SendMessageBatch`
    is asked of the client. Safe among threads."""

    def __init__(self, client: Any, credentials: Credentials, tls: ssl.SSLContext | None) -> None:
        self._client, self._url = client, client.meta.endpoint_url
        self._posts = Posts(client, credentials, tls, lambda operation, cause: None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        try:
            response = self._posts.response(_OPERATION, request)
        except NewConnectionError as error:
            raise EndpointConnectionError(endpoint_url=self._url, error=error) from error
        except ConnectTimeoutError as error:
            raise NotConnected(endpoint_url=self._url, error=error) from error
        except ReadTimeoutError as error:
            raise NotAnswered(endpoint_url=self._url, error=error) from error
        except (HTTPError, OSError) as error:
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        if response.status != _OK:
            raise self._refusal(response)
        try:
            answer: dict[str, Any] = json.loads(response.data)
        except ValueError as error:
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        about = {"RequestId": response.headers.get("x-amzn-requestid"), "HTTPStatusCode": _OK}
        return {**answer, "ResponseMetadata": about}

    def _refusal(self, response: BaseHTTPResponse) -> ClientError:
        """As the client reads it."""
        model = self._client.meta.service_model
        said = {
            "status_code": response.status,
            "headers": {name.lower(): value for name, value in response.headers.items()},
            "body": response.data,
        }
        shape = model.operation_model(_OPERATION).output_shape
        return ClientError(create_parser(model.resolved_protocol).parse(said, shape), _OPERATION)

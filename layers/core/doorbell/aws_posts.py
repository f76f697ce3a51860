"""AWS's JSON protocols as plain requests: what many calls are made with, in place of botocore's client.

botocore does so much around a call of many items (its model of all that goes in and comes out, endpoint
rules, hooks) that the call costs several times what is done with its answer. Here botocore's signer signs,
and that is all of it. There is one try.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
"""

import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from urllib3 import BaseHTTPResponse, Timeout, connection_from_url
from urllib3.exceptions import HTTPError

OK: Final = 200
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"


class Posts:
    """Requests to the service of a `client`, with its endpoint, region, time-outs and user agent. Safe among
    threads."""

    def __init__(
        self,
        client: Any,
        credentials: Credentials,
        tls: ssl.SSLContext | None,
        on_failure: Callable[[str, str], None],
    ) -> None:
        """`tls`: the context for all connections, CA certificates and all; None: one with the system's.
        `on_failure` is told the operation and the cause where there is no answer."""
        self._credentials, self._on_failure = credentials, on_failure
        self._url, config = f"{client.meta.endpoint_url.rstrip('/')}/", client.meta.config
        model = client.meta.service_model
        self._service, self._target = model.signing_name, model.metadata["targetPrefix"]
        self._region = client.meta.region_name
        url = urlsplit(self._url)
        self._path = url.path
        self._headers = {
            "Host": url.netloc,  # else the signer works it out each time
            "Content-Type": _CONTENT_TYPE,
            "User-Agent": config.user_agent,
        }
        if "awsQueryCompatible" in model.metadata:  # as the client asks: its older codes of errors
            self._headers["x-amzn-query-mode"] = "true"
        self._pool = connection_from_url(
            self._url,
            maxsize=config.max_pool_connections,
            timeout=Timeout(connect=config.connect_timeout, read=config.read_timeout),
            retries=False,
            **({"ssl_context": tls or ssl.create_default_context()} if url.scheme == "https" else {}),
        )

    def answer(self, operation: str, request: Mapping[str, Any]) -> bytes | None:
        """What it says, as it came. None: nothing, or not with 200."""
        try:
            response = self.response(operation, request)
            if response.status == OK:
                return response.data
            cause = f"http {response.status}"
        except (HTTPError, OSError, BotoCoreError, ValueError) as error:
            cause = type(error).__name__
        self._on_failure(operation, cause)
        return None

    def response(self, operation: str, request: Mapping[str, Any]) -> BaseHTTPResponse:
        """Whatever its status. Raises what urllib3 and botocore raise."""
        body = json.dumps(request, default=_base64)
        headers = self._signed(operation, body)
        return self._pool.urlopen("POST", self._path, body=body, headers=headers)

    def _signed(self, operation: str, body: str) -> dict[str, str]:
        """The headers. Credentials are asked for anew each time: they may be ones that change."""
        headers = {**self._headers, "X-Amz-Target": f"{self._target}.{operation}"}
        request = AWSRequest("POST", self._url, data=body, headers=headers)
        credentials = self._credentials.get_frozen_credentials()
        SigV4Auth(credentials, self._service, self._region).add_auth(request)
        return dict(request.headers.items())


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")

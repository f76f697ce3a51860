"""An AWS on loopback that answers at once, in a process of its own, so that only the caller's cost is seen.

`python -m tests.bench.stub_aws <module>` prints its URL and answers each call with
`<module>.answer(operation, request)`: the operation's name, the request as a dict; the answer as one, or as
its JSON where that takes long to write.
It speaks the JSON protocols (SQS, DynamoDB, SSM, EventBridge). A request without `x-amz-target` (S3, or any
plain HTTP) is the operation "GET", "PUT" or "POST", its request {"Path": …}, its answer the body in bytes.
With STUB_CERTIFICATE, a file of a certificate for localhost and its key, it speaks TLS.
"""

import asyncio
import importlib
import json
import os
import ssl
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tests.bench.served import served

type Answer = Callable[[str, dict[str, Any]], Any]


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            headers = _headers(self._buffer[:end])
            request_line = self._buffer[: self._buffer.find(b"\r\n")].decode("latin-1")
            whole = end + 4 + int(headers.get("content-length", "0"))
            if len(self._buffer) < whole:
                if "expect" in headers and len(self._buffer) == end + 4:
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            if "x-amz-target" not in headers:
                self._transport.write(_plain(self._answer, request_line))
                continue
            operation = headers["x-amz-target"].rpartition(".")[2]
            answer = self._answer(operation, json.loads(body or b"{}"))
            text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n"
            self._transport.write(f"{head}content-length: {len(text)}\r\n\r\n".encode() + text)


def _plain(answer: Answer, request_line: str) -> bytes:
    method, path, _ = request_line.split(" ")
    content: bytes = answer(method, {"Path": path})
    return f"HTTP/1.1 200 OK\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def _serve(answer: Answer) -> None:
    loop = asyncio.get_running_loop()
    context, origin = None, "http://127.0.0.1"
    if certificate := os.environ.get("STUB_CERTIFICATE"):
        context, origin = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), "https://localhost"
        context.load_cert_chain(certificate)
    server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0, ssl=context)
    print(f"{origin}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def stub_aws(module: str, **environ: str) -> AbstractContextManager[str]:
    """The URL of a stub whose answers are `module`'s, which finds `environ` in its environment."""
    return served("tests.bench.stub_aws", module, **environ)


if __name__ == "__main__":
    asyncio.run(_serve(importlib.import_module(sys.argv[1]).answer))

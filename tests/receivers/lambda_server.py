"""`python lambda_server.py PORT`, in the example's folder: HTTP in front of its handler, as an HTTP API hands
requests over.

What is no text by its type comes in base64, a form too.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Context:
    function_name: str = "receiver"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:receiver"
    aws_request_id: str = "11111111-2222-3333-4444-555555555555"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


def event_of(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    is_text = headers.get("content-type", "").startswith(TEXT)
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""}
    return {
        "version": "2.0",
        "routeKey": "POST /{proxy+}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "http": http,
            "stage": "$default",
            "requestId": "id",
            "routeKey": "POST /{proxy+}",
        },
        "body": body.decode() if is_text else base64.b64encode(body).decode(),
        "isBase64Encoded": not is_text,
    }


class Front(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        handler = import_module("app").handler
        answer = handler(event_of(self.command, self.path, headers, body), Context())
        self.send_response(answer["statusCode"])
        said = str(answer.get("body") or "").encode()
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


if __name__ == "__main__":
    sys.path.insert(0, ".")
    import_module("app")
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Front).serve_forever()

"""The admin function as a WSGI application, so that tools that speak HTTP can talk to it in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from tests.integration.admin_desk import Desk, api_event


def wsgi(desk: Desk) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """As API Gateway does: the path decoded, repeated parameters joined by commas."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query: dict[str, str] = {}
        for name, value in parse_qsl(environ["QUERY_STRING"], keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        content_type = environ.get("CONTENT_TYPE", "")
        reply = desk.send(api_event(environ["REQUEST_METHOD"], path, body, query, content_type))
        headers = [(name.lower(), value) for name, value in reply.headers.items()]
        start_response(f"{reply.status} ", headers)
        return [reply.body.encode()]

    return app

"""GitHub's side of one webhook: what it has rung for, its list of that, and what it does when asked again.

It pages by a cursor, limits its callers, loses what it promised and repeats itself, as the real one may.
https://docs.github.com/en/rest/repos/webhooks
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

TOKEN = "ghp_of_the_tests"
type Ring = Callable[[str, str, bytes], int]
"""(guid, event, body) → the status that it was answered with; 0: nobody was there."""
type Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Delivery:
    number: int
    guid: str
    at: float
    event: str
    body: bytes
    status: int
    again: bool = False

    def row(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "guid": self.guid,
            "delivered_at": datetime.fromtimestamp(self.at, UTC).isoformat().replace("+00:00", "Z"),
            "redelivery": self.again,
            "duration": 0.27,
            "status": "OK" if 200 <= self.status < 300 else "Invalid HTTP Response",
            "status_code": self.status,
            "event": self.event,
            "action": None,
            "installation_id": None,
            "repository_id": 1296269,
            "throttled_at": None,
        }


@dataclass
class GitHubHook:
    """`hook`: as the source names it. `limits`: answers it gives instead, one for each call; so does
    `instead`, asked with the call. `loses`: how many it promises to deliver again, and forgets. `repeats`:
    each delivery again is made twice."""

    ring: Ring
    clock: Callable[[], float]
    url: str
    hook: str = "repos/octo/hello/hooks/7"
    limits: list[Reply] = field(default_factory=list)
    instead: Callable[[str], Reply | None] = lambda call: None
    loses: int = 0
    repeats: bool = False
    deliveries: list[Delivery] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    promised: Counter[str] = field(default_factory=Counter)

    def happen(self, event: str = "push", body: bytes = b"{}") -> str:
        """Something happens at GitHub: it rings once. The delivery's id."""
        guid = str(UUID(int=len(self.deliveries) + 1))
        self._deliver(guid, event, body)
        return guid

    def _deliver(self, guid: str, event: str, body: bytes, again: bool = False) -> None:
        number = len(self.deliveries) + 1
        status = self.ring(guid, event, body)
        self.deliveries.append(Delivery(number, guid, self.clock(), event, body, status, again))

    def handle(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        self.calls.append(f"{method} {target}")
        other = self.instead(self.calls[-1])
        if other is not None:
            return other
        parts = urlsplit(target)
        path = parts.path.removeprefix("/api/v3")
        if self.limits:
            return self.limits.pop(0)
        if headers.get("authorization") != f"Bearer {TOKEN}" or "user-agent" not in headers:
            return _json(401, {"message": "Bad credentials"})
        if (method, path) == ("GET", f"/{self.hook}/config"):
            return _json(200, {"url": self.url, "content_type": "json", "insecure_ssl": "0"})
        if (method, path) == ("GET", f"/{self.hook}/deliveries"):
            return self._list({name: values[0] for name, values in parse_qs(parts.query).items()}, path)
        found = re.fullmatch(rf"/{re.escape(self.hook)}/deliveries/([0-9]+)/attempts", path)
        if method == "POST" and found:
            return self._again(int(found[1]))
        return _json(404, {"message": "Not Found"})

    def _list(self, query: dict[str, str], path: str) -> Reply:
        """The cursor names the delivery that the page begins with."""
        size, before = int(query.get("per_page", "30")), int(query.get("cursor", len(self.deliveries)))
        rows = [one for one in reversed(self.deliveries) if one.number <= before]
        page, rest = rows[:size], rows[size:]
        next_page = (
            f'<https://api.github.test{path}?per_page={size}&cursor={rest[0].number}>; rel="next"'
            if rest
            else ""
        )
        status, headers, body = _json(200, [one.row() for one in page])
        return status, {**headers, **({"link": next_page} if rest else {})}, body

    def _again(self, number: int) -> Reply:
        one = next((each for each in self.deliveries if each.number == number), None)
        if one is None:
            return _json(404, {"message": "Not Found"})
        self.promised[one.guid] += 1
        if self.loses:
            self.loses -= 1
        else:
            for _ in range(2 if self.repeats else 1):
                self._deliver(one.guid, one.event, one.body, again=True)
        return _json(202, {})


def _json(status: int, value: object) -> Reply:
    return status, {"content-type": "application/json; charset=utf-8"}, json.dumps(value).encode()


@contextmanager
def served(handle: Callable[[str, str, Mapping[str, str]], Reply]) -> Iterator[str]:
    """The origin at which it answers, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, fields, body = handle(self.command, self.path, headers)
            self.send_response(status)
            for name, value in {**fields, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

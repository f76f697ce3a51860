"""Requests made before the clock runs, then sent: as fast as they are taken, or at a fixed rate."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlsplit
from uuid import uuid4

from tests.support.gateway import PUSH, github_headers

BODY_BYTES = 2048
FIELDS = ("ref", "before", "after", "pusher", "sender", "head_commit", "compare")
"""Of a real push, what comes to about 2 KB: it must compress as a real one does."""
HEADERS = {
    "accept": "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/8f3c1a2",
    "x-github-hook-id": "481516234",
    "x-github-hook-installation-target-id": "801234567",
    "x-github-hook-installation-target-type": "repository",
}
SENDERS = 4
"""Connections, each with one request under way."""


@dataclass(frozen=True, slots=True)
class Ring:
    id: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Sent:
    """`at[id]`: when the request was sent, or should have been, by `time.monotonic`. `refused`: statuses."""

    at: dict[str, float] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)


def rings(count: int) -> list[Ring]:
    """As GitHub sends them, each with an id of its own in a body of 2 KB."""
    push = json.loads(PUSH)
    return [_ring(uuid4().hex, {name: push[name] for name in FIELDS}) for _ in range(count)]


def _ring(name: str, push: dict[str, object]) -> Ring:
    document = {"id": name, **push, "pad": ""}
    document["pad"] = "x" * (BODY_BYTES - len(json.dumps(document)))
    body = json.dumps(document).encode()
    return Ring(name, body, {**HEADERS, **github_headers(body)})


def as_fast_as_taken(url: str, wanted: Sequence[Ring], seconds: float) -> Sent:
    """Until all are sent or the time is over. `at` is when each was sent."""
    end = time.monotonic() + seconds

    def when(number: int) -> float | None:
        now = time.monotonic()
        return now if number < len(wanted) and now < end else None

    return _send(url, wanted, when)


def at_rate(url: str, wanted: Sequence[Ring], per_second: float) -> Sent:
    """All of them, evenly. `at` is when each should have been sent: a sender that is held up makes later ones
    wait, and that is part of what they waited."""
    began = time.monotonic()
    return _send(url, wanted, lambda number: began + number / per_second if number < len(wanted) else None)


def _send(url: str, wanted: Sequence[Ring], when: Callable[[int], float | None]) -> Sent:
    """`when(n)`: the time of the n-th, None for no more."""
    sent, lock, numbers = Sent(), threading.Lock(), iter(range(len(wanted) + SENDERS))

    def work() -> None:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        while True:
            with lock:
                number = next(numbers)
            at = when(number)
            if at is None:
                return connection.close()
            time.sleep(max(0.0, at - time.monotonic()))
            sent.at[wanted[number].id] = at
            status = _post(connection, urlsplit(url).path, wanted[number])
            if status >= 300:
                sent.refused.append(status)

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent


def _post(connection: HTTPConnection, path: str, ring: Ring) -> int:
    connection.request("POST", path, ring.body, ring.headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status

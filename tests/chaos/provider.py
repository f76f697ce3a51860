"""A provider that rings as providers do: signed, and again with the same id until it gets its 2xx."""

import http.client
import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic, sleep
from uuid import UUID

from tests.support.gateway import github_headers

CLIENTS = 4
PATIENCE_SECONDS = 240.0
TWICE_EVERY = 20
ISSUES_EVERY = 10


@dataclass
class Provider:
    """`accepted` are the event ids of what got a 2xx; `refusals` counts why it had to ring again."""

    url: str
    accepted: dict[int, str] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    rung_twice: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ring_all(self, count: int, seconds: float) -> None:
        """`count` events, or as many as can be begun in `seconds`. Every 20th is rung twice after its 202:
        the provider's own duplicate."""
        deadline = monotonic() + seconds
        with ThreadPoolExecutor(CLIENTS) as pool:
            for _ in pool.map(lambda number: self._ring(number, deadline), range(count)):
                pass

    def _ring(self, number: int, deadline: float) -> None:
        if monotonic() > deadline:
            return
        self._until_accepted(number)
        if number % TWICE_EVERY == 0:
            self._until_accepted(number)
            with self.lock:
                self.rung_twice += 1

    def _until_accepted(self, number: int) -> None:
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            event_id = self._post(number)
            if event_id is not None:
                with self.lock:
                    before = self.accepted.setdefault(number, event_id)
                assert before == event_id, f"one delivery id, two events: {before}, {event_id}"
                return
            sleep(0.5)
        raise AssertionError(f"ring {number} was not accepted in {PATIENCE_SECONDS} s")

    def _post(self, number: int) -> str | None:
        is_issue = number % ISSUES_EVERY == 0
        body = json.dumps({"number": number, **({"action": "opened"} if is_issue else {})}).encode()
        kind = "issues" if is_issue else "push"
        headers = github_headers(body, event=kind, delivery=str(UUID(int=number + 1)))
        request = urllib.request.Request(self.url, body, {**headers, "content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                event_id: str = response.headers["doorbell-event-id"]
                return event_id
        except (http.client.HTTPException, OSError) as error:
            why = error.code if isinstance(error, urllib.error.HTTPError) else type(error).__name__
            with self.lock:
                self.refusals[str(why)] += 1
            return None


def issues(provider: Provider) -> Iterator[str]:
    return (event_id for number, event_id in provider.accepted.items() if number % ISSUES_EVERY == 0)

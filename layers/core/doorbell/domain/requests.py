"""What came in over HTTP, before anything is known about it, and what goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ON_THE_WAY_SECONDS = 30
"""Between the gateway and the function: the start of an environment may take ten seconds."""


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One HTTP request as it arrived.

    `headers` has lower-case names; a header sent twice is one value joined with "," (API Gateway's
    payload format 2.0 does that). `url` is the URL the caller used, query included and not re-encoded;
    `path` and `raw_query` are its parts. `body` is the bytes as sent. `came_at` is when the gateway took it
    in, epoch seconds, where it says so.
    """

    method: str
    url: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str = ""
    came_at: float | None = None

    def dated(self, now: float) -> RawRequest:
        """With a time: what is looked up for it afterwards makes it no older. A gateway's time that is far
        from `now` is nobody's."""
        if self.came_at is not None and 0 <= now - self.came_at <= ON_THE_WAY_SECONDS:
            return self
        return replace(self, came_at=now)

    def header(self, name: str) -> str | None:
        """The value of header `name` (any case), or None."""
        return self.headers.get(name.lower())


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: `body` is text, `headers` beside the content type."""

    status: int
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learn:
    """A handshake that brings the secret the source will sign with: store it, then give `answer`."""

    secret: str = field(repr=False)
    answer: Answer

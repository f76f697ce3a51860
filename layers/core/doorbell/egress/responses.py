"""The answer's head, read by what a subscriber means by it, and the framing of the body that follows.

http.client, which reads the body, is stricter and laxer than servers are: it takes no more than 100 headers,
skips only one of the informational answers, waits for a body that a 204 does not have, and stops reading
headers at a line that is none.
"""

from __future__ import annotations

import http.client
import re
from http import HTTPStatus
from typing import Final

_STATUS_LINE: Final = re.compile(rb"HTTP/([0-9])(?:\.([0-9]))?[ \t]+([1-9][0-9]{2})(?![0-9])")
"""Whatever follows: no reason, or one in any bytes (RFC 9112, 4: a client ignores it)."""
_ENDS: Final = (b"\r\n", b"\n", b"")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class FinalResponse(http.client.HTTPResponse):
    """`fields` are the headers in order, names in lower case. How much of the head is taken is the
    exchange's to say, by its bytes."""

    fields: tuple[tuple[str, str], ...] = ()

    def begin(self) -> None:
        """Up to the body, past every informational answer (RFC 9110, 15.2) but the last word of them, 101."""
        version, status = self._status()
        while status < 200 and status != HTTPStatus.SWITCHING_PROTOCOLS:
            self._fields()
            version, status = self._status()
        self.code, self.status, self.reason, self.version = status, status, "", version
        self.fields = self._fields()
        self._frame(_joined(self.fields))

    def first_values(self) -> dict[str, str]:
        return dict(reversed(self.fields))

    def _status(self) -> tuple[int, int]:
        """11 for HTTP/1.1 and what comes after it, 10 for what was before and what is no HTTP/1; the code."""
        line = self.fp.readline()
        if not line:
            raise http.client.RemoteDisconnected("closed without an answer")
        found = _STATUS_LINE.match(line)
        if found is None:
            raise http.client.BadStatusLine("no status line")
        return 11 if found[1] == b"1" and found[2] not in (None, b"0") else 10, int(found[3])

    def _fields(self) -> tuple[tuple[str, str], ...]:
        """A line that is no header is passed over; one that begins with a blank goes on with the one before
        (RFC 9112, 5.2)."""
        fields: list[tuple[str, str]] = []
        while (line := self.fp.readline()) not in _ENDS:
            text = line.decode("latin-1")
            name, colon, value = text.partition(":")
            if text[0] in " \t" and fields:
                fields[-1] = fields[-1][0], f"{fields[-1][1]} {text.strip()}".strip()
            elif colon and name.strip():
                fields.append((name.strip().lower(), value.strip()))
        return tuple(fields)

    def _frame(self, headers: dict[str, str]) -> None:
        """How long the body is (RFC 9112, 6.3), and whether the connection is good for more after it."""
        codings = headers.get("transfer-encoding", "").lower().replace(" ", "").split(",")
        self.chunked, self.chunk_left = codings[-1] == "chunked", None
        self.length = None if codings != [""] else _length(headers.get("content-length", ""))
        if self.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED) or self.status < 200:
            self.chunked, self.length = False, 0
        ambiguous = codings != [""] and "content-length" in headers
        unbounded = not self.chunked and self.length is None
        self.will_close = ambiguous or unbounded or not self._is_kept(headers.get("connection", "").lower())

    def _is_kept(self, connection: str) -> bool:
        """By default from HTTP/1.1 on, before that where it is said (RFC 9112, 9.3)."""
        return "close" not in connection if self.version == 11 else "keep-alive" in connection


def _joined(fields: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Repeated headers as one (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in fields:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _length(text: str) -> int | None:
    """None where it is not told, or not understood: the body then ends with the connection. The same value
    again and again is that value (RFC 9110, 8.6)."""
    values = {value.strip() for value in text.split(",")}
    value = values.pop()
    return int(value) if not values and _LENGTH.fullmatch(value) else None

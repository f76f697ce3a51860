"""The headers a subscription may add to its deliveries."""

import re
from typing import Annotated

from pydantic import AfterValidator

from doorbell.store.items_fields import bad

MAX_HEADERS = 40
MAX_CHARS = 8 * 1024

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
"""A token of RFC 9110, 5.6.2."""
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?")
_OF_THE_MESSAGE = {"host", "content-length", "content-type", "content-encoding", "expect", "accept-encoding"}
_HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
_OF_PROXIES = {"proxy-connection", "proxy-authorization", "proxy-authenticate"}
RESERVED = _OF_THE_MESSAGE | _HOP_BY_HOP | _OF_PROXIES | {"user-agent"}
RESERVED_PREFIXES = ("webhook-", "doorbell-")


def check_headers(headers: dict[str, str]) -> dict[str, str]:
    chars = sum(len(name) + len(value) for name, value in headers.items())
    if len(headers) > MAX_HEADERS or chars > MAX_CHARS:
        raise bad(f"more than {MAX_HEADERS} headers, or {MAX_CHARS} characters of them")
    seen: set[str] = set()
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise bad("a name that no header can have")
        lower = name.lower()
        if lower in RESERVED or lower.startswith(RESERVED_PREFIXES):
            raise bad("set by Doorbell or by the connection", name)
        if lower in seen:
            raise bad("given twice", name)
        if not _VALUE.fullmatch(value):
            raise bad("a value is printable ASCII on one line, without spaces at its ends", name)
        seen.add(lower)
    return headers


type Headers = Annotated[dict[str, str], AfterValidator(check_headers)]

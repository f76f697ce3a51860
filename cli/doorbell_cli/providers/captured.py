"""A captured request, read from a file as people have it: raw HTTP, an event of API Gateway, JSON, or a
refused request as `doorbell refused show --json` prints it."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from doorbell.domain.requests import RawRequest

UNKNOWN_HOST = "https://unknown.invalid"


class NoRequest(Exception):
    """The message says what is wrong with the file."""


@dataclass(frozen=True, slots=True)
class Captured:
    """`is_respelt`: the body came as parsed JSON, so its bytes are not those that were signed. `has_host`:
    the URL is a whole one. `gaps`: what is not in the file of what came."""

    request: RawRequest
    is_respelt: bool
    has_host: bool
    gaps: tuple[str, ...] = ()


def read(content: bytes, *, url: str = "", body: bytes | None = None) -> Captured:
    """`url` and `body`, where given, stand for the file's own. Raises `NoRequest`."""
    data = _json(content)
    if isinstance(data, Mapping) and "headers" in data:
        return replace(_made(*_of_json(data), url, body), gaps=_gaps(data, body))
    if data is not None:
        raise NoRequest("The file is JSON without `headers`. Save headers and body, not the body alone.")
    return _made(*_of_http(content), url, body)


type _Parts = tuple[str, str, dict[str, str], bytes, bool]
"""Method, URL or path, headers, body, whether the body came parsed."""


def _made(
    method: str,
    where: str,
    headers: dict[str, str],
    content: bytes,
    is_respelt: bool,
    url: str,
    body: bytes | None,
) -> Captured:
    whole = url or where
    has_host = whole.startswith(("http://", "https://"))
    if not has_host:
        host = headers.get("host")
        whole = (f"https://{host}" if host else UNKNOWN_HOST) + (whole or "/")
        has_host = bool(host)
    parts = urlsplit(whole)
    sent = content if body is None else body
    request = RawRequest(method.upper(), whole, parts.path or "/", parts.query, headers, sent)
    return Captured(request, is_respelt and body is None, has_host)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _of_json(data: Mapping[str, Any]) -> _Parts:
    """Members as API Gateway, `doorbell verify --vectors` and most request bins have them."""
    http = (
        data.get("requestContext", {}).get("http", {})
        if isinstance(data.get("requestContext"), Mapping)
        else {}
    )
    method = str(data.get("method") or data.get("httpMethod") or http.get("method") or "POST")
    where = str(data.get("url") or data.get("rawPath") or data.get("path") or "/")
    query = str(data.get("rawQueryString") or "")
    if query and "?" not in where:
        where += f"?{query}"
    body, is_respelt = _body(data)
    return method, where, _headers(data["headers"]), body, is_respelt


def _gaps(data: Mapping[str, Any], body: bytes | None) -> tuple[str, ...]:
    """What Doorbell does not keep of a refused request."""
    masked = data.get("masked")
    found = []
    if data.get("cut") is True and body is None:
        found.append("the whole body: its beginning alone was kept")
    if isinstance(masked, list) and masked:
        found.append(f"what was masked: {', '.join(map(str, masked))}")
    return tuple(found)


def _body(data: Mapping[str, Any]) -> tuple[bytes, bool]:
    body = data.get("body")
    packed = data.get("body_b64") or data.get("body_base64")
    try:
        if packed is not None:
            return b64decode(packed, validate=True), False
        if data.get("isBase64Encoded") and isinstance(body, str):
            return b64decode(body, validate=True), False
    except (TypeError, ValueError):
        raise NoRequest("The body is said to be base64 and is not.") from None
    if body is None or isinstance(body, str):
        return (body or "").encode("utf-8", "surrogatepass"), False
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass"), True


def _headers(given: object) -> dict[str, str]:
    if isinstance(given, Mapping):
        pairs = list(given.items())
    elif isinstance(given, Sequence) and not isinstance(given, str):
        pairs = [_pair(one) for one in given]
    else:
        raise NoRequest("`headers` must be an object or a list of pairs.")
    return {
        str(name).strip().lower(): ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in pairs
    }


def _pair(one: object) -> tuple[object, object]:
    if isinstance(one, Mapping) and {"name", "value"} <= set(one):
        return one["name"], one["value"]
    if isinstance(one, list) and len(one) == 2:
        return one[0], one[1]
    raise NoRequest("`headers` must be an object or a list of pairs.")


def _of_http(content: bytes) -> _Parts:
    """A request line, if there is one, headers, an empty line, the body as it is."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := content.find(mark)) >= 0]
    at, width = min(ends, default=(len(content), 0))
    lines = content[:at].decode("latin-1").splitlines()
    words = lines[0].split(" ") if lines else []
    method, where = "POST", "/"
    if len(words) >= 2 and words[0].isalpha() and words[0].isupper():
        method, where = words[0], words[1]
        lines = lines[1:]
    pairs = [line.partition(":") for line in lines]
    if not pairs or not all(colon and name.strip() for name, colon, _ in pairs):
        raise NoRequest(
            "The file is no request. Write headers as `name: value`, an empty line, then the body."
        )
    headers: dict[str, str] = {}
    for name, _, value in pairs:
        key = name.strip().lower()
        headers[key] = f"{headers[key]},{value.strip()}" if key in headers else value.strip()
    return method, where, headers, content[at + width :], False

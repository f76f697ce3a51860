"""An event as a CloudEvent 1.0 in structured JSON.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import json
import re
from base64 import b64encode
from typing import Final
from urllib.parse import quote

from doorbell.domain.packed import unpacked
from doorbell.domain.records import StoredEvent
from doorbell.payloads.documents import exactly
from doorbell.payloads.views import iso_time

CONTENT_TYPE: Final = "application/cloudevents+json"
JSON: Final = "application/json"
BINARY: Final = "application/octet-stream"

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE: Final = re.compile(rf"({_WORD}/{_WORD})\s*(;.*)?")
_IS_JSON: Final = re.compile(r"(application|text)/json|[^/]+/[^/]+\+json")
_IS_TEXT: Final = re.compile(r"text/.+|application/(xml|x-www-form-urlencoded)|[^/]+/[^/]+\+xml")
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


def cloudevent(event: StoredEvent, body: bytes, content_type: str) -> bytes:
    """`data` is the provider's JSON as it was written, numbers to the last digit; text is a string, both
    unpacked; all else is `data_base64`. `source` is where it rang, relative to the gateway."""
    attributes = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"/in/{quote(event.incoming.source_id, safe='')}",
        "type": event.incoming.event_type or "unknown",
        "time": iso_time(event.incoming.received_at),
    }
    data_type, data = _data(body, content_type.strip())
    if data:
        attributes["datacontenttype"] = data_type
        data = "," + data
    return f"{json.dumps(attributes, separators=(',', ':'))[:-1]}{data}}}".encode()


def _data(body: bytes, content_type: str) -> tuple[str, str]:
    """The content type, and the member of the envelope as JSON text."""
    if not body:
        return "", ""
    media = _MEDIA_TYPE.fullmatch(content_type)
    if content_type and media is None:
        return BINARY, _base64(body)
    kind = media.group(1).lower() if media else JSON
    if _IS_JSON.fullmatch(kind):
        try:
            text = unpacked(body).decode("utf-8-sig")
            exactly(text)
        except (ValueError, RecursionError):
            return content_type or BINARY, _base64(body)
        return content_type or JSON, f'"data":{text}'
    if _IS_TEXT.fullmatch(kind) and _charset(content_type) in ("utf-8", "utf8", "us-ascii"):
        try:
            return content_type, f'"data":{json.dumps(unpacked(body).decode("utf-8"))}'
        except UnicodeDecodeError:
            pass
    return content_type, _base64(body)


def _charset(content_type: str) -> str:
    named = _CHARSET.search(content_type)
    return named.group(1).lower() if named else "utf-8"


def _base64(body: bytes) -> str:
    return f'"data_base64":"{b64encode(body).decode()}"'

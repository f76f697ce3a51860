"""CloudEvents over HTTP: the attributes of a request in each content mode, told by its content type.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3-http-message-mapping

In the structured and the batched mode the attributes are in the body; headers that repeat them count for
nothing. A body in another format than JSON is not looked into.
"""

import json
import re
from urllib.parse import unquote

from doorbell.domain.paths import walk
from doorbell.domain.requests import RawRequest
from doorbell.signatures.parsing import inside

MEDIA_TYPE = "application/cloudevents"
BATCH = f"{MEDIA_TYPE}-batch"


def fact(request: RawRequest, name: str) -> str | None:
    """`type`, of a batch none; `key`, which is id and source, of a batch all of them."""
    if name == "type":
        return None if _is_batch(request) else _attribute(request, "type")
    if _is_batch(request):
        return _keys(inside(request))
    both = _attribute(request, "id"), _attribute(request, "source")
    return "|".join(part for part in both if part) if all(both) else None


def _is_batch(request: RawRequest) -> bool:
    return request.headers.get("content-type", "").strip().lower().startswith(BATCH)


def _attribute(request: RawRequest, name: str) -> str | None:
    if request.headers.get("content-type", "").strip().lower().startswith(MEDIA_TYPE):
        value = walk(inside(request), name)
        return value if isinstance(value, str) else None
    text = request.headers.get(f"ce-{name}")
    return None if text is None else _decoded(text)


def _decoded(text: str) -> str:
    """Section 3.1.3.2: quotes off, then one round of percent-decoding."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return unquote(text)


def _keys(events: object) -> str | None:
    found = (
        [(walk(event, "id"), walk(event, "source")) for event in events] if isinstance(events, list) else []
    )
    is_whole = all(isinstance(part, str) and part for pair in found for part in pair)
    return json.dumps(found) if found and is_whole else None

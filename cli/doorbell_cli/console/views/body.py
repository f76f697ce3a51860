"""An event's body, as far as it can be shown."""

import json
from dataclasses import dataclass

from doorbell.runtime.body_json import text_of
from doorbell.usecases.show_body import EventBody


@dataclass(frozen=True, slots=True)
class Body:
    """`text` None: it is no text, or (`gone`) not there any more. `pretty`: JSON, laid out; else None."""

    text: str | None
    pretty: str | None
    gone: str = ""


def body(content: EventBody) -> Body:
    return laid_out(content.body or b"")


def laid_out(content: bytes) -> Body:
    text = text_of(content)
    return Body(text, None if text is None else _pretty(text))


def _pretty(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None

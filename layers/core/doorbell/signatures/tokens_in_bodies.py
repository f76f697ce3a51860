"""A token in the body that proves its sender: gone before the event is queued, kept or passed on."""

from dataclasses import replace

from doorbell.domain.json_text import dumps, loads_any
from doorbell.domain.packed import unpacked
from doorbell.domain.requests import RawRequest

BLANK = "[redacted]"


def without_token(request: RawRequest, path: str) -> RawRequest:
    """The request with `BLANK` at the dotted `path` (`[]` is each element), where its check has just read the
    token. The body is written anew, numbers digit by digit; a packed one is sent on unpacked."""
    value = loads_any(unpacked(request.body).decode("utf-8-sig"))
    _blank(value, path.split("."))
    headers = {name: text for name, text in request.headers.items() if name != "content-encoding"}
    return replace(request, body=dumps(value), headers=headers)


def _blank(value: object, steps: list[str]) -> None:
    step, *rest = steps
    if step == "[]":
        for one in value if isinstance(value, list) else ():
            _blank(one, rest)
    elif isinstance(value, dict) and step in value:
        if rest:
            _blank(value[step], rest)
        else:
            value[step] = BLANK

"""What every way of signing a request needs: headers, bodies, times as a provider writes them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from doorbell.domain.forms import is_form, texts
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim


def with_headers(request: RawRequest, **headers: str) -> RawRequest:
    """The request with more headers; `_` in a name stands for `-`."""
    added = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **added})


def with_json(request: RawRequest, value: object) -> RawRequest:
    return replace(request, body=json.dumps(value, separators=(",", ":")).encode())


def as_object(claim: Claim) -> dict[str, Any]:
    """The body as a JSON object; what is none is put into one."""
    return _object(claim.request.body)


def with_member(request: RawRequest, path: str, value: object) -> RawRequest:
    """The request with `value` at the dotted `path` of its body: JSON, or by its content type a form, whose
    first step is a field and whose others are in the JSON that the field holds."""
    if not is_form(request.headers.get("content-type", "")):
        return with_json(request, _set(_object(request.body), path.split("."), value))
    fields: dict[str, Any] = {name: values[0] for name, values in texts(request.body).items()}
    name, _, rest = path.partition(".")
    if rest:
        inner = _set(_object(str(fields.get(name, "{}")).encode()), rest.split("."), value)
        fields[name] = json.dumps(inner, separators=(",", ":"))
    else:
        fields[name] = value
    return replace(request, body=urlencode(fields).encode())


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        data = {}
    return data if isinstance(data, dict) else {"data": data}


def _set(data: dict[str, Any], steps: list[str], value: object) -> dict[str, Any]:
    step, *rest = steps
    if not rest:
        return {**data, step: value}
    inner = data.get(step)
    return {**data, step: _set(inner if isinstance(inner, dict) else {}, rest, value)}


def written_time(now: float, unit: str) -> str:
    """`now` in the provider's unit."""
    if unit == "date":
        return format_datetime(datetime.fromtimestamp(int(now), UTC), usegmt=True)
    if unit == "rfc3339":
        return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
    return str(int(now * 1000) if unit == "ms" else int(now))

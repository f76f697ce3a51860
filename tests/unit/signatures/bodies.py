"""Requests with a body of one's own, signed as their provider signs them, and what comes of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from doorbell.domain.events import Several, VerifiedEvent, event_id_for
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.signing.request import sign_request
from tests.unit.signatures.cases import CASES, NOW, URL

JSON = {"content-type": "application/json"}


def request_of(provider: str, body: object, headers: Mapping[str, str] = JSON, **given: Any) -> RawRequest:
    """`body` that is not bytes becomes JSON."""
    case = CASES[provider]
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"options": case.options, "scheme": case.scheme, **given}
    return sign_request(provider, case.signing, url=URL, body=data, headers=headers, now=NOW, **given)


def examined(provider: str, request: RawRequest, ingest_id: str = "i1", **of_source: Any) -> object:
    """What the gate makes of it."""
    case = CASES[provider]
    source = replace(case.source(), **of_source)
    return case.gate().examine(source, request, [case.stored], verify_token="t", ingest_id=ingest_id, now=NOW)


def event_of(
    provider: str, body: object, headers: Mapping[str, str] = JSON, **of_source: Any
) -> VerifiedEvent:
    """The one event of a genuine request."""
    found = examined(provider, request_of(provider, body, headers), **of_source)
    assert isinstance(found, VerifiedEvent), found
    return found


def types_of(provider: str, body: object, headers: Mapping[str, str] = JSON, **of_source: Any) -> list[str]:
    event = event_of(provider, body, headers, **of_source)
    return list(event.event_types or (event.event_type,))


def split(
    provider: str, body: object, ingest_id: str = "i1", headers: Mapping[str, str] = JSON, **of_source: Any
) -> Several:
    """The events of a genuine request to a source that splits."""
    request = request_of(provider, body, headers)
    found = examined(provider, request, ingest_id, split=True, **of_source)
    assert isinstance(found, Several), found
    return found


def id_by_hash(body: bytes) -> str:
    """The event's id where its key is the hash of these bytes."""
    return event_id_for("default", "src", f"sha256:{hashlib.sha256(body).hexdigest()}")


def with_headers(request: RawRequest, **headers: str | None) -> RawRequest:
    """`_` stands for `-`; None takes a header away."""
    changed: dict[str, str | None] = {**request.headers}
    changed.update({name.replace("_", "-"): value for name, value in headers.items()})
    kept = {name: value for name, value in changed.items() if value is not None}
    return replace(request, headers=kept)


def source_of(provider: str, **changes: Any) -> Source:
    return replace(CASES[provider].source(), **changes)

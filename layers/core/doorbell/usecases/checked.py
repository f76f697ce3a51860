"""What ingest asks of a source and a request beside the proof: before it, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorbell.domain.errors import Refusal
from doorbell.domain.events import Several
from doorbell.domain.sources import ID

if TYPE_CHECKING:
    from doorbell.domain.events import VerifiedEvent
    from doorbell.domain.requests import RawRequest
    from doorbell.domain.sources import Source
    from doorbell.usecases.ports import Checks, Gate, Sources


def known(sources: Sources, source_id: str) -> Source:
    """What cannot be an id is not looked up: the table would refuse it as an error of ours."""
    source = sources.get(source_id) if ID.fullmatch(source_id) else None
    if source is None:
        raise Refusal(404, "unknown_source", "no such source")
    if not source.enabled:
        raise Refusal(403, "source_disabled", "the source is disabled")
    return source


def before_proof(source: Source, request: RawRequest, gate: Gate, checks: Checks) -> None:
    most = source.max_body_bytes or gate.most_bytes(source)
    if len(request.body) > most:
        raise Refusal(413, "body_too_large", f"the body may have {most} bytes")
    checks.sender(source, request.source_ip)


def after_proof(source: Source, proven: VerifiedEvent | Several, checks: Checks) -> None:
    whole = proven.whole if isinstance(proven, Several) else proven
    checks.content_type(source, whole.content_type)
    checks.schema(source, whole)

"""A request that was refused, as it is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from doorbell.domain.refused import Refused
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.diagnosis.near_misses import diagnose
from tests.unit.signatures.cases import NOW


def refused(source: Source, request: RawRequest, code: str = "signature_mismatch", **changes: Any) -> Refused:
    made = Refused(
        refused_id="0001", source_id=source.source_id, tenant_id=source.tenant_id, provider=source.provider,
        at=NOW, status=401, code=code, method=request.method, url=request.url, path=request.path,
        raw_query=request.raw_query, headers=dict(request.headers), source_ip="192.0.2.7",
        size=len(request.body), body=request.body,
    )  # fmt: skip
    return replace(made, **changes)


def fits(source: Source, request: RawRequest, secret: str) -> set[str]:
    """The fits that are said, each without what is around it."""
    said = diagnose(source, refused(source, request), [secret]).words
    return {
        one.removeprefix("The signature fits ").removesuffix(".")
        for one in said
        if one.startswith("The signature fits ")
    }

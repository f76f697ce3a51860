"""The one place that issues a `Proof`: whoever calls these functions has checked the sender."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from doorbell.domain.credentials import without_credentials
from doorbell.domain.errors import SignatureError
from doorbell.domain.events import DEFAULT_WINDOW_HOURS, Proof, VerifiedEvent, event_id_for
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.facts import Facts
from doorbell.signatures.naming import dedupe_key, event_type

HOUR = 3600
PUBLISH_SOURCE = "publish"
PUBLISH_PROVIDER = "doorbell"


def dedupe_locators(source: Source, entry: Entry) -> tuple[str, ...]:
    if source.dedupe is None:
        return entry.dedupe
    return () if source.dedupe.origin == "hash" else (f"{source.dedupe.origin}:{source.dedupe.key}",)


def type_locators(source: Source, entry: Entry) -> tuple[str, ...]:
    if source.event_type is None:
        return entry.event_type
    origin = "text" if source.event_type.origin == "fixed" else source.event_type.origin
    return (f"{origin}:{source.event_type.key}",)


def window_hours(source: Source, entry: Entry) -> int:
    if source.dedupe is not None and source.dedupe.window_hours is not None:
        return source.dedupe.window_hours
    return entry.window_hours or DEFAULT_WINDOW_HOURS


def proven_event(
    source: Source,
    entry: Entry,
    request: RawRequest,
    *,
    secrets: Sequence[str],
    ingest_id: str,
    now: float,
) -> VerifiedEvent:
    """The event of a request whose check has just passed, without what its sender proved itself with where
    that is a secret. `SignatureError` for what cannot be the provider's event."""
    request = _with_its_data(request)
    facts = Facts(request)
    if entry.only_json and not isinstance(facts.json(), dict | list):
        raise SignatureError("signature_mismatch")
    key = dedupe_key(facts, dedupe_locators(source, entry), type_locators(source, entry), ingest_id)
    return VerifiedEvent(
        proof=Proof._issue(f"signatures:{entry.name}"),
        ingest_id=ingest_id,
        event_id=event_id_for(source.tenant_id, source.source_id, key),
        tenant_id=source.tenant_id,
        source_id=source.source_id,
        provider=source.provider,
        event_type=event_type(facts, type_locators(source, entry)),
        dedupe_key=key,
        dedupe_window_seconds=window_hours(source, entry) * HOUR,
        received_at=now,
        content_type=request.headers.get("content-type", ""),
        headers=without_credentials(request.headers, secrets),
        body=request.body,
    )


def _with_its_data(request: RawRequest) -> RawRequest:
    """What comes by GET says it in its query, which is signed where GET is taken: it goes on as the form that
    a POST would have been."""
    if request.method != "GET" or request.body:
        return request
    headers = {**request.headers, "content-type": "application/x-www-form-urlencoded"}
    return replace(request, body=request.raw_query.encode(), headers=headers)


def publish_event(
    principal: str,
    *,
    ingest_id: str,
    tenant_id: str,
    event_type: str,
    event_key: str,
    content_type: str,
    body: bytes,
    headers: Mapping[str, str],
    now: float,
) -> VerifiedEvent:
    """An event of the team's own: API Gateway checked the IAM signature of `principal`."""
    if not principal:
        raise ValueError("a published event needs the principal that API Gateway authenticated")
    return VerifiedEvent(
        proof=Proof._issue(f"iam:{principal}"),
        ingest_id=ingest_id,
        event_id=event_id_for(tenant_id, PUBLISH_SOURCE, event_key),
        tenant_id=tenant_id,
        source_id=PUBLISH_SOURCE,
        provider=PUBLISH_PROVIDER,
        event_type=event_type,
        dedupe_key=event_key,
        dedupe_window_seconds=DEFAULT_WINDOW_HOURS * HOUR,
        received_at=now,
        content_type=content_type,
        headers=headers,
        body=body,
    )

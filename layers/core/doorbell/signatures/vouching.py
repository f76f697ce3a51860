"""Events that come without a provider's signature: AWS has checked who sends them, or Doorbell rings itself.
Each has a source that nobody configures."""

from collections.abc import Mapping

from doorbell.domain.events import VerifiedEvent
from doorbell.domain.own_events import SOURCE, TENANT
from doorbell.domain.reserved import INBOX_SOURCE
from doorbell.signatures.verifier import JSON, vouched

PUBLISH_SOURCE = "publish"


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
    return vouched(
        f"iam:{principal}",
        ingest_id=ingest_id,
        tenant_id=tenant_id,
        source_id=PUBLISH_SOURCE,
        event_type=event_type,
        event_key=event_key,
        content_type=content_type,
        body=body,
        headers=headers,
        now=now,
    )


def own_event(kind: str, *, event_key: str, ingest_id: str, body: bytes, now: float) -> VerifiedEvent:
    """One of Doorbell's own: what made it is its own code, one hop from what happened."""
    return vouched(
        "doorbell",
        ingest_id=ingest_id,
        tenant_id=TENANT,
        source_id=SOURCE,
        event_type=kind,
        event_key=event_key,
        content_type=JSON,
        body=body,
        headers={"content-type": JSON},
        now=now,
        hops=1,
    )


def inbox_event(
    *,
    ingest_id: str,
    tenant_id: str,
    event_type: str,
    event_key: str,
    content_type: str,
    body: bytes,
    headers: Mapping[str, str],
    now: float,
    hops: int,
) -> VerifiedEvent:
    """What came by the inbox queue: its policy lets in services of AWS alone, and for this account alone."""
    return vouched(
        "inbox",
        ingest_id=ingest_id,
        tenant_id=tenant_id,
        source_id=INBOX_SOURCE,
        event_type=event_type,
        event_key=event_key,
        content_type=content_type,
        body=body,
        headers=headers,
        now=now,
        hops=hops,
    )

"""Events that come without a provider's signature: AWS has checked who sends them, or Doorbell rings itself.
Each has a source that nobody configures."""

from doorbell.domain.events import Unsigned, VerifiedEvent
from doorbell.domain.own_events import SOURCE, TENANT
from doorbell.domain.reserved import INBOX_SOURCE
from doorbell.signatures.verifier import vouched

PUBLISH_SOURCE = "publish"


def publish_event(principal: str, given: Unsigned) -> VerifiedEvent:
    """An event of the team's own: API Gateway checked the IAM signature of `principal`."""
    if not principal:
        raise ValueError("a published event needs the principal that API Gateway authenticated")
    return vouched(f"iam:{principal}", PUBLISH_SOURCE, given)


def own_event(kind: str, *, event_key: str, ingest_id: str, body: bytes, now: float) -> VerifiedEvent:
    """One of Doorbell's own: what made it is its own code, one hop from what happened."""
    given = Unsigned(
        ingest_id=ingest_id,
        tenant_id=TENANT,
        event_type=kind,
        event_key=event_key,
        body=body,
        now=now,
        hops=1,
    )
    return vouched("doorbell", SOURCE, given)


def inbox_event(given: Unsigned) -> VerifiedEvent:
    """What came by the inbox queue: its policy lets in services of AWS alone, and for this account alone."""
    return vouched("inbox", INBOX_SOURCE, given)

"""A sound item as the source that it describes."""

from typing import Any

from doorbell.domain.sources import Ack, Backfill, Dedupe, EventTypeAt, Source


def source_of(item: Any) -> Source:
    """`item`: a `SourceItem`, or what else has its fields."""
    dedupe, at, ack, back = item.dedupe, item.event_type, item.ack, item.backfill
    return Source(
        source_id=item.source_id,
        provider=item.provider,
        secrets=item.secrets,
        tenant_id=item.tenant_id,
        enabled=item.enabled,
        paused=item.paused,
        scheme=item.scheme,
        options=item.options,
        public_url=item.public_url,
        allowed_cidrs=item.allowed_cidrs,
        max_body_bytes=item.max_body_bytes,
        content_types=item.content_types,
        json_schema=item.json_schema,
        dedupe=Dedupe(dedupe.origin, dedupe.key, dedupe.window_hours) if dedupe else None,
        event_type=EventTypeAt(at.origin, at.key) if at else None,
        verify_token_ref=item.verify_token_ref,
        tolerance_seconds=item.tolerance_seconds,
        ack=Ack(ack.status, ack.body, ack.content_type) if ack else None,
        split=item.split,
        challenge=item.challenge,
        backfill=Backfill(back.credentials_ref, back.hook, back.api, back.every_minutes) if back else None,
    )

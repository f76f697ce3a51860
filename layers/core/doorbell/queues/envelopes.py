"""What travels on the queues: pydantic models with a version. `queues/events.py` writes the first kind
without pydantic, because ingest does not load it; a test holds the two together.

A message with a version that is not known is refused, and so comes to the dead-letter queue instead of
being misread: deploy consumers first.
"""

from base64 import b64decode
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming


class EventEnvelope(BaseModel):
    """One verified event. `body` is base64; `body_key` names an object instead."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    v: Literal[1]
    ingest_id: str
    event_id: str
    tenant_id: str
    source_id: str
    provider: str
    event_type: str
    window: int
    received_at: float
    content_type: str
    headers: dict[str, str]
    size: int
    body: str | None = None
    body_key: str | None = None

    def to_domain(self) -> Incoming:
        return Incoming(
            ingest_id=self.ingest_id,
            event_id=self.event_id,
            tenant_id=self.tenant_id,
            source_id=self.source_id,
            provider=self.provider,
            event_type=self.event_type,
            dedupe_window_seconds=self.window,
            received_at=self.received_at,
            content_type=self.content_type,
            headers=self.headers,
            body=BodyAt(
                size=self.size,
                inline=None if self.body is None else b64decode(self.body, validate=True),
                key=self.body_key,
            ),
        )


class DeliveryEnvelope(BaseModel):
    """Ids only: the state is in the table."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    v: Literal[1] = 1
    event_id: str
    subscription_id: str
    tenant_id: str
    generation: int = Field(default=0, ge=0)
    attempt: int = Field(ge=1)

    @classmethod
    def of(cls, message: DeliveryMessage) -> "DeliveryEnvelope":
        return cls(
            event_id=message.key.event_id,
            subscription_id=message.key.subscription_id,
            tenant_id=message.tenant_id,
            generation=message.key.generation,
            attempt=message.attempt,
        )

    def to_domain(self) -> DeliveryMessage:
        key = DeliveryKey(self.event_id, self.subscription_id, self.generation)
        return DeliveryMessage(key, self.tenant_id, self.attempt)

"""What travels on the queues: pydantic models with a version. `queues/events.py` writes the first kind
without pydantic, because ingest does not load it; a test holds the two together.

A message with a version that is not known is refused, and so comes to the dead-letter queue instead of
being misread: deploy consumers first.
"""

from base64 import b64decode
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming


class EventEnvelope(BaseModel):
    """One verified event. `body` is base64; `body_key` names an object instead. The last four are left out
    where there is nothing to say."""

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
    event_types: tuple[str, ...] = ()
    element: int | None = None
    former_id: str | None = None
    fetched: str = ""
    hops: int = Field(default=0, ge=0)

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
            event_types=self.event_types,
            element=self.element,
            former_id=self.former_id,
            fetched=self.fetched,
            hops=self.hops,
        )


class DeliveryEnvelope(BaseModel):
    """Ids only: the state is in the table. `release` is left out where it is not so: the release before does
    not know it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    v: Literal[1] = 1
    event_id: str
    subscription_id: str
    tenant_id: str
    generation: int = Field(default=0, ge=0)
    attempt: int = Field(ge=1)
    release: bool = False

    @classmethod
    def of(cls, message: DeliveryMessage) -> "DeliveryEnvelope":
        return cls(
            event_id=message.key.event_id,
            subscription_id=message.key.subscription_id,
            tenant_id=message.tenant_id,
            generation=message.key.generation,
            attempt=message.attempt,
            release=message.release,
        )

    def to_json(self) -> str:
        return self.model_dump_json(exclude=None if self.release else {"release"})

    def to_domain(self) -> DeliveryMessage:
        key = DeliveryKey(self.event_id, self.subscription_id, self.generation)
        return DeliveryMessage(key, self.tenant_id, self.attempt, self.release)


WAKES = '{"wake":'
"""How a message of the other kind begins, and none of a delivery."""


class WakeEnvelope(BaseModel):
    """On the deliveries queue too: an endpoint whose list wants a look. `wake` is the version."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    wake: Literal[1] = 1
    tenant_id: str
    subscription_id: str

    @classmethod
    def of(cls, call: WakeCall) -> "WakeEnvelope":
        return cls(tenant_id=call.tenant_id, subscription_id=call.subscription_id)

    def to_domain(self) -> WakeCall:
        return WakeCall(self.tenant_id, self.subscription_id)


def call_of(body: str) -> DeliveryMessage | WakeCall:
    """Of a message of the deliveries queue. Raises `ValidationError`."""
    if body.startswith(WAKES):
        return WakeEnvelope.model_validate_json(body).to_domain()
    return DeliveryEnvelope.model_validate_json(body).to_domain()

"""What the use cases need of the world. Every port that stands on a service may raise `Unavailable`; the call
may have taken effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # what a port speaks of is loaded by those who make it
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from doorbell.domain.claims import DeliveryMessage, Due, Lost, Won
    from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease
    from doorbell.domain.events import Several, VerifiedEvent
    from doorbell.domain.filing import Path, SubscriptionPage
    from doorbell.domain.health import Health
    from doorbell.domain.outbound import OutboundRequest, Outcome
    from doorbell.domain.places import Entry, Turn
    from doorbell.domain.rate import Rate
    from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
    from doorbell.domain.requests import Answer, Learn, RawRequest
    from doorbell.domain.sources import Source
    from doorbell.domain.subscriptions import Subscription

type Clock = Callable[[], float]
"""Epoch seconds."""
type Ids = Callable[[], str]
"""A new unique id."""
type Random = Callable[[], float]
"""Uniform in [0, 1)."""


class Metrics(Protocol):
    """Dimensions are bounded sets (a reason, a state), never ids. `measure`: one value of a distribution."""

    def count(self, name: str, value: float = 1, **dimensions: str) -> None: ...
    def measure(self, name: str, seconds: float) -> None: ...


class Log(Protocol):
    """Structured lines. Fields never hold secrets or bodies."""

    def debug(self, message: str, **fields: object) -> None: ...
    def info(self, message: str, **fields: object) -> None: ...
    def error(self, message: str, **fields: object) -> None: ...


class Sources(Protocol):
    def get(self, source_id: str) -> Source | None:
        """None: no such source. Raises `ConfigError` for a broken item."""

    def learn_secret(self, source: Source, secret: str) -> bool:
        """Keep a secret that a handshake brought; False: the source was not waiting for one."""


class Secrets(Protocol):
    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
        """In order. `owner`: the key of their item (KMS context). Raises `SecretMissing`, `Unavailable`."""

    def forget(self, references: Sequence[str]) -> bool:
        """Drop what is cached of them, so that a rotation is seen at once; False: too soon to ask again."""


class Gate(Protocol):
    def examine(
        self,
        source: Source,
        request: RawRequest,
        secrets: Sequence[str],
        *,
        verify_token: str | None,
        ingest_id: str,
        now: float,
        events_only: bool = False,
    ) -> VerifiedEvent | Several | Answer | Learn: ...
    def ack(self, source: Source, request: RawRequest, secrets: Callable[[], Sequence[str]]) -> Answer: ...
    def most_bytes(self, source: Source) -> int: ...  # of a body, where the source does not say


class Checks(Protocol):
    """What a source may demand beside a signature. Each raises `Refusal`, or `ConfigError` for nonsense."""

    def sender(self, source: Source, source_ip: str) -> None: ...
    def content_type(self, source: Source, content_type: str) -> None: ...
    def schema(self, source: Source, event: VerifiedEvent) -> None: ...


class Bodies(Protocol):
    def put(self, key: str, body: bytes) -> None: ...
    def get(self, key: str) -> bytes:
        """Raises `KeyError` when it is not there (any more)."""


class DeliveriesQueue(Protocol):
    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        """Each with its delay in whole seconds (0 to 900). Raises `Unavailable` when any was not taken."""


class Subscriptions(Protocol):
    def page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        """Broken items are left out, loudly, when an event would go to them."""

    def get(self, tenant_id: str, subscription_id: str, *, fresh: bool = False) -> Subscription | None:
        """None: no such subscription. Raises `ConfigError` for a broken item. `fresh`: nothing cached."""

    def disable(self, subscription: Subscription, reason: str, now: float) -> bool:
        """Switch it off; False if it was off, is gone, or has another URL by now."""


class Events(Protocol):
    def put_new(self, event: StoredEvent) -> StoredEvent | None:
        """Put it unless its id is taken (by one not expired): that one, or None when it is there now."""

    def put_page(self, event: StoredEvent, number: int, page: RoutingPage) -> RoutingPage | None:
        """Put a routing page unless it is there; the one that is, or None when `page` is now there."""

    def page(self, event: StoredEvent, number: int) -> RoutingPage | None: ...
    def get(self, event_id: str, now: float) -> StoredEvent | None: ...


class Claims(Protocol):
    """Each method is one conditional write."""

    def claim(
        self, key: DeliveryKey, attempt: int, lease: Lease, now: float, *, release: bool = False
    ) -> Won | Lost:
        """Pending, its turn, its time, no live lease, no shelf (unless it is a release) → lease it."""

    def record(self, claimed: Delivery, attempt: Attempt | None, after: Delivery) -> bool:
        """Make `claimed` into `after`, append `attempt`, drop the lease. False: the claim was lost."""


class Deliveries(Protocol):
    """Conditional writes, each by itself. `shards` and TTL are the adapter's matter."""

    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        """Put each unless it is there; for each the one that was, or None when it is now there."""

    def postpone_all(self, moves: Sequence[tuple[Due, float]]) -> Sequence[bool]:
        """Move each row's `due_at` to its new time, if it is still as seen; for each, whether it was."""


class DueIndex(Protocol):
    def due(self, shard: int, until: float) -> Iterable[Due]: ...  # earliest first

    @property
    def shards(self) -> int: ...


class Endpoints(Protocol):
    def health(self, endpoint_id: str, *, fresh: bool = False) -> Health: ...
    def stay_seconds(self, endpoint_id: str) -> float | None: ...
    def write_health(self, endpoint_id: str, health: Health) -> bool:
        """Write it, wake and all, if the version still is `health.version`; False: somebody was faster."""

    def reset(self, endpoint_id: str) -> None:
        """As if it were new, but for the places in flight. Who waits is released."""

    def take_slot(self, endpoint_id: str, rate: Rate, now: float, last: float) -> float | None:
        """When the message may go by the rate limit; None, and none taken, if that is after `last`."""

    def take_drain_slot(self, endpoint_id: str, rate: float, floor: float, last: float) -> float | None:
        """The same for those who wait for the endpoint to come back: `floor` or later, `rate` a second."""

    def take_turn(self, endpoint_id: str, turn: Turn, last: float, *, crowded: bool) -> float | None:
        """The same for those who wait for a place in flight. `crowded`: there is a line, most likely."""

    def enter(self, endpoint_id: str, lease: Lease, limit: int, now: float, *, in_turn: bool) -> Entry:
        """Take one of `limit` places in flight until the lease ends."""

    def leave(self, endpoint_id: str, lease: Lease, stay_seconds: float | None) -> None: ...


class Composer(Protocol):
    def compose(
        self, subscription: Subscription, event: StoredEvent, body: bytes, attempt: int, now: float
    ) -> OutboundRequest:
        """Signed. Raises `SecretMissing`, `Unavailable`, `Busy`, or a `DoorbellError` that has a `code`."""

    def rejected(self, subscription: Subscription) -> None:
        """The subscriber answered 401 to what was composed: forget what may have grown old."""


class Filters(Protocol):
    """`turn` is held while filters are asked of one event. `quick`: one that takes long raises `NotQuick`."""

    def turn(self) -> AbstractContextManager[object]: ...
    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool: ...
    def text_at(self, path: Path, event: Incoming, body: bytes) -> str | None:
        """The text that filters find there; None where there is none, or something else."""


class Sender(Protocol):
    def send(self, request: OutboundRequest) -> Outcome:
        """Raises `Busy` where nothing was begun."""


class Notices(Protocol):
    def publish(self, kind: str, detail: Mapping[str, object]) -> None:
        """Tell the operators; losing a notice is not an error."""

"""An event that is proven, and the ids made of it."""

import hashlib
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

DEFAULT_WINDOW_HOURS = 168
TYPE_CHARACTERS = r"A-Za-z0-9_.:/\-"
"""Of an event type, as a class of a regular expression has them. Any other is `_` in its place."""


class Proof:
    """Shows that a verifier made an event. Only `signatures/verifier.py` may name `Proof._issue`
    (`tests/unit/test_architecture.py` sees to it)."""

    __slots__ = ("by",)
    by: str

    def __init__(self) -> None:
        raise TypeError("a Proof is issued by the verifier alone")

    @classmethod
    def _issue(cls, by: str) -> "Proof":
        proof = object.__new__(cls)
        proof.by = by
        return proof


@dataclass(frozen=True, slots=True)
class BodyAt:
    """Where a body is: `inline` bytes, or `key` of an object in the bodies bucket. `size` in bytes; `digest`:
    SHA-256 of one in the bucket, where it is known."""

    size: int
    inline: bytes | None = None
    key: str | None = None
    digest: bytes | None = None

    def read(self, get: Callable[[str], bytes]) -> bytes:
        """The body; `get` reads an object of the bucket, and raises `KeyError` where it is gone."""
        return self.inline if self.inline is not None else get(self.key or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedEvent:
    """An event whose sender is proven; the one thing that can be put on the events queue.

    `event_id` is derived from tenant, source and dedupe key; `ingest_id` is new for every request.
    `received_at` is epoch seconds. `headers` are the request's, lower-case. `event_types`: all of them, the
    first is `event_type`, where the body has several. `element`: the body is that element, counted from 0, of
    the one that came. `former_id`: what the release before would have had as `event_id`, where that differs.
    `fetched`: from where and when, in words, of one that never rang and was fetched from its provider.
    `hops`: see `domain.hops`.
    """

    proof: Proof
    ingest_id: str
    event_id: str
    tenant_id: str
    source_id: str
    provider: str
    event_type: str
    dedupe_key: str
    dedupe_window_seconds: int
    received_at: float
    content_type: str
    headers: Mapping[str, str]
    body: bytes
    event_types: tuple[str, ...] = ()
    element: int | None = None
    former_id: str | None = None
    fetched: str = ""
    hops: int = 0

    def __post_init__(self) -> None:
        if type(self.proof) is not Proof:
            raise TypeError("a VerifiedEvent needs the verifier's Proof")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """What came without a provider's signature; its body is JSON. `event_key`: its delivery key. `headers`:
    what more it brought. `now`: when it came, epoch seconds."""

    ingest_id: str
    tenant_id: str
    event_type: str
    event_key: str
    body: bytes
    now: float
    headers: Mapping[str, str] = field(default_factory=dict)
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Several:
    """One request's events: the elements of the `whole`, each by itself. `too_many`: it had more than are
    split, and `events` is the whole."""

    whole: VerifiedEvent
    events: tuple[VerifiedEvent, ...]
    too_many: bool = False


def event_id_for(tenant_id: str, source_id: str, dedupe_key: str) -> str:
    """`evt_` and 32 characters: SHA-256 over the three, cut to 160 bits, base32.

    The parts are length-prefixed, so that no two different triples make the same text.
    """
    text = f"{len(tenant_id)}:{tenant_id}{len(source_id)}:{source_id}{len(dedupe_key)}:{dedupe_key}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return "evt_" + b32encode(digest[:20]).decode().lower()


def nth_event_id(event_id: str, generation: int) -> str:
    """The id of the event that reuses a dedupe key after its window: the first is `event_id` itself."""
    return event_id if generation == 0 else f"{event_id}_{generation}"

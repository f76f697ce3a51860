"""One declaration for every scheme of the form "a keyed digest over parts of the request"."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NEVER = 10**12
"""A tolerance in seconds that no clock exceeds: the time is read, its age is not judged."""


@dataclass(frozen=True, slots=True)
class SignatureAt:
    """Where the signature is and how it is written.

    `headers`: each one present is looked at, any may match. `query` is a parameter of the raw query, used
    when no header is named. `packing`: "plain" (the value is `prefix` + signature), "pairs" (`k=v` items
    between `separator`; the signature's name is `key`; a separator that ends in a blank allows blanks) or
    "spaced" (`version,signature` items between blanks; `key` is the version). `encoding`: hex, base64,
    base64url (unpadded).
    """

    headers: tuple[str, ...] = ()
    query: str = ""
    packing: str = "plain"
    prefix: str = ""
    key: str = ""
    separator: str = ","
    encoding: str = "hex"


@dataclass(frozen=True, slots=True)
class TimestampAt:
    """Where the signed time is. `pair` is its name in the signature's own `k=v` list.

    `unit`: s, ms, s_or_ms (told by size), rfc3339. `tolerance` seconds, both ways; `NEVER` where the
    provider names none and its retries may be old. `ahead`: how far in the future, if less than that.
    """

    headers: tuple[str, ...] = ()
    query: str = ""
    pair: str = ""
    unit: str = "s"
    tolerance: int = 300
    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A signature over `message`.

    `algorithm`: hmac-sha1, hmac-sha256, hmac-sha384, hmac-sha512, sha256 (no HMAC: the message has a
    `secret` part), ed25519, ecdsa-p256-sha256.
    `key`: how the secret becomes a key: text, hex, base64, whsec (Standard Webhooks: base64 behind
    `whsec_`), html (text, HTML entities decoded), or for asymmetric algorithms hex, whpk, spki.
    `message` parts: body, url, method, path, query, timestamp, secret, `header:<name>` (alternatives
    between `|`), `text:<literal>`.
    `required` headers must have exactly these values. `url_forms`: "exact", or "decoded" when the
    provider signs some URLs with percent-escapes resolved. `body_forms`: "exact", or "escaped" when it signs
    JSON with other than plain characters escaped, whatever it then sends.
    """

    signature: SignatureAt
    message: tuple[str, ...] = ("body",)
    algorithm: str = "hmac-sha256"
    key: str = "text"
    timestamp: TimestampAt | None = None
    required: Mapping[str, str] = field(default_factory=dict)
    url_forms: str = "exact"
    body_forms: str = "exact"
    plan: tuple[tuple[str, str, bytes], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Split the parts once, not per request: kind, argument, argument as bytes."""
        split = (part.partition(":") for part in self.message)
        plan = tuple((kind, argument, argument.encode()) for kind, _, argument in split)
        object.__setattr__(self, "plan", plan)

    @property
    def signs_url(self) -> bool:
        """Whether the public URL is part of what is signed."""
        return "url" in self.message or "path" in self.message

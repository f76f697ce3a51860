"""One declaration for every scheme of the form "a keyed digest over parts of the request"."""

from base64 import b64encode, urlsafe_b64encode
from binascii import hexlify
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

NEVER = 10**12
"""A tolerance in seconds that no clock exceeds: the time is read, its age is not judged."""


HASHES = {"hmac-sha1": "sha1", "hmac-sha256": "sha256", "hmac-sha384": "sha384", "hmac-sha512": "sha512"}

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": hexlify,
    "base64": b64encode,
    "base64url": lambda digest: urlsafe_b64encode(digest).rstrip(b"="),
}


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
    mark: str = field(init=False, repr=False, compare=False)
    blanks: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """The separator without blanks, and whether it had some."""
        object.__setattr__(self, "mark", self.separator.strip())
        object.__setattr__(self, "blanks", self.mark != self.separator)


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
    hash_name: str = field(init=False, repr=False, compare=False)
    encode: Callable[[bytes], bytes] = field(init=False, repr=False, compare=False)
    signs_url: bool = field(init=False, repr=False, compare=False)
    signs_body_alone: bool = field(init=False, repr=False, compare=False)
    is_spelt_once: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Once, not per request: the parts as kind, argument, argument as bytes; whether the public URL is
        one of them; whether the body, as it is, is all there is; whether only one spelling is ever signed."""
        split = (part.partition(":") for part in self.message)
        plan = tuple((kind, argument, argument.encode()) for kind, _, argument in split)
        object.__setattr__(self, "plan", plan)
        object.__setattr__(self, "encode", ENCODERS[self.signature.encoding])
        object.__setattr__(self, "hash_name", HASHES.get(self.algorithm, ""))
        object.__setattr__(self, "signs_url", "url" in self.message or "path" in self.message)
        exact = self.url_forms == "exact" and self.body_forms == "exact"
        object.__setattr__(self, "is_spelt_once", exact)
        object.__setattr__(self, "signs_body_alone", exact and self.message == ("body",))

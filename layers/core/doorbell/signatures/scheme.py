"""One declaration for every scheme of the form "a keyed digest over parts of the request"."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorbell.signatures.digests import HASHES, Check, checker
from doorbell.signatures.message import Spell, speller
from doorbell.signatures.timestamps import NEVER

__all__ = ["HASHES", "NEVER", "Scheme", "SignatureAt", "TimestampAt"]


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
    spell: Spell = field(init=False, repr=False, compare=False)
    check: Check = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Once, not per request: the functions that put together what was signed, and that check a claim."""
        object.__setattr__(self, "spell", speller(self))
        object.__setattr__(self, "check", checker(self, self.spell))

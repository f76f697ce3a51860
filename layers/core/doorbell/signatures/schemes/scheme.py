"""One declaration for every scheme of the form "a digest or signature over parts of the request".

Data, and nothing else: `compiled` makes the check of it. Without what dataclasses could have and nobody uses:
every cold start makes these classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NEVER = 10**12
"""A tolerance in seconds that no clock exceeds: the time is read, its age is not judged."""
BODIES = ("body", "unpacked_body")
FIRST = "0"
"""`TimestampAt.pair` where the time is the first of a list, before the signatures."""


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class SignatureAt:
    """Where the signature is and how it is written.

    `headers`: each one present is looked at, any may match. `query` is a parameter of the raw query, used
    when no header is named, and `body` a path in the body (see `inside`) where neither is. `prefix` stands
    before it; with `bare` it may be left out. `packing`: "plain" (the value is `prefix` + signature),
    "pairs" (`k=v` items between `separator`; the signature's name is `key`, or one of several between `|`; a
    separator that ends in a blank allows blanks), "spaced" (`version,signature` items between blanks; `key`
    is the version), "list" (bare signatures between `separator`, perhaps with the time first) or
    "json64" (base64 of a JSON object; `key` is the member). `encoding`: hex, hex-upper, hex-any (in any
    case), base64, base64-of-hex, base64url (unpadded), base64url-padded.
    """

    headers: tuple[str, ...] = ()
    query: str = ""
    packing: str = "plain"
    prefix: str = ""
    key: str = ""
    separator: str = ","
    encoding: str = "hex"
    body: str = ""
    bare: bool = False
    mark: str = field(init=False, repr=False, compare=False)
    blanks: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """The separator without blanks, and whether it had some."""
        object.__setattr__(self, "mark", self.separator.strip())
        object.__setattr__(self, "blanks", self.mark != self.separator)


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class TimestampAt:
    """Where the signed time is. `pair` is its name in the signature's own `k=v` list (`FIRST`: its place in
    a list of bare signatures), `body` its path in a signed body.

    `unit`: s, ms, s_or_ms (told by size), rfc3339, date (HTTP's, or rfc3339). `tolerance` seconds, both ways;
    `NEVER` where the provider names none and its retries may be old. `ahead`: how far in the future, if less
    than that; `NEVER` is any future.
    """

    headers: tuple[str, ...] = ()
    query: str = ""
    pair: str = ""
    unit: str = "s"
    tolerance: int = 300
    ahead: int | None = None
    body: str = ""


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class Scheme:
    """A signature over `message`.

    `algorithm`: hmac-md5, hmac-sha1, hmac-sha256, hmac-sha384, hmac-sha512; md5, sha1, sha256, sha384,
    sha512, keccak256 (no HMAC: the message has a `secret` part); ed25519, ecdsa-p256-sha256,
    ecdsa-p256-sha1, rsa-sha1, rsa-sha256, rsa-sha512 (PKCS #1 v1.5), rsa-pss-sha256, rsa-pss-sha512.
    `named`: pairs of a name and the algorithm that the request may choose by it; `name_at` says where the
    name is (`header:<name>` or `pair:<name>`).
    `key`: how the secret becomes a key: text, hex, base64, whsec (Standard Webhooks: base64 behind
    `whsec_`), whsec-or-text (text without that), whsec-and-text (either proves), html (text, HTML entities
    decoded), nfkd (text so normalised), sha256 (of the text), or for asymmetric algorithms hex, base64, whpk,
    spki, ed25519 (in any usual form).
    `message` parts: body, unpacked_body (what its gzip or deflate holds; the body itself where it is not
    packed), url, method, path, query, timestamp, secret, `header:<name>` (alternatives between `|`),
    `text:<literal>`; those of `parts`. `sorts`: the parts are joined in order of their bytes.
    `required`: headers, as pairs of name and value, that must have exactly these. `url_forms`: "exact", or
    "decoded" when the provider signs some URLs with percent-escapes resolved. `body_forms`: "exact", or one
    other spelling that it may have signed, whatever it then sent: "escaped" (JSON with other than plain
    characters escaped), "compact" (JSON as JavaScript writes it), "sorted" (the same with sorted keys),
    "payload" (the one field `payload` of a form).
    `otherwise`: the scheme of a request that has no signature where this one has it.
    """

    signature: SignatureAt
    message: tuple[str, ...] = ("body",)
    algorithm: str = "hmac-sha256"
    key: str = "text"
    timestamp: TimestampAt | None = None
    required: tuple[tuple[str, str], ...] = ()
    url_forms: str = "exact"
    body_forms: str = "exact"
    sorts: bool = False
    named: tuple[tuple[str, str], ...] = ()
    name_at: str = ""
    otherwise: Scheme | None = None
    binds_body: bool = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Once, not per request: every request asks for its scheme's check by this."""
        bound = any(part in BODIES or part.startswith(("digest:", "encoded:")) for part in self.message)
        object.__setattr__(self, "binds_body", bound)
        values = (self.signature, self.message, self.algorithm, self.key, self.timestamp, self.required)
        more = (self.url_forms, self.body_forms, self.sorts, self.named, self.name_at, self.otherwise)
        object.__setattr__(self, "_hash", hash((*values, *more)))

    def __hash__(self) -> int:
        return self._hash

"""What a declaration may say: its words, its parts, and the limits of what they can prove."""

import re
from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.signatures.schemes.digests import HASHES, PLAIN_HASHES, PUBLIC_KEYS, WEAK
from doorbell.signatures.schemes.encoding import DECODERS
from doorbell.signatures.schemes.scheme import BODIES, Scheme, SignatureAt, TimestampAt

ALGORITHMS = (*HASHES, *PLAIN_HASHES, *PUBLIC_KEYS)
SECRETS = ("text", "hex", "base64", "whsec", "whsec-or-text", "html", "nfkd", "sha256")
KEYS = (*SECRETS, "whpk", "ed25519", "spki")
URL_FORMS = ("exact", "decoded")
BODY_FORMS = ("exact", "escaped", "compact", "sorted", "payload")
PARTS = (*BODIES, "url", "method", "path", "pathname", "query", "pairs", "timestamp", "secret")
NAMED_PARTS = ("header", "body", "query", "pair", "headers")
DIGEST = re.compile(r"digest:(md5|sha1|sha256|sha384|sha512):(hex|base64|raw)")
ENCODED = ("encoded:base64", "encoded:json")
MAYBE = re.compile(r"maybe:[^{}]*\{(header|query|body|pair):[^{}]+\}[^{}]*")
ALLOWED = {
    "scheme": (
        "algorithm", "algorithms", "algorithm_from", "key", "signature", "timestamp", "message", "required",
        "url_forms", "body_forms", "sorted", "otherwise", "binds_body", "weak",
    ),
    "scheme.signature": (
        "header", "query", "body", "packing", "prefix", "bare", "key", "separator", "encoding",
    ),
    "scheme.timestamp": ("header", "query", "pair", "body", "unit", "tolerance", "ahead"),
}  # fmt: skip
OF_REQUESTS = (*BODIES, "url", "method", "path", "pathname", "query", "pairs", "timestamp")
SOMETHING = ("header:", "body:", "query:", "pair:", "headers:", "maybe:", "digest:", "encoded:")
NO_BODY = "must contain body or unpacked_body, or say binds_body: false: nothing else proves what was sent"
IS_WEAK = "is weak (MD5, SHA-1, or a hash that is no HMAC): say weak: true if the sender has no other"


class Level:
    """Typed access to one level of the declaration; every complaint names item and field."""

    def __init__(self, item: str, at: str, value: object) -> None:
        self.item, self.at = item, at
        if not isinstance(value, Mapping):
            raise ConfigError(item, at, "must be an object")
        self.value: Mapping[str, Any] = value
        for name in value:
            if name not in ALLOWED[at]:
                raise self.wrong(str(name), f"is not known; known are {', '.join(ALLOWED[at])}")

    def wrong(self, name: str, problem: str) -> ConfigError:
        return ConfigError(self.item, f"{self.at}.{name}" if name else self.at, problem)

    def text(self, name: str, default: str = "", choices: tuple[str, ...] = ()) -> str:
        value = self.value.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "must be a text")
        if choices and value not in choices:
            raise self.wrong(name, f"must be one of {', '.join(choices)}")
        return value

    def texts(self, name: str) -> tuple[tuple[str, str], ...]:
        value = self.value.get(name, {})
        if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
            raise self.wrong(name, "must map names to values")
        return tuple((str(key), text) for key, text in value.items())

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def header(self, name: str = "header") -> tuple[str, ...]:
        value = self.text(name).strip().lower()
        return (value,) if value else ()

    def seconds(self, name: str, default: int) -> int:
        try:
            seconds = int(self.value.get(name, default))
        except (TypeError, ValueError, OverflowError):
            seconds = 0
        if seconds <= 0:
            raise self.wrong(name, "must be a whole number of seconds above 0")
        return seconds


def message_of(level: Level, at: SignatureAt, timestamp: TimestampAt | None) -> tuple[str, ...]:
    value = level.value.get("message", ["body"])
    if not isinstance(value, list | tuple) or not value:
        raise level.wrong("message", "must be a list of parts")
    for part in value:
        if not isinstance(part, str) or not _is_part(part):
            raise level.wrong("message", f"no such part: {part!r}")
    parts = tuple(f"header:{part[7:].lower()}" if part.startswith("header:") else part for part in value)
    is_signed = "timestamp" in parts or (timestamp is not None and bool(timestamp.body) and _binds(parts))
    if (timestamp is not None) != is_signed:
        raise level.wrong("message", "a timestamp must be declared and signed, or neither")
    if any(part.startswith(("pair:", "headers:")) for part in parts) and at.packing != "pairs":
        raise level.wrong("message", "pair:… and headers:… need a signature packed as pairs")
    return parts


def _is_part(part: str) -> bool:
    kind, colon, name = part.partition(":")
    if kind == "text":
        return bool(colon)
    if kind == "maybe":
        return MAYBE.fullmatch(part) is not None
    if kind == "digest":
        return DIGEST.fullmatch(part) is not None
    return part in PARTS or part in ENCODED or (kind in NAMED_PARTS and bool(name))


def _binds(parts: tuple[str, ...]) -> bool:
    return any(part in BODIES or part.startswith(("digest:", "encoded:")) for part in parts)


def check_limits(level: Level, scheme: Scheme) -> None:
    """What cannot be, and what must be said aloud because it proves less than people expect."""
    weak = {scheme.algorithm, *(one for _, one in scheme.named)} & set(WEAK)
    if bool(weak) != level.flag("weak"):
        name = next(iter(sorted(weak)), scheme.algorithm)
        raise level.wrong("algorithm" if weak else "weak", f"{name} {IS_WEAK if weak else 'is not weak'}")
    _check_algorithms(level, scheme)
    binds = level.flag("binds_body", True)
    if binds and not scheme.binds_body:
        raise level.wrong("message", NO_BODY)
    if scheme.binds_body and not binds:
        raise level.wrong("binds_body", "is true: the message has the body")
    if not any(part in OF_REQUESTS or part.startswith(SOMETHING) for part in scheme.message):
        raise level.wrong("message", "has nothing of the request: use provider token")


def _check_algorithms(level: Level, scheme: Scheme) -> None:
    algorithms = [one for _, one in scheme.named] or [scheme.algorithm]
    for name in algorithms:
        if name not in ALGORITHMS:
            raise level.wrong("algorithms", f"{name!r} must be one of {', '.join(ALGORITHMS)}")
    if bool(scheme.named) != bool(scheme.name_at):
        raise level.wrong("algorithm_from", "needs algorithms, and they need it: where the name of one is")
    kind, _, place = scheme.name_at.partition(":")
    if scheme.name_at and (kind not in ("header", "pair") or not place):
        raise level.wrong("algorithm_from", "must be header:NAME or pair:NAME")
    public = [name for name in algorithms if name in PUBLIC_KEYS]
    if public and len(public) < len(algorithms):
        raise level.wrong("algorithms", "a public key cannot be chosen in place of a secret")
    _check_key(level, scheme, public)
    if any(name in PLAIN_HASHES for name in algorithms) and "secret" not in scheme.message:
        raise level.wrong("message", "needs a secret part: nothing else of a plain hash is secret")


def _check_key(level: Level, scheme: Scheme, public: list[str]) -> None:
    if not public:
        if scheme.key not in SECRETS:
            raise level.wrong("key", f"must be one of {', '.join(SECRETS)}")
        return
    fitting = ("hex", "base64", "whpk", "ed25519") if public[0] == "ed25519" else ("spki",)
    if scheme.key not in fitting:
        raise level.wrong("key", f"must be one of {', '.join(fitting)}: a public key")
    if "secret" in scheme.message:
        raise level.wrong("message", "secret: a public key is none")
    if scheme.signature.encoding not in DECODERS:
        raise level.wrong("signature.encoding", f"must be one of {', '.join(DECODERS)} for a public key")

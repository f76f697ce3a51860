"""What the options of a source of one's own may say, for who writes one. (What is wrong with them when a
request comes is refused there.)"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from doorbell.signatures.special import http_signature
from doorbell.signatures.special.message_parts import DERIVED, is_part

type Options = Mapping[str, str]
type Problem = tuple[str, str]
"""Of an option, and what is wrong with it."""

CHOICES = {
    "key": ("text", "hex", "base64"),
    "payload": ("raw", "encoded"),
    "binds_body": ("true", "false"),
    "body_encoding": ("hex", "base64", "base64url", "base64url-any", "text"),
}
NUMBERS = ("max_age", "leeway")
NO_DIGEST = "must have content-digest, or say binds_body: false: nothing else proves what was sent"


def problem_of(special: str, options: Options) -> Problem | None:
    """The first thing that is wrong with what is there. What is required and missing is not looked for."""
    return next(_problems(special, options), None)


def _problems(special: str, options: Options) -> Iterator[Problem]:
    for name, known in CHOICES.items():
        if options.get(name) and options[name] not in known:
            yield name, f"must be one of {', '.join(known)}"
    for name in NUMBERS:
        if options.get(name) and not options[name].isdecimal():
            yield name, "must be a whole number of seconds"
    url = urlsplit(options.get("jwks_url", ""))
    if options.get("jwks_url") and (url.scheme != "https" or not url.hostname):
        yield "jwks_url", "must be an https URL"
    yield from _of_signatures(options) if special == "http_signature" else _of_tokens(options)


def _of_signatures(options: Options) -> Iterator[Problem]:
    algorithm = options.get("algorithm", "")
    if algorithm and algorithm not in http_signature.ALGORITHMS:
        yield "algorithm", f"must be one of {', '.join(http_signature.ALGORITHMS)}"
    if algorithm != "hmac-sha256" and options.get("key"):
        yield "key", "is for hmac-sha256 alone"
    if algorithm == "hmac-sha256" and options.get("jwks_url"):
        yield "jwks_url", "has public keys, and hmac-sha256 needs a secret"
    parts = options.get("requires", "content-digest").split()
    for part in parts:
        if not is_part(part) or part == "@query-param":
            known = ", ".join(name for name in DERIVED if name != "@query-param")
            yield "requires", f"no such part: {part!r}; a header in small letters, or one of {known}"
    has_digest, says_no = "content-digest" in parts, options.get("binds_body") == "false"
    if not has_digest and not says_no:
        yield "requires", NO_DIGEST
    if has_digest and says_no:
        yield "binds_body", "is true: content-digest must be signed"
    if not parts:
        yield "requires", "must have a part: a signature of nothing but a time is good for every request"


def _of_tokens(options: Options) -> Iterator[Problem]:
    from doorbell.signatures.special.jwt_checks import ALGORITHMS  # PyJWT

    for name in options.get("algorithms", "").split():
        if name not in ALGORITHMS:
            yield "algorithms", f"{name!r} must be one of {', '.join(ALGORITHMS)}"
    if options.get("header", "").lower() == "body":
        yield "header", "for a body that is the token use provider jwt.body"

"""What the parts of a request are in the text that an HTTP Message Signature is made over (RFC 9421, 2), and
what a digest in a header says of the body (RFC 9530).

Without the parts of answers (`@status`, `req`), trailers (`tr`), and the spellings `sf` and `bs` of a field:
the first needs to know each field's kind, the second how often it was sent, which API Gateway does not tell.
"""

import hashlib
import re
from urllib.parse import parse_qsl, quote, urlsplit

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import MAX_PAIRS
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.special.structured import Item, dictionary, octets, string

DERIVED = (
    "@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "@query-param",
)  # fmt: skip
WITH_QUERY = ("@target-uri", "@request-target", "@query")
FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
DIGESTS = {"sha-256": "sha256", "sha-512": "sha512"}
"""The active ones of the IANA's registry: https://www.iana.org/assignments/http-digest-hash-alg/"""
MISSING = "part_missing"
_PORTS = {"https": ":443", "http": ":80"}


def is_part(name: str) -> bool:
    return name in DERIVED or FIELD.fullmatch(name) is not None


def line(part: Item, request: RawRequest, url: str) -> str:
    """The part's line of the signature base."""
    name = string(part.bare) or ""
    value = _value(name, part, request, url)
    if "\n" in value or "\r" in value:
        raise SignatureError("request_malformed")
    return f"{part}: {value}"


def _value(name: str, part: Item, request: RawRequest, url: str) -> str:
    if name == "@query-param":
        return _parameter(string(_only(part, "name")), url)
    if name.startswith("@"):
        if part.parameters or name not in DERIVED:
            raise SignatureError(MISSING)
        return _derived(name, request, url)
    value = request.headers.get(name)
    if value is None or not FIELD.fullmatch(name):
        raise SignatureError("header_missing")
    return _member(string(_only(part, "key")), value) if part.parameters else value.strip(" \t")


def _only(part: Item, parameter: str) -> str:
    if tuple(part.parameters) != (parameter,):
        raise SignatureError(MISSING)
    return part.parameters[parameter]


def _derived(name: str, request: RawRequest, url: str) -> str:
    """Sections 2.2.1 to 2.2.7."""
    parts = urlsplit(url)
    path, behind = parts.path or "/", url.partition("?")[2]
    if name == "@method":
        return request.method.upper()
    if name == "@target-uri":
        return url
    if name == "@authority":
        return parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ""))
    if name == "@scheme":
        return parts.scheme
    if name == "@path":
        return path
    if name == "@query":
        return f"?{behind}"
    return f"{path}?{behind}" if "?" in url else path


def _parameter(name: str | None, url: str) -> str:
    """Section 2.2.8: one that is given twice must not be covered."""
    pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True, max_num_fields=MAX_PAIRS)
    values = [value for key, value in pairs if _encoded(key) == name]
    if len(values) != 1:
        raise SignatureError(MISSING)
    return _encoded(values[0])


def pairs_of(part: Item, query: str) -> list[tuple[str, str]]:
    """Those of the query that the part covers, sorted by their names: a source's public URL may have them in
    another order, and both are taken."""
    name, wanted = string(part.bare), string(part.parameters.get("name", ""))
    if name != "@query-param" and name not in WITH_QUERY:
        return []
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PAIRS)
    if name in WITH_QUERY:
        return sorted(pairs, key=lambda pair: pair[0])
    return [pair for pair in pairs if _encoded(pair[0]) == wanted]


def _encoded(text: str) -> str:
    """What URL's form serialiser escapes, and a blank as %20."""
    return quote(text, safe="*-._").replace("~", "%7E")


def _member(key: str | None, value: str) -> str:
    """Section 2.1.2."""
    found = dictionary(value).get(key or "")
    if found is None:
        raise SignatureError(MISSING)
    return str(found)


def check_digest(header: str | None, body: bytes) -> None:
    """Whether every digest in `header` that we know is the body's, and there is one. Weak ones count for
    nothing."""
    if not header:
        raise SignatureError("header_missing")
    try:
        stated = dictionary(header)
    except ValueError as error:
        raise SignatureError("signature_malformed") from error
    known = [name for name in stated if name in DIGESTS]
    if not known:
        raise SignatureError("signature_malformed")
    for name in known:
        given = octets(stated[name]) or b""
        if not matches([hashlib.new(DIGESTS[name], body).digest()], [given]):
            raise SignatureError("digest_mismatch")

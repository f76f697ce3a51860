"""Putting together the bytes a provider signed.

`speller` makes the function that does it once for each scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from doorbell.domain.errors import SignatureError
from doorbell.domain.packed import unpacked
from doorbell.signatures.schemes.candidates import header_of
from doorbell.signatures.schemes.spellings import respelt

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.claim import Claim
    from doorbell.signatures.schemes.parts import Part
    from doorbell.signatures.schemes.scheme import Scheme

type Spell = Callable[[Claim, str, bytes], Iterable[Sequence[bytes]]]
"""Of a claim, its time as written and the secret: every message that a genuine request may be signed over,
first with URL and body as they came, which nearly every one is, then with other spellings of them. Each is
made when it is asked for, and in parts: a hash takes them one by one, and a large body is not copied.
Raises `SignatureError("header_missing")`."""


def url_path(url: str) -> str:
    """Path and query of `url`, as written."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def speller(scheme: Scheme) -> Spell:
    """`KeyError` for a part that there is not."""
    names, parts = scheme.message, tuple(_parts(scheme))
    if scheme.sorts:
        return _sorted(parts)
    if scheme.url_forms != "exact" or scheme.body_forms != "exact":
        return _of_several_forms(scheme, parts)
    if names == ("body",):
        return lambda claim, stamp, secret: ((claim.request.body,),)
    if names[-1] == "body" and all(map(_is_text, names[:-1])):
        return _of_text_and_body(_template(names[:-1]))
    signs_url = not {"url", "path", "pathname"}.isdisjoint(names)

    def spell(claim: Claim, stamp: str, secret: bytes) -> Iterable[Sequence[bytes]]:
        body = claim.request.body
        urls = claim.public_urls if signs_url else ("",)
        return ([part(claim, url, body, stamp, secret) for part in parts] for url in urls)

    return spell


def as_sent(scheme: Scheme, claim: Claim, stamp: str, secret: bytes = b"") -> bytes:
    """The message with everything as it came, whole."""
    return b"".join(next(iter(speller(scheme)(claim, stamp, secret))))


def _of_text_and_body(template: str) -> Spell:
    return lambda claim, stamp, secret: ((template.format(stamp).encode(), claim.request.body),)


def _of_several_forms(scheme: Scheme, parts: Sequence[Part]) -> Spell:
    def spell(claim: Claim, stamp: str, secret: bytes) -> Iterable[Sequence[bytes]]:
        body = claim.request.body
        for url in claim.public_urls:
            yield [part(claim, url, body, stamp, secret) for part in parts]
            for other_url, other_body in respelt(scheme, url, body):
                yield [part(claim, other_url, other_body, stamp, secret) for part in parts]

    return spell


def _sorted(parts: Sequence[Part]) -> Spell:
    def spell(claim: Claim, stamp: str, secret: bytes) -> Iterable[Sequence[bytes]]:
        yield sorted(part(claim, claim.public_url, claim.request.body, stamp, secret) for part in parts)

    return spell


def _parts(scheme: Scheme) -> Iterator[Part]:
    """The time and the literal text around it are one part."""
    for is_text, some in groupby(scheme.message, _is_text):
        if is_text and not scheme.sorts:
            yield _text(_template(some))
        else:
            yield from (_part(name, scheme) for name in some)


def _is_text(name: str) -> bool:
    return name == "timestamp" or name.startswith("text:")


def _template(names: Iterable[str]) -> str:
    """For `str.format` with the time."""
    return "".join(
        "{0}" if name == "timestamp" else name.removeprefix("text:").replace("{", "{{").replace("}", "}}")
        for name in names
    )


def _text(template: str) -> Part:
    return lambda claim, url, body, stamp, secret: template.format(stamp).encode()


def _part(name: str, scheme: Scheme) -> Part:
    if name.startswith("header:"):
        headers = name.removeprefix("header:")
        return lambda claim, url, body, stamp, secret: _header_part(claim.request, headers)
    if _is_text(name):
        return _text(_template((name,)))
    if name in _PARTS:
        return _PARTS[name]
    from doorbell.signatures.schemes.parts import part_of  # for the few that sign more

    return part_of(name, scheme.signature)


def _header_part(request: RawRequest, names: str) -> bytes:
    value = header_of(request, names)
    if not value:
        raise SignatureError("header_missing")
    return value.encode()


_PARTS: dict[str, Part] = {
    "body": lambda claim, url, body, stamp, secret: body,
    "unpacked_body": lambda claim, url, body, stamp, secret: unpacked(body),
    "url": lambda claim, url, body, stamp, secret: url.encode(),
    "secret": lambda claim, url, body, stamp, secret: secret,
    "method": lambda claim, url, body, stamp, secret: claim.request.method.upper().encode(),
    "path": lambda claim, url, body, stamp, secret: url_path(url).encode(),
    "query": lambda claim, url, body, stamp, secret: claim.request.raw_query.encode(),
}

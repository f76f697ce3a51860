"""The spellings in which a provider may have signed a URL or a body, whatever it then sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from doorbell.signatures.scheme import Scheme


def respelt(scheme: Scheme, url: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The other spellings of both that the provider may have signed; each is made when it is asked for."""
    both = ((u, b) for u in _urls(scheme, url) for b in _bodies(scheme, body))
    return islice(both, 1, None)


def _urls(scheme: Scheme, url: str) -> list[str]:
    if scheme.url_forms == "decoded" and "%" in url:
        return [url, _decode_listed(url), unquote(url)]
    return [url]


def _decode_listed(url: str) -> str:
    """HubSpot's list of escapes that are resolved before signing.
    https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests"""
    for escape, character in _LISTED.items():
        url = url.replace(escape, character).replace(escape.lower(), character)
    return url


_LISTED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip


PLAIN = bytes(code for code in range(0x20, 0x7F) if code != ord("\\"))
"""What Box never escapes."""


def _bodies(scheme: Scheme, body: bytes) -> Iterator[bytes]:
    yield body
    if scheme.body_forms == "escaped" and body.translate(None, PLAIN):
        yield _escaped(body.decode(errors="replace")).encode()


def _escaped(text: str) -> str:
    """Box's form: non-ASCII as UTF-16 escapes, backslashes doubled but before a slash. (box-sdk-gen)"""
    text = re.sub(r"\\(?!/)", r"\\\\", text)
    return re.sub(r"[^\x20-\x7e]", lambda found: json.dumps(found.group())[1:-1], text)

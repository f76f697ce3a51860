"""The spellings in which a provider may have signed a URL or a body, whatever it then sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from doorbell.signatures.schemes.scheme import Scheme


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


_KEPT = "\ud800"
"""Stands in no text: half a surrogate pair, which decoding never leaves."""
PLAIN = bytes(code for code in range(0x20, 0x7F) if code != ord("\\"))
"""What Box never escapes."""


def _bodies(scheme: Scheme, body: bytes) -> Iterator[bytes]:
    yield body
    if scheme.body_forms == "escaped":
        if body.translate(None, PLAIN):
            yield _escaped(body.decode(errors="replace")).encode()
    elif scheme.body_forms != "exact":
        from doorbell.signatures.schemes.rewritten import (
            rewritten,
        )  # for the few that sign what they wrote anew

        other = rewritten(scheme.body_forms, body)
        if other is not None and other != body:
            yield other


def _escaped(text: str) -> str:
    """Box's form: non-ASCII as UTF-16 escapes, backslashes doubled but before a slash. (box-sdk-gen)

    In few calls over the whole text: this is done for requests that nobody has proven yet. JSON's own writer
    escapes quotes and backslashes beside, which is taken back: each of its backslashes begins an escape.
    """
    text = text.replace("\\/", _KEPT).replace("\\", "\\\\").replace(_KEPT, "\\/")
    written = json.dumps(text)[1:-1]
    return written.replace("\\\\", _KEPT).replace('\\"', '"').replace(_KEPT, "\\")

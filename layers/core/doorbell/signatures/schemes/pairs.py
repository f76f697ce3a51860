"""Signatures packed as `k=v` items, often with their time beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.candidates import Found, Read, some, values_of

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.schemes.scheme import SignatureAt


def pairs(at: SignatureAt, time_key: str, *, alone: bool) -> Read:
    """The signatures and the time among `k=v` items.

    A time in the same list tells a header sent twice (some libraries' tests repeat a signature); `alone`,
    with no time in the list, a repeated signature tells it.
    """
    values, mark, blanks, prefix, signature_key = values_of(at), at.mark, at.blanks, at.prefix, at.key
    has_commas, usual = mark == ",", _usual_pairs(at, time_key)

    def read(request: RawRequest) -> Found:
        if usual and (found := usual().fullmatch(request.headers.get(at.headers[0], ""))):
            return (found[2].encode(),), found[1]
        given: list[bytes] = []
        times: list[str] = []
        for value in values(request):
            if not has_commas and "," in value:
                raise SignatureError("signature_duplicated")
            for item in value.split(mark):
                key, equals, text = (item.strip(" ") if blanks else item).partition("=")
                if key == signature_key and (signature := text.removeprefix(prefix) if prefix else text):
                    given.append(signature.encode())
                if key == time_key and equals:
                    times.append(text)
        if alone and len(set(given)) < len(given):
            raise SignatureError("signature_duplicated")
        some(given)
        if not time_key:
            return given, ""
        if len(times) == 1 and times[0]:
            return given, times[0]
        raise SignatureError("signature_duplicated" if len(times) > 1 else "timestamp_missing")

    return read


def _usual_pairs(at: SignatureAt, time_key: str) -> Callable[[], re.Pattern[str]] | None:
    """One time and one signature, as nearly every request has them: what the pattern finds is what the items,
    taken one by one, come to. Compiled when it is first asked for."""
    if not time_key or len(at.headers) != 1:
        return None
    mark, text = re.escape(at.mark), f"([^,; ={re.escape(at.mark)}]+)"
    time = f"{re.escape(time_key)}={text}"
    signature = f"{re.escape(at.key)}={re.escape(at.prefix)}{text}"
    return cache(lambda: re.compile(f"{time}{mark}{' ?' if at.blanks else ''}{signature}"))

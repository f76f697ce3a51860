"""From a scheme, which is data, to the function that checks claims by it: made once and kept."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from doorbell.domain.requests import RawRequest
from doorbell.signatures.schemes.digests import Check, checker
from doorbell.signatures.schemes.message import speller
from doorbell.signatures.schemes.packing import reader
from doorbell.signatures.schemes.scheme import Scheme

KEPT = 512
"""More schemes than a catalogue has, and as many of sources' own as one environment is likely to serve."""


@lru_cache(maxsize=KEPT)
def time_reader(scheme: Scheme) -> Callable[[RawRequest], str]:
    """What finds the signed time of a proven request, as it is written; "" where the scheme has none."""
    if scheme.otherwise is not None:
        from doorbell.signatures.schemes.choices import time_reader_of_either

        first = time_reader(replace(scheme, otherwise=None))
        return time_reader_of_either(first, time_reader(scheme.otherwise))
    read = reader(scheme.signature, scheme.timestamp)
    return lambda request: read(request)[1]


@lru_cache(maxsize=KEPT)
def check_of(scheme: Scheme) -> Check:
    """The check of `scheme`. `KeyError` for a part of a message that there is not."""
    if scheme.named or scheme.otherwise is not None:
        from doorbell.signatures.schemes.choices import check_of_choice

        return check_of_choice(scheme, check_of)
    return checker(scheme, speller(scheme))

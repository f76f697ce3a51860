"""Schemes that the request chooses among: by a name of the algorithm, or by where its signature is. Loaded
for those that have a choice.

Only what the scheme lists can be chosen, and what is chosen must prove the request by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.parts import pair_value

if TYPE_CHECKING:
    from doorbell.domain.requests import RawRequest
    from doorbell.signatures.claim import Claim
    from doorbell.signatures.schemes.digests import Check
    from doorbell.signatures.schemes.scheme import Scheme

type ReadTime = Callable[[RawRequest], str]

NOT_HERE = ("signature_missing", "signature_malformed")
"""Reasons of a request that has no signature where the first scheme has it."""


def check_of_choice(scheme: Scheme, check_of: Callable[[Scheme], Check]) -> Check:
    if scheme.otherwise is not None:
        return _either(check_of(replace(scheme, otherwise=None)), check_of(scheme.otherwise))
    checks = {name: check_of(variant(scheme, algorithm)) for name, algorithm in scheme.named}

    def check(claim: Claim) -> None:
        name = _name(claim.request, scheme)
        chosen = checks.get(name)
        if chosen is None:
            raise SignatureError("algorithm_not_allowed" if name else "signature_missing")
        chosen(claim)

    return check


def variant(scheme: Scheme, algorithm: str) -> Scheme:
    """The scheme with that algorithm and no choice."""
    return replace(scheme, algorithm=algorithm, named=(), name_at="")


def _name(request: RawRequest, scheme: Scheme) -> str:
    kind, _, name = scheme.name_at.partition(":")
    if kind == "header":
        return request.headers.get(name, "")
    return pair_value(request, scheme.signature, name) or ""


def _either(first: Check, second: Check) -> Check:
    def check(claim: Claim) -> None:
        try:
            first(claim)
        except SignatureError as error:
            if error.reason not in NOT_HERE:
                raise
            second(claim)

    return check


def time_reader_of_either(first: ReadTime, second: ReadTime) -> ReadTime:
    def read(request: RawRequest) -> str:
        try:
            return first(request)
        except SignatureError:
            return second(request)

    return read

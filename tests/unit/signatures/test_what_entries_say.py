"""What an entry says of its proof is asked for, claim by claim and parameter by parameter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import jwt
import pytest

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import DEFAULT_WINDOW_HOURS, VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.parameters import parameters_of
from doorbell.signatures.gate import checker
from tests.unit.signatures.cases import CASES, NOW, Case, with_header

MUST_SAY = {
    "fusionauth": "request_body_sha256",
    "google-oidc": "iss aud exp",
    "kinde": "",
    "lago.jwt": "data",
    "livekit": "iss exp sha256",
    "messagebird": "iss nbf exp url_hash payload_hash",
    "monday": "exp",
    "netlify": "iss sha256",
    "plaid": "iat request_body_sha256",
    "qstash": "iss sub exp nbf body",
    "vonage": "payload_hash",
    "wix": "",
    "jwt": "exp body_sha256",
    "jwt.body": "exp",
}
"""Claims without which a provider's token proves too little. The page or package that says so is in the
entry's facts."""
TOKENS = [name for name in names() if (entry := find(name)) is not None and entry.special == "jwt_request"]


def claims_of(request: RawRequest, case: Case) -> dict[str, Any]:
    text = request.body.decode() if _place(case) == "body" else request.headers[_place(case)]
    claims: dict[str, Any] = jwt.decode(text.split()[-1], options={"verify_signature": False})
    return claims


def _place(case: Case) -> str:
    return parameters_of(case.source(), case.entry)["header"].lower()


def saying(case: Case, claims: dict[str, Any]) -> RawRequest:
    """The case's request with a token of these claims, signed with the right key."""
    request = case.signed()
    named = parameters_of(case.source(), case.entry)["algorithms"]
    token = jwt.encode(claims, case.signing, algorithm=named.split()[0])
    if _place(case) == "body":
        return replace(request, body=token.encode())
    prefix = request.headers[_place(case)].rpartition(" ")
    return with_header(request, _place(case), f"{prefix[0]}{prefix[1]}{token}")


def refusal(case: Case, claims: dict[str, Any]) -> str:
    with pytest.raises(SignatureError) as caught:
        case.examine(saying(case, claims))
    return caught.value.reason


def test_of_every_provider_with_tokens_it_is_known_what_they_must_say() -> None:
    assert set(MUST_SAY) == set(TOKENS)


@pytest.mark.parametrize(
    ("name", "left_out"), [(name, claim) for name, claims in MUST_SAY.items() for claim in claims.split()]
)
def test_a_token_that_leaves_out_what_its_provider_always_says_is_refused(name: str, left_out: str) -> None:
    case = CASES[name]
    claims = {**claims_of(case.signed(), case), "exp": int(NOW) + 60}
    assert isinstance(case.examine(saying(case, claims)), VerifiedEvent)
    del claims[left_out]
    assert refusal(case, claims) in ("claim_missing", "claim_mismatch", "timestamp_out_of_tolerance")


class Noted(dict[str, str]):
    """Parameters, and which of them somebody asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def asked_for(case: Case) -> set[str]:
    """By the check, of a request as it should be, of one without a body, and of a source without a secret."""
    asked = set[str]()
    signed = case.signed()
    for request, secrets in (
        (signed, [case.stored]),
        (replace(signed, body=b""), [case.stored]),
        (signed, []),
    ):
        claim = case.gate().claim(case.source(), case.entry, request, secrets, "t", NOW)
        noted = Noted(claim.parameters)
        with suppress(SignatureError, ValueError, LookupError):
            checker(case.entry)(replace(claim, parameters=noted))
        asked |= noted.asked
    return asked


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.entry.parameters])
def test_whatever_an_entry_states_its_check_asks_for(name: str) -> None:
    case = CASES[name]
    assert set(case.entry.parameters) - asked_for(case) == set()


SPAN = re.compile(r"(\d+(?:\.\d+)?) (h|hours|days)\b")
HOURS = {"h": 1, "hours": 1, "days": 24}
NO_SPAN = {"intercom": "7 days of errors suspend"}
"""What a fact says beside for how long it is tried again."""


@pytest.mark.parametrize("name", names())
def test_a_repetition_is_known_for_as_long_as_its_provider_is_said_to_try(name: str) -> None:
    entry = CASES[name].entry
    said = " ".join(text for of, text in entry.facts.items() if "retry" in of.split(", "))
    said = said.replace(NO_SPAN.get(name, ""), "") if name in NO_SPAN else said
    spans = [float(number) * HOURS[unit] for number, unit in SPAN.findall(said)]
    assert max(spans, default=0) <= (entry.window_hours or DEFAULT_WINDOW_HOURS)

"""What can be kept from a subscriber so that it cannot ring as the provider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.credentials import is_credential
from doorbell.domain.errors import SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.signatures.proof_headers import proof_headers
from tests.unit.signatures.cases import CASES

IN_THE_BODY_OR_URL = {
    "braintree", "dingtalk.events", "dropbox-sign", "figma", "gumroad", "jwt.body", "kinde", "mailgun",
    "mailchimp", "meraki", "microsoft-graph", "nuvei", "nuvei.md5", "opennode", "paddle.classic", "pandadoc",
    "paymob", "paypro-global", "paytm", "przelewy24", "sharepoint", "shopware.get", "signwell", "sns",
    "strava", "url-secret", "wecom", "wix", "zoho.crm",
}  # fmt: skip
"""Their proof is no header: nothing of it can be left out of a body that is passed on as it came."""


@pytest.mark.parametrize("name", sorted(set(CASES) - IN_THE_BODY_OR_URL))
def test_without_the_headers_of_its_proof_a_captured_request_proves_nothing(name: str) -> None:
    case = CASES[name]
    request = case.signed()
    assert isinstance(case.examine(request), VerifiedEvent)
    proof = proof_headers(case.name, request.headers)
    left = {name for name in request.headers if name not in proof and not is_credential(name)}
    stripped = {header: value for header, value in request.headers.items() if header in left}
    with pytest.raises(SignatureError, match=r"missing|unexpected"):
        case.examine(replace(request, headers=stripped))


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_tells_one_event_from_another_is_no_proof(name: str) -> None:
    kept = ("content-type", "x-github-event", "x-github-delivery", "webhook-id", "webhook-timestamp", "x-id")
    assert proof_headers(CASES[name].name, kept) == set()

"""What a case of `doorbell verify` gives as the source's secrets."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.signatures.catalogue import find
from doorbell_cli.conformance.given import secrets_of


@pytest.mark.parametrize(
    ("provider", "case", "secrets"),
    [
        ("github", {"secret": "k"}, ["k"]),
        ("github", {"secret": ["new", "old"]}, ["new", "old"]),
        ("wecom", {"secret": "token", "options": {"aes_key": "aes"}}, ["token", "aes"]),
        ("github", {"secret": "k", "options": {"aes_key": "aes"}}, ["k"]),
        ("paypal", {"webhook_id": "WH-1"}, ["WH-1"]),
        ("discord", {"public_key": "beef"}, ["beef"]),
    ],
)
def test_a_cases_secrets_are_those_that_its_providers_source_would_have(
    provider: str, case: dict[str, Any], secrets: list[str]
) -> None:
    entry = find(provider)
    assert entry is not None
    assert secrets_of(entry, case) == secrets

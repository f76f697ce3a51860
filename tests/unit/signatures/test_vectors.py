"""Known requests of the providers themselves, through the gate that ingest uses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from doorbell.signatures.catalogue import canonical, names
from doorbell_cli.conformance import handshakes, vectors

FOLDER = Path(__file__).parents[2] / "vectors"
VECTORS: list[dict[str, Any]] = json.loads((FOLDER / "provider_vectors.json").read_text())
ORACLES: list[dict[str, Any]] = json.loads((FOLDER / "oracle_vectors.json").read_text())
MORE: list[dict[str, Any]] = json.loads((FOLDER / "more_providers.json").read_text())
OWN: list[dict[str, Any]] = json.loads((FOLDER / "own_vectors.json").read_text())
EXPECTED: dict[str, set[str]] = {}
for _vector in VECTORS + ORACLES + MORE + OWN:
    if (_entry := vectors.entry_of(_vector)) is not None:
        EXPECTED.setdefault(_entry.name, set()).add(_vector["expect"])
HANDSHAKES: list[dict[str, Any]] = json.loads((FOLDER / "handshakes.json").read_text())


@pytest.mark.parametrize("vector", VECTORS + ORACLES + OWN, ids=lambda vector: vector["id"])
def test_known_request_is_judged_as_its_provider_would(vector: Mapping[str, Any]) -> None:
    outcome = vectors.run(vector)
    assert outcome.got == vector["expect"], outcome.reason


@pytest.mark.parametrize("vector", MORE, ids=lambda vector: vector["id"])
def test_known_request_of_a_further_provider_is_judged_as_it_would(vector: Mapping[str, Any]) -> None:
    outcome = vectors.run(vector)
    assert outcome.got == vector["expect"], outcome.reason


def test_every_form_has_an_entry() -> None:
    assert {one["scheme"] for one in MORE if canonical(one["scheme"]) is None} == set()


@pytest.mark.parametrize("name", sorted(set(names()) - {"hmac"}))
def test_every_entry_has_a_known_request_that_is_taken_and_one_that_is_refused(name: str) -> None:
    assert EXPECTED.get(name) == {"valid", "invalid"}


@pytest.mark.parametrize("case", HANDSHAKES, ids=lambda case: case["provider"])
def test_known_challenge_is_answered_as_its_provider_expects(case: Mapping[str, Any]) -> None:
    assert handshakes.run(case).got == "as expected"


def test_a_vector_with_the_wrong_expectation_disagrees() -> None:
    wrong = VECTORS[0] | {"expect": "invalid"}
    assert not vectors.run(wrong).agreed


def test_a_vector_of_an_unknown_provider_disagrees() -> None:
    outcome = vectors.run(VECTORS[0] | {"provider": "nobody", "scheme": "nobody.v1"})
    assert not outcome.agreed
    assert outcome.got == "unknown provider"


def test_a_crc_vector_is_compared_with_its_response() -> None:
    vector = {
        "id": "x-crc",
        "provider": "x",
        "scheme": "x.crc",
        "secret": "consumer-secret",
        "method": "GET",
        "url": "https://hooks.example.test/in?crc_token=9b4507b3",
        "headers": {},
        "body": "",
        "now": None,
        "expect": "valid",
        "response": {"response_token": "sha256=nGqJbWN8bbrCSdJFyTQrkrkyGKvQ/CDtRQbzIDSOUzg="},
    }
    wrong = vector | {"response": {"response_token": "sha256=AAAA"}}
    assert not vectors.run(wrong).agreed
    import hmac
    from base64 import b64encode

    token = b64encode(hmac.digest(b"consumer-secret", b"9b4507b3", "sha256")).decode()
    assert vectors.run(vector | {"response": {"response_token": f"sha256={token}"}}).agreed
    assert vectors.run(vector | {"response": f"sha256={token}"}).agreed


def test_an_unsigned_zoom_challenge_vector_is_signed_and_answered() -> None:
    import hmac

    token = "qgg8vlvZRS6UYooatFL8Aw"
    vector = {
        "id": "zoom-c",
        "provider": "zoom",
        "scheme": "zoom.challenge",
        "secret": "s3cret",
        "method": "POST",
        "url": "https://hooks.example.test/in",
        "headers": {},
        "body": json.dumps({"payload": {"plainToken": token}, "event": "endpoint.url_validation"}),
        "now": None,
        "expect": "valid",
        "response": {
            "plainToken": token,
            "encryptedToken": hmac.digest(b"s3cret", token.encode(), "sha256").hex(),
        },
    }
    assert vectors.run(vector).agreed
    assert not vectors.run(vector | {"secret": "another"}).agreed


def test_public_key_as_pem_is_taken_for_providers_that_verify_with_one() -> None:
    from tests.unit.signatures.cases import CASES, NOW

    case = CASES["plaid"]
    request = case.signed()
    vector = {
        "id": "plaid-pem",
        "provider": "plaid",
        "public_key": case.stored,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.decode(),
        "now": NOW,
        "expect": "valid",
    }
    assert vectors.run(vector).agreed
    assert not vectors.run(vector | {"body": "{}"}).agreed


@pytest.mark.parametrize("secret", [["wrong", "key"], {"primary": "wrong", "secondary": "key"}])
def test_a_vector_may_bring_several_secrets(secret: object) -> None:
    import hmac
    from base64 import b64encode

    stamp = "2025-11-24T16:00:00Z"
    headers = {
        "BOX-SIGNATURE-SECONDARY": b64encode(hmac.digest(b"key", b"{}" + stamp.encode(), "sha256")).decode(),
        "BOX-SIGNATURE-VERSION": "1",
        "BOX-SIGNATURE-ALGORITHM": "HmacSHA256",
        "BOX-DELIVERY-TIMESTAMP": stamp,
    }
    vector = {
        "id": "b",
        "provider": "box",
        "secret": secret,
        "headers": headers,
        "body": "{}",
        "expect": "valid",
    }
    assert vectors.run(vector).agreed

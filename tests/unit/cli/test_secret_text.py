"""Secrets that the operator's tool makes."""

from __future__ import annotations

import pytest

from doorbell.signatures.outgoing import public_key, sign, standard_key
from doorbell_cli.secret_text import HIDDEN, generate, label_of, references_in, shown


def test_a_standard_secret_has_32_bytes_and_is_new_each_time() -> None:
    first, second = generate("standard"), generate("standard")
    assert first[0] != second[0]
    assert len(standard_key(first[0])) == 32
    assert first[1:] == (first[0], "secret")


def test_of_an_ed25519_key_only_the_public_half_is_handed_over() -> None:
    secret, text, title = generate("standard-ed25519")
    assert title == "public key"
    assert text == public_key(secret)
    assert secret not in text


@pytest.mark.parametrize("signing", ["standard", "standard-ed25519", "github"])
def test_what_is_made_fits_the_form_it_is_made_for(signing: str) -> None:
    assert len(sign(signing, [generate(signing)[0]], "evt_1", 1, b"{}")) == 3


def test_a_ciphertext_is_shortened_and_all_else_stays() -> None:
    assert label_of("kms:" + "QUJD" * 40) == "kms:QUJDQUJDQUJD… (160 characters)"
    assert label_of("kms:not base64!") == "kms:…"
    assert label_of("ssm:/doorbell/x") == "ssm:/doorbell/x"


ITEM: dict[str, object] = {
    "secrets": ["ssm:/doorbell/x", "hunter2", 7, ["hunter2"], {"a": "hunter2"}, "ssm:hunter2", None],
    "verify_token_ref": "hunter2",
    "headers": {"Authorization": "Bearer hunter2", "x-api-key": "kms:" + "QUJD" * 40, "x-team": "billing"},
    "oauth": {"client_id": "me", "client_secret_ref": "hunter2", "client_secret": "hunter2"},
    "description": "whose token it is",
    "enabled": True,
}


def test_what_stands_in_a_reference_s_place_and_is_none_is_hidden() -> None:
    found = {name: shown(value, name) for name, value in ITEM.items()}
    assert "hunter2" not in str(found)
    assert found["secrets"] == [
        "ssm:/doorbell/x", HIDDEN, HIDDEN, [HIDDEN], {"a": HIDDEN}, HIDDEN, None,
    ]  # fmt: skip
    assert found["headers"] == {
        "Authorization": HIDDEN,
        "x-api-key": "kms:QUJDQUJDQUJD… (160 characters)",
        "x-team": "billing",
    }
    assert found["oauth"] == {"client_id": "me", "client_secret_ref": HIDDEN, "client_secret": HIDDEN}
    assert (found["description"], found["enabled"]) == ("whose token it is", True)


def test_references_are_found_wherever_they_are_and_nothing_else() -> None:
    assert sorted(references_in(ITEM)) == ["kms:QUJDQUJDQUJD… (160 characters)", "ssm:/doorbell/x"]

"""Secrets that the operator's tool makes."""

from __future__ import annotations

import pytest

from doorbell.signatures.outgoing import public_key, sign, standard_key
from doorbell_cli.secret_text import generate, label_of


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

"""Secrets that the operator's tool makes."""

from __future__ import annotations

import pytest

from doorbell.egress.guard import EgressPolicy
from doorbell.signatures.signing.outgoing import public_key, sign, standard_key
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION, Kind, found_in
from doorbell_cli.secret_text import HIDDEN, generate, label_of, references_in, shown_item, shown_reference


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
    "tenant_id": "default",
    "subscription_id": "ci",
    "url": "https://user:hunter2@example.com/",
    "secrets": ["ssm:/doorbell/x", "hunter2", 7, {"a": "hunter2"}],
    "headers": {"Authorization": "Bearer hunter2", "x-api-key": "kms:" + "QUJD" * 40},
    "oauth": "client_secret=hunter2",
    "client_cert": "hunter2",
    "secret key": "hunter2",
    "a.b": "hunter2",
    "transform": "{token: body.token}",
    "description": "whose token it is",
    "enabled": True,
}
KEPT = {"tenant_id", "subscription_id", "transform", "description", "enabled"}


def shown_of(kind: Kind, values: dict[str, object]) -> dict[str, object]:
    return shown_item(kind, values, found_in(kind, values, EgressPolicy()))


def test_of_a_broken_item_what_is_wrong_or_unknown_is_hidden_whole() -> None:
    found = shown_of(SUBSCRIPTION, ITEM)
    assert found == {name: value if name in KEPT else HIDDEN for name, value in ITEM.items()}


def test_a_sound_item_is_shown_as_it_is_with_ciphertexts_shortened() -> None:
    schema = {"type": "object", "properties": {"token": {"type": "string"}, "base_ref": {"minLength": 1}}}
    source: dict[str, object] = {
        "source_id": "a", "provider": "github", "json_schema": schema, "secrets": ["kms:" + "QUJD" * 40],
    }  # fmt: skip
    assert shown_of(SOURCE, source) == {**source, "secrets": ["kms:QUJDQUJDQUJD… (160 characters)"]}


def test_of_a_reference_that_is_none_nothing_is_shown() -> None:
    assert shown_reference("ssm:/doorbell/x") == "ssm:/doorbell/x"
    assert shown_reference("hunter2") == shown_reference("ssm:hunter2") == HIDDEN


def test_references_are_found_wherever_they_are_and_nothing_else() -> None:
    assert sorted(references_in(ITEM)) == ["kms:QUJDQUJDQUJD… (160 characters)", "ssm:/doorbell/x"]

"""What is a reference to a secret, and what is said of a text that is none."""

import pytest

from doorbell.store.items.secret_refs import BadReference, SecretRef, parse

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:doorbell/stripe-AbCdEf"


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("ssm:/doorbell/github", SecretRef("ssm", "/doorbell/github")),
        ("ssm:/doorbell/github:3", SecretRef("ssm", "/doorbell/github:3")),
        ("secretsmanager:doorbell/stripe", SecretRef("secretsmanager", "doorbell/stripe")),
        ("secretsmanager:doorbell/stripe#signing", SecretRef("secretsmanager", "doorbell/stripe", "signing")),
        (f"secretsmanager:{ARN}#a#b", SecretRef("secretsmanager", ARN, "a#b")),
        ("kms:AQIDBA==", SecretRef("kms", "AQIDBA==")),
    ],
)
def test_each_form_is_read(text: str, ref: SecretRef) -> None:
    assert parse(text) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hunter2",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "vault:hunter2",
        "ssm:hunter2",
        "ssm:",
        "ssm:/hunter2 with spaces",
        "ssm:/hunter2\n",
        "secretsmanager:",
        "secretsmanager:hunter2#",
        "secretsmanager:#key",
        "secretsmanager:hunter2 and more",
        "kms:",
        "kms:hunter2!",
        "kms:hunter22!",
        "kms:hünter2",
        "ssm:/" + "hunter2" * 2000,
    ],
)
def test_anything_else_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadReference) as caught:
        parse(text)
    assert "hunter2" not in str(caught.value)
    assert "MfKQ9r8" not in str(caught.value)
    assert "use " in str(caught.value) or "name" in str(caught.value)


def test_a_ciphertext_is_shortened_in_messages() -> None:
    label = parse("kms:" + "QUJD" * 100).label
    assert len(label) < 60
    assert "400 characters" in label

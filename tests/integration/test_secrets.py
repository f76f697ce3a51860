"""Secrets from the services themselves, as moto plays them."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from doorbell.domain.errors import SecretMissing, Unavailable
from doorbell.store.secrets.secret_fetch import encrypt
from doorbell.store.secrets.secrets import TTL_SECONDS, SecretStore
from tests.support.clocks import both

REGION = "eu-central-1"
OWNER = {"tenant_id": "default", "subscription_id": "audit"}


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    make: Any = boto3.client
    with mock_aws():
        made: dict[str, Any] = {}
        yield lambda name: made.setdefault(name, make(name, region_name=REGION))


@pytest.fixture
def key(clients: Any) -> str:
    key_id: str = clients("kms").create_key()["KeyMetadata"]["KeyId"]
    return key_id


def resolve(clients: Any, *references: str, owner: dict[str, str] = OWNER) -> tuple[str, ...]:
    return SecretStore(clients).resolve(references, owner=owner)


def test_a_secure_parameter_comes_decrypted(clients: Any) -> None:
    clients("ssm").put_parameter(Name="/doorbell/a", Value="s3cret", Type="SecureString")
    assert resolve(clients, "ssm:/doorbell/a") == ("s3cret",)


def test_a_version_of_a_parameter_can_be_named(clients: Any) -> None:
    for value in ("one", "two"):
        clients("ssm").put_parameter(Name="/doorbell/a", Value=value, Type="SecureString", Overwrite=True)
    assert resolve(clients, "ssm:/doorbell/a", "ssm:/doorbell/a:1") == ("two", "one")


def test_a_deleted_parameter_is_missing(clients: Any) -> None:
    clients("ssm").put_parameter(Name="/doorbell/a", Value="s3cret", Type="SecureString")
    clients("ssm").delete_parameter(Name="/doorbell/a")
    with pytest.raises(SecretMissing, match="no such parameter"):
        resolve(clients, "ssm:/doorbell/a")


def test_a_parameter_is_asked_whether_it_has_changed_and_decrypted_where_it_has(clients: Any) -> None:
    ssm, decrypted, now = clients("ssm"), list[bool](), [1000.0]
    ssm.put_parameter(Name="/doorbell/a", Value="old", Type="SecureString")
    hook = "before-parameter-build.ssm.GetParameter"
    ssm.meta.events.register(hook, lambda params, **_: decrypted.append(params["WithDecryption"]))
    store = SecretStore(clients, clocks=both(lambda: now[0]))

    def later() -> str:
        now[0] += TTL_SECONDS
        (text,) = store.resolve(["ssm:/doorbell/a"], owner=OWNER)
        return text

    assert [later(), later()] == ["old", "old"]
    ssm.put_parameter(Name="/doorbell/a", Value="new", Type="SecureString", Overwrite=True)
    assert [later(), later()] == ["new", "new"]
    assert decrypted == [True, False, False, True, False]


def test_a_secret_is_read_whole_by_arn_and_by_json_key(clients: Any) -> None:
    manager = clients("secretsmanager")
    arn = manager.create_secret(Name="doorbell/stripe", SecretString=json.dumps({"signing": "whsec_1"}))[
        "ARN"
    ]
    manager.create_secret(Name="doorbell/plain", SecretString="whole")
    references = ("secretsmanager:doorbell/plain", "secretsmanager:doorbell/stripe#signing")
    assert resolve(clients, *references, f"secretsmanager:{arn}#signing") == ("whole", "whsec_1", "whsec_1")


def test_a_secret_stored_as_bytes_is_read_when_it_is_text(clients: Any) -> None:
    manager = clients("secretsmanager")
    manager.create_secret(Name="doorbell/pem", SecretBinary=b"-----BEGIN")
    manager.create_secret(Name="doorbell/raw", SecretBinary=b"\xff\xfe")
    assert resolve(clients, "secretsmanager:doorbell/pem") == ("-----BEGIN",)
    with pytest.raises(SecretMissing, match="not text") as caught:
        resolve(clients, "secretsmanager:doorbell/raw")
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "stored", ['{"other": "s3cret"}', '"s3cret"', "s3cret", '{"signing": 7}', '{"signing": ""}']
)
def test_a_json_key_that_is_not_there_is_missing_and_nothing_of_the_secret_is_shown(
    clients: Any, stored: str
) -> None:
    clients("secretsmanager").create_secret(Name="doorbell/stripe", SecretString=stored)
    with pytest.raises(SecretMissing) as caught:
        resolve(clients, "secretsmanager:doorbell/stripe#signing")
    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_secret_that_is_being_deleted_is_missing(clients: Any) -> None:
    clients("secretsmanager").create_secret(Name="doorbell/stripe", SecretString="s3cret")
    clients("secretsmanager").delete_secret(SecretId="doorbell/stripe")
    with pytest.raises(SecretMissing, match="being deleted"):
        resolve(clients, "secretsmanager:doorbell/stripe")


def test_an_unknown_secret_is_missing(clients: Any) -> None:
    with pytest.raises(SecretMissing, match="no such secret"):
        resolve(clients, "secretsmanager:doorbell/stripe")


def test_what_was_encrypted_for_an_item_is_decrypted_for_it(clients: Any, key: str) -> None:
    reference = encrypt(clients("kms"), key, "s3cret", OWNER)
    assert "s3cret" not in reference
    assert resolve(clients, reference) == ("s3cret",)


def test_a_ciphertext_is_of_no_use_in_another_item(clients: Any, key: str) -> None:
    reference = encrypt(clients("kms"), key, "s3cret", OWNER)
    with pytest.raises(SecretMissing, match="not encrypted for this item") as caught:
        resolve(clients, reference, owner={"tenant_id": "default", "subscription_id": "thief"})
    assert len(str(caught.value)) < 200


def test_a_ciphertext_in_the_cache_is_of_no_use_to_another_item_either(clients: Any, key: str) -> None:
    reference = encrypt(clients("kms"), key, "s3cret", OWNER)
    store = SecretStore(clients)
    assert store.resolve([reference], owner=OWNER) == ("s3cret",)
    with pytest.raises(SecretMissing):
        store.resolve([reference], owner={"tenant_id": "other", "subscription_id": "audit"})


def test_a_damaged_ciphertext_is_missing(clients: Any, key: str) -> None:
    reference = encrypt(clients("kms"), key, "s3cret", OWNER)
    with pytest.raises(SecretMissing):
        resolve(clients, reference[:-8] + "AAAAAAA=")


@pytest.mark.parametrize("plaintext", ["", " ", "x" * 4097, "ü" * 2049])
def test_a_secret_that_kms_cannot_hold_is_refused_before_it_is_sent(plaintext: str) -> None:
    with pytest.raises(ValueError, match="1 to 4096 bytes"):
        encrypt(None, "key", plaintext, OWNER)


def test_a_throttled_service_is_unavailable(clients: Any, key: str) -> None:
    def throttled(**_: object) -> None:
        raise clients("kms").exceptions.ClientError({"Error": {"Code": "ThrottlingException"}}, "Decrypt")

    reference = encrypt(clients("kms"), key, "s3cret", OWNER)
    clients("kms").decrypt = throttled
    with pytest.raises(Unavailable) as caught:
        resolve(clients, reference)
    assert (caught.value.service, caught.value.cause) == ("kms", "ThrottlingException")

"""One call for one secret, one to see whether it has changed, and one to make a `kms:` reference.

A secret that is not there, or may not be read, is a `SecretMissing`: a person must repair it. Anything else
that goes wrong is `Unavailable`. Neither holds what was read; nor does what they were raised from.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of, translated
from doorbell.domain.errors import SecretMissing
from doorbell.store.items.secret_refs import SecretRef

MAX_PLAINTEXT_BYTES = 4096
"""https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html"""

MAY_NOT = "Doorbell may not read it"
PROBLEMS: dict[str, str] = {
    "AccessDeniedException": MAY_NOT,
    "ParameterNotFound": "no such parameter",
    "ParameterVersionNotFound": "no such version of the parameter",
    "InvalidKeyId": "the key it is encrypted with cannot be used",
    "ValidationException": "the service refuses its name",
    "ResourceNotFoundException": "no such secret",
    "InvalidRequestException": "it is being deleted",
    "InvalidParameterException": "the service refuses its name",
    "DecryptionFailure": "the key it is encrypted with cannot be used",
    "InvalidCiphertextException": "not encrypted for this item (its key is the context), or damaged",
    "IncorrectKeyException": "encrypted with another key",
    "NotFoundException": "its KMS key is gone",
    "DisabledException": "its KMS key is disabled",
    "KMSInvalidStateException": "its KMS key cannot be used in its state",
    "InvalidKeyUsageException": "its KMS key is not one for encryption",
}
"""Codes that asking again does not cure, and what a person reads."""


type Mark = tuple[int, datetime | float]
"""A parameter's version and when that was written: another value has another, and so has a parameter that was
deleted and made anew. Who asks for these alone is told the ciphertext, and KMS is not asked.
https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"""


def fetch(client: Any, ref: SecretRef, owner: Mapping[str, str]) -> tuple[str, Mark | None]:
    """The stored text. A line end after it is not part of it. And its mark, if its service gives one. Raises
    `SecretMissing`, `Unavailable`."""
    text, mark = _asked(ref, lambda: _READ[ref.service](client, ref, owner))
    if not text.strip():
        raise SecretMissing(ref.label, "it is empty")
    return text.rstrip("\r\n"), mark


def mark_of(client: Any, ref: SecretRef) -> Mark | None:
    """Of a parameter as it is now. Raises `SecretMissing`, `Unavailable`."""
    return _asked(ref, lambda: _mark(client.get_parameter(Name=ref.name, WithDecryption=False)["Parameter"]))


def _asked[T](ref: SecretRef, ask: Callable[[], T]) -> T:
    problem = "it is not text"
    try:
        with translated(ref.service, _OPERATIONS[ref.service]):
            try:
                return ask()
            except ClientError as error:
                if code_of(error) not in PROBLEMS:
                    raise
                problem = PROBLEMS[code_of(error)]
    except UnicodeDecodeError:  # it holds the bytes: nothing may be raised from it
        pass
    raise SecretMissing(ref.label, problem)


def pick(text: str, ref: SecretRef) -> str:
    """The secret that `ref` means in the stored `text`. Raises `SecretMissing`."""
    if ref.json_key is None:
        return text
    value = _json_value(text, ref.json_key)
    if not isinstance(value, str) or not value.strip():
        raise SecretMissing(ref.label, "no text under this key of a JSON object")
    return value.rstrip("\r\n")


def encrypt(kms_client: Any, key_id: str, plaintext: str, owner: Mapping[str, str]) -> str:
    """A `kms:` reference that only the item with the key `owner` can use. Raises `Unavailable`, and
    `ValueError` for a secret that is empty or above 4,096 bytes."""
    data = plaintext.encode()
    if not plaintext.strip() or len(data) > MAX_PLAINTEXT_BYTES:
        raise ValueError(f"a secret has 1 to {MAX_PLAINTEXT_BYTES} bytes")
    with translated("kms", "Encrypt"):
        answer = kms_client.encrypt(KeyId=key_id, Plaintext=data, EncryptionContext=dict(owner))
    return "kms:" + b64encode(answer["CiphertextBlob"]).decode()


def _json_value(text: str, key: str) -> object:
    """None for anything else than an object with `key`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # a JSONDecodeError holds the text: nothing may be raised from it
        return None
    return value.get(key) if isinstance(value, dict) else None


def _from_ssm(client: Any, ref: SecretRef, _: Mapping[str, str]) -> tuple[str, Mark | None]:
    parameter = client.get_parameter(Name=ref.name, WithDecryption=True)["Parameter"]
    text: str = parameter["Value"]
    return text, _mark(parameter)


def _mark(parameter: Mapping[str, Any]) -> Mark | None:
    """None where the answer has none: nothing tells then whether it has changed."""
    version, written = parameter.get("Version"), parameter.get("LastModifiedDate")
    return (version, written) if version and written else None


def _from_secretsmanager(client: Any, ref: SecretRef, _: Mapping[str, str]) -> tuple[str, None]:
    answer = client.get_secret_value(SecretId=ref.name)
    text: str = answer["SecretString"] if "SecretString" in answer else answer["SecretBinary"].decode()
    return text, None


def _from_kms(client: Any, ref: SecretRef, owner: Mapping[str, str]) -> tuple[str, None]:
    answer = client.decrypt(CiphertextBlob=b64decode(ref.name), EncryptionContext=dict(owner))
    text: str = answer["Plaintext"].decode()
    return text, None


_READ: dict[str, Callable[[Any, SecretRef, Mapping[str, str]], tuple[str, Mark | None]]] = {
    "ssm": _from_ssm,
    "secretsmanager": _from_secretsmanager,
    "kms": _from_kms,
}
_OPERATIONS = {"ssm": "GetParameter", "secretsmanager": "GetSecretValue", "kms": "Decrypt"}

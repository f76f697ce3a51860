"""Secret references: where a secret is, never what it is.

ssm:/path[:version-or-label]       a parameter, decrypted
secretsmanager:id[#json-key]       a secret by name or ARN, or one key of its JSON
kms:<base64 ciphertext>            the secret itself, encrypted; its encryption context is the key of
                                   the item that holds it, so that it is of no use in another item
"""

import re
from base64 import b64decode
from dataclasses import dataclass

HOW = "not a secret reference: use ssm:/path, secretsmanager:id[#json-key] or kms:<ciphertext>"
MAX_CHARS = 8192
"""A KMS ciphertext of 4,096 bytes of secret is some 5,700 characters of base64."""

_SSM = re.compile(r"/[A-Za-z0-9_./-]{1,1010}(:[A-Za-z0-9_.-]{1,100})?")
"""https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html"""
_SECRET_ID = re.compile(r"[A-Za-z0-9/_+=.@!:-]{1,2048}")
"""https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"""
_JSON_KEY = re.compile(r"[^\x00-\x1f\x7f]{1,256}")
_SHOWN = 12


class BadReference(ValueError):
    """The message never shows the text: it may be a secret pasted by mistake."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """`service` is the AWS client's name. `name` is the parameter, the secret's id, or the ciphertext."""

    service: str
    name: str
    json_key: str | None = None

    @property
    def label(self) -> str:
        """For logs and errors; a ciphertext is shortened."""
        if self.service == "kms":
            return f"kms:{self.name[:_SHOWN]}… ({len(self.name)} characters)"
        return f"{self.service}:{self.name}" + (f"#{self.json_key}" if self.json_key else "")


def parse(text: str) -> SecretRef:
    """Raises `BadReference`."""
    service, colon, rest = text.partition(":")
    if not colon or len(text) > MAX_CHARS or service not in _READERS:
        raise BadReference(HOW)
    return _READERS[service](rest)


def _ssm(rest: str) -> SecretRef:
    if not _SSM.fullmatch(rest):
        raise BadReference("not a parameter's name: use ssm:/path, of letters, digits and _ . - /")
    return SecretRef("ssm", rest)


def _secretsmanager(rest: str) -> SecretRef:
    name, hash_sign, key = rest.partition("#")
    if not _SECRET_ID.fullmatch(name):
        raise BadReference("not a secret's name: use secretsmanager:id or secretsmanager:id#json-key")
    if hash_sign and not _JSON_KEY.fullmatch(key):
        raise BadReference("no JSON key after the #: use secretsmanager:id#json-key")
    return SecretRef("secretsmanager", name, key or None)


def _kms(rest: str) -> SecretRef:
    try:
        empty = not b64decode(rest, validate=True)
    except ValueError:  # non-ASCII text raises it too
        empty = True
    if empty:
        raise BadReference("not a ciphertext in base64: use kms:<what `aws kms encrypt` gave>")
    return SecretRef("kms", rest)


_READERS = {"ssm": _ssm, "secretsmanager": _secretsmanager, "kms": _kms}

"""Secrets as the operator's tool makes, keeps and names them. None is printed but once, when it is made; one
that somebody wrote into an item in place of a reference never is."""

import re
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import ConfigError
from doorbell.store.items.secret_refs import BadReference, parse
from doorbell.store.secrets.secret_fetch import encrypt
from doorbell_cli.configuration import Kind
from doorbell_cli.target import Target

PREFIX = "/doorbell/"
"""The functions' roles may read parameters and secrets below it, and no others."""
HIDDEN = "(hidden: it may hold a secret)"
_STAMP = re.compile(r"\.\d{14}(-[0-9a-f]{4})?$")
_ARN_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")


def generate(signing: str, drawn: bytes = b"") -> tuple[str, str, str]:
    """(secret, what to hand over, what that is) for a form of signing; of 32 random bytes, or of `drawn`."""
    drawn = drawn or secrets.token_bytes(32)
    if signing == "standard-ed25519":
        from doorbell.signatures.signing.outgoing import public_key

        secret = f"whsk_{b64encode(drawn).decode()}"
        return secret, public_key(secret), "public key"
    secret = f"whsec_{b64encode(drawn).decode()}" if signing == "standard" else drawn.hex()
    return secret, secret, "secret"


def store_new(target: Target, kind: str, owner: Mapping[str, str], secret: str) -> str:
    """Keep `secret` as a new SSM parameter; the reference to it."""
    return _to_ssm(target, f"{PREFIX}{kind}s/{'/'.join(owner.values())}", secret)


def store_beside(target: Target, present: str, owner: Mapping[str, str], secret: str) -> str:
    """Keep `secret` in the service that `present` is in, without touching what `present` leads to."""
    ref = parse(present)
    if ref.service == "kms":
        return _to_kms(target, ref.name, owner, secret)
    if ref.service == "secretsmanager":
        return _to_secretsmanager(target, ref.name, secret)
    return _to_ssm(target, ref.name.partition(":")[0], secret)


def shown_item(kind: Kind, values: Mapping[str, Any], problems: Sequence[ConfigError]) -> dict[str, Any]:
    """An item's fields as they can be shown, by name: ciphertexts are shortened, and what is wrong or unknown
    is hidden whole: it may be a secret in the wrong place. `problems` are all of the item's."""
    wrong = [problem.field for problem in problems]
    fields = kind.model.model_fields

    def is_sound(name: str) -> bool:
        return name in fields and not any(field == name or field.startswith(f"{name}.") for field in wrong)

    def one(name: str) -> Any:
        return shown(values[name]) if name in kind.key or is_sound(name) else HIDDEN

    return {name: one(name) for name in sorted(values)}


def shown(value: object) -> object:
    """A sound value, with ciphertexts shortened."""
    if isinstance(value, str):
        return label_of(value)
    if isinstance(value, list | tuple | set):
        return [shown(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: shown(entry) for name, entry in value.items()}
    return value


def shown_reference(text: str) -> str:
    """What stands in a reference's place, if it is one."""
    return label_of(text) if _is_reference(text) else HIDDEN


def references_in(value: object) -> Iterator[str]:
    """Every secret reference anywhere in an item, sound or broken, as it can be shown."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        for entry in value:
            yield from references_in(entry)
    elif isinstance(value, str) and _is_reference(value):
        yield label_of(value)


def _is_reference(text: str) -> bool:
    try:
        parse(text)
    except BadReference:
        return False
    return True


def label_of(text: str) -> str:
    """A reference as it can be shown (ciphertexts shortened); any other text as it is."""
    if not text.startswith("kms:"):
        return text
    try:
        return parse(text).label
    except BadReference:
        return "kms:…"


def _to_ssm(target: Target, base: str, secret: str) -> str:
    name = f"{_STAMP.sub('', base)}.{_stamp()}"
    with translated("ssm", "PutParameter"):
        target.client("ssm").put_parameter(Name=name, Value=secret, Type="SecureString", Overwrite=False)
    return f"ssm:{name}"


def _to_secretsmanager(target: Target, present: str, secret: str) -> str:
    base = _ARN_SUFFIX.sub("", present.split(":secret:", 1)[1]) if ":secret:" in present else present
    name = f"{_STAMP.sub('', base)}.{_stamp()}"
    with translated("secretsmanager", "CreateSecret"):
        target.client("secretsmanager").create_secret(Name=name, SecretString=secret)
    return f"secretsmanager:{name}"


def _to_kms(target: Target, present: str, owner: Mapping[str, str], secret: str) -> str:
    """With the key that the present ciphertext was made with."""
    kms: Any = target.client("kms")
    with translated("kms", "Decrypt"):
        key_id = kms.decrypt(CiphertextBlob=b64decode(present), EncryptionContext=dict(owner))["KeyId"]
    return encrypt(kms, key_id, secret, owner)


def _stamp() -> str:
    """When it was made; the four digits keep two of one second apart."""
    return f"{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"

"""What is computed beforehand of a key changes nothing but the time it takes."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.errors import SignatureError
from doorbell.signatures.schemes.digests import HASHES
from doorbell.signatures.schemes.keyed import KeyedHash, decoded_keys, keyed_hashes

everyone = pytest.mark.parametrize("hash_name", HASHES.values())


@everyone
@given(key=st.binary(max_size=300), parts=st.lists(st.binary(max_size=300), max_size=4))
def test_it_is_the_standard_librarys_hmac(hash_name: str, key: bytes, parts: list[bytes]) -> None:
    assert KeyedHash(key, hash_name).digest(parts) == hmac.digest(key, b"".join(parts), hash_name)


@everyone
@pytest.mark.parametrize("difference", [-1, 0, 1])
def test_keys_about_as_long_as_the_hashs_block(hash_name: str, difference: int) -> None:
    key = b"k" * (hashlib.new(hash_name).block_size + difference)
    assert KeyedHash(key, hash_name).digest([b"body"]) == hmac.digest(key, b"body", hash_name)


def test_one_message_leaves_nothing_behind_for_the_next() -> None:
    keyed = KeyedHash(b"key", "sha256")
    first = keyed.digest([b"one"])
    keyed.digest([b"two"])
    assert keyed.digest([b"one"]) == first


def test_a_key_is_remembered_by_its_kind_and_hash_too() -> None:
    secret = b64encode(b"key").decode()
    found = {
        keyed_hashes(kind, hash_name, (secret,))[0].digest([b"body"])
        for kind in ("text", "base64")
        for hash_name in ("sha1", "sha256")
    }
    assert len(found) == 4


def test_a_broken_secret_does_not_spoil_the_others() -> None:
    assert decoded_keys("hex", ("zz", "6b6579")) == (b"key",)
    assert [one.digest([b"body"]) for one in keyed_hashes("hex", "sha256", ("zz", "6b6579"))] == [
        hmac.digest(b"key", b"body", "sha256")
    ]


@pytest.mark.parametrize(("secrets", "reason"), [((), "secret_missing"), (("zz",), "secret_malformed")])
def test_without_a_usable_secret_every_call_refuses(secrets: tuple[str, ...], reason: str) -> None:
    for _ in range(2):
        with pytest.raises(SignatureError, match=reason):
            keyed_hashes("hex", "sha256", secrets)
        with pytest.raises(SignatureError, match=reason):
            decoded_keys("hex", secrets)


def test_no_more_than_a_few_secrets_are_remembered() -> None:
    for number in range(600):
        keyed_hashes("text", "sha256", (f"secret {number}",))
    assert keyed_hashes.cache_info().currsize <= 256

"""RSA-PSS, in a source of one's own: what is signed with it is taken, and nothing that is nearly so."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.declared import parse_scheme
from doorbell.signatures.schemes.rsa import verifier
from doorbell.signatures.special import declared
from tests.unit.signatures.cases import rsa_keys, rsa_pair

SHA1, SHA256, SHA512 = hashes.SHA1(), hashes.SHA256(), hashes.SHA512()
BODY = b'{"id":"evt_1"}'
SCHEME = {"key": "spki", "signature": {"header": "x-signature", "encoding": "base64"}}


def pss(
    algorithm: hashes.HashAlgorithm,
    salt: int | object = padding.PSS.DIGEST_LENGTH,
    mask: hashes.HashAlgorithm | None = None,
) -> padding.AsymmetricPadding:
    return padding.PSS(padding.MGF1(mask or algorithm), salt)  # type: ignore[arg-type]  # its constants


def signed(
    algorithm: hashes.HashAlgorithm, how: padding.AsymmetricPadding, body: bytes = BODY, pem: str = ""
) -> RawRequest:
    key = load_pem_private_key((pem or rsa_keys()[0]).encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    headers = {"x-signature": b64encode(key.sign(body, how, algorithm)).decode()}
    return RawRequest("POST", "https://a.example/in/acme", "/in/acme", "", headers, BODY)


def check(name: str, request: RawRequest) -> None:
    source = Source("acme", "hmac", scheme={**SCHEME, "algorithm": name})
    declared.check(Claim(source, request, (rsa_keys()[1],), 0.0, {}))


@pytest.mark.parametrize(
    ("name", "algorithm"), [("rsa-pss-sha256", SHA256), ("rsa-pss-sha512", SHA512)], ids=["sha256", "sha512"]
)
@pytest.mark.parametrize(
    "salt",
    [padding.PSS.DIGEST_LENGTH, padding.PSS.MAX_LENGTH, 0, 17],
    ids=["digest", "longest", "none", "17"],
)
def test_a_signature_is_taken_whatever_its_salt(
    name: str, algorithm: hashes.HashAlgorithm, salt: object
) -> None:
    check(name, signed(algorithm, pss(algorithm, salt)))


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("rsa-pss-sha256", signed(SHA256, pss(SHA256), b'{"id":"evt_2"}')),
        ("rsa-pss-sha256", signed(SHA256, pss(SHA256), pem=rsa_pair(8)[0])),
        ("rsa-pss-sha256", signed(SHA512, pss(SHA512))),
        ("rsa-pss-sha512", signed(SHA256, pss(SHA256))),
        ("rsa-pss-sha256", signed(SHA256, pss(SHA256, mask=SHA1))),
        ("rsa-pss-sha256", signed(SHA256, padding.PKCS1v15())),
        ("rsa-sha256", signed(SHA256, pss(SHA256))),
    ],
    ids=["body", "key", "longer hash", "shorter hash", "mask", "no pss", "pss where none is"],
)
def test_a_signature_that_is_another_ones_is_refused(name: str, request_: RawRequest) -> None:
    with pytest.raises(SignatureError) as caught:
        check(name, request_)
    assert caught.value.reason == "signature_mismatch"


def test_a_secret_that_is_no_public_key_proves_nothing() -> None:
    source = Source("acme", "hmac", scheme={**SCHEME, "algorithm": "rsa-pss-sha256"})
    for secret in ("a-secret", "bm8ga2V5"):
        with pytest.raises(SignatureError):
            declared.check(Claim(source, signed(SHA256, pss(SHA256)), (secret,), 0.0, {}))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"key": "text"}, "scheme.key"),
        ({"weak": True}, "scheme.weak"),
        ({"algorithm": "rsa-pss-sha1"}, "scheme.algorithm"),
        ({"message": ["body", "secret"]}, "scheme.message"),
        ({"signature": {"header": "x-signature", "encoding": "hex-upper"}}, "scheme.signature.encoding"),
    ],
)
def test_a_broken_declaration_is_named_with_its_field(changed: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_scheme("src", {**SCHEME, "algorithm": "rsa-pss-sha256", **changed})
    assert (caught.value.item, caught.value.field) == ("src", field)


def test_a_key_of_few_bits_proves_nothing() -> None:
    key = rsa.generate_private_key(65537, 1024)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert not verifier("pss-sha256")(public, (BODY,), key.sign(BODY, pss(SHA256), SHA256))

"""Signing for rules of `special` that few have: with the very functions that check them."""

import hashlib
from base64 import b64encode
from collections.abc import Callable

from doorbell.domain.forms import texts
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.scheme import Scheme
from doorbell.signatures.signing.declared import by_scheme
from doorbell.signatures.signing.message_signatures import detached_jws, http_signature
from doorbell.signatures.signing.parts import as_object, with_headers, with_json, with_member, written_time


def _by(scheme: Scheme, claim: Claim) -> RawRequest:
    return by_scheme(scheme, claim.request, claim.secrets[0], claim.now, claim.parameters)


def fal(claim: Claim) -> RawRequest:
    from doorbell.signatures.special.fal import SCHEME

    return _by(SCHEME, claim)


def sinch(claim: Claim) -> RawRequest:
    from doorbell.signatures.special.sinch import OF_BODY, WITHOUT_BODY

    request = _by(OF_BODY if claim.request.body else WITHOUT_BODY, claim)
    key = claim.parameters.get("key") or "application-key"
    return with_headers(request, authorization=f"Application {key}:{request.headers['authorization']}")


def neon(claim: Claim) -> RawRequest:
    """Ed25519: the secret is the seed in hex."""
    from doorbell.signatures.signing.keys import ed25519_key
    from doorbell.signatures.special import neon as rule

    stamp = str(int(claim.now * 1000))
    head = rule.encoded(b'{"alg":"EdDSA","typ":"JWS"}')
    message = f"{head}.{rule.encoded(rule.payload_of(stamp, claim.request.body))}".encode()
    signature = rule.encoded(ed25519_key(claim.secrets[0]).sign(message))
    return with_headers(claim.request, x_neon_signature=f"{head}..{signature}", x_neon_timestamp=stamp)


def adobe_events(claim: Claim) -> RawRequest:
    """The secret is a private key as PEM."""
    from cryptography.hazmat.primitives import hashes

    from doorbell.signatures.signing.keys import rsa_signature

    signature = rsa_signature(claim.secrets[0], claim.request.body, hashes.SHA256())
    return with_headers(
        claim.request,
        x_adobe_digital_signature_1=b64encode(signature).decode(),
        x_adobe_public_key1_path="/prod/keys/pub-key-demo.pem",
    )


def alexa(claim: Claim) -> RawRequest:
    """The secret is a private key as PEM."""
    from cryptography.hazmat.primitives import hashes

    from doorbell.signatures.signing.keys import rsa_signature

    request = with_member(claim.request, "request.timestamp", written_time(claim.now, "rfc3339"))
    signature = rsa_signature(claim.secrets[0], request.body, hashes.SHA256())
    url = "https://s3.amazonaws.com/echo.api/echo-api-cert-demo.pem"
    return with_headers(request, signature_256=b64encode(signature).decode(), signaturecertchainurl=url)


def paytm(claim: Claim) -> RawRequest:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    from doorbell.signatures.special import paytm as rule

    fields = {name: values[0] for name, values in texts(claim.request.body).items()}
    salt = hashlib.sha256(claim.request.body).hexdigest()[: rule.SALT].encode()
    padder = PKCS7(128).padder()
    plain = padder.update(rule.hash_of(fields, salt) + salt) + padder.finalize()
    cipher = Cipher(algorithms.AES(claim.secrets[0].encode()), modes.CBC(rule.VECTOR)).encryptor()
    value = b64encode(cipher.update(plain) + cipher.finalize()).decode()
    return with_member(claim.request, rule.FIELD, value)


def paddle_classic(claim: Claim) -> RawRequest:
    """The secret is a private key as PEM."""
    from cryptography.hazmat.primitives import hashes

    from doorbell.signatures.signing.keys import rsa_signature
    from doorbell.signatures.special import paddle_classic as rule

    fields = {name: values[0] for name, values in texts(claim.request.body).items()}
    signature = rsa_signature(claim.secrets[0], rule.serialized(fields), hashes.SHA1())
    return with_member(claim.request, rule.FIELD, b64encode(signature).decode())


def przelewy24(claim: Claim) -> RawRequest:
    from doorbell.signatures.special import przelewy24 as rule

    data = dict.fromkeys(rule.PAYMENT, "1") | as_object(claim)
    fields = rule.REFUND if "refundsUuid" in data else rule.PAYMENT
    return with_json(claim.request, data | {"sign": rule.sign(data, fields, claim.secrets[0]).decode()})


SIGNERS: dict[str, Callable[[Claim], RawRequest]] = {
    one.__name__: one
    for one in (
        fal, sinch, detached_jws, neon, http_signature, adobe_events, alexa, paytm, paddle_classic,
        przelewy24,
    )
}  # fmt: skip

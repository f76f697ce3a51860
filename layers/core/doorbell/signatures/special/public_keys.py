"""Keys of a JWKS as the texts that schemes take for secrets. Loads PyJWT."""

from base64 import b64encode

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.special.key_sets import jwks_keys, parse_jwks


def texts_of(claim: Claim, url: str, keyid: str | None) -> tuple[str, ...]:
    """The base64 of a SubjectPublicKeyInfo of each key by that id: from `url`, where there is one, otherwise
    of the secrets, of which those that are no key set stay as they are, and a key without an id is every
    one."""
    if url:
        return _found(jwks_keys(url, keyid, claim))
    plain = [secret for secret in claim.secrets if not secret.lstrip().startswith("{")]
    sets = [parse_jwks(secret) or [] for secret in claim.secrets if secret not in plain]
    keys = [key for one in sets for key in one if keyid is None or key.get("kid", keyid) == keyid]
    return (*plain, *_found(keys)) if plain else _found(keys)


def _found(keys: list[dict[str, object]]) -> tuple[str, ...]:
    texts = tuple(text for key in keys if (text := _text(key)))
    if not texts:
        raise SignatureError("key_not_found")
    return texts


def _text(key: dict[str, object]) -> str:
    try:
        public = jwt.PyJWK.from_dict(key).key
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (jwt.PyJWTError, LookupError, TypeError, ValueError, AttributeError, UnsupportedAlgorithm):
        return ""
    return b64encode(der).decode()

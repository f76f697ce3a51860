"""How a GitHub App says who it is: a JWT of ten minutes, signed with its private key. Loads `cryptography`.
https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from doorbell.domain.backfill import NotPossible

DRIFT_SECONDS = 60
LIFE_SECONDS = 540


def app_token(app_id: str, pem: str, now: float) -> str:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise NotPossible("the credential of an App is its private key, as PEM")
    claims = {"iat": int(now) - DRIFT_SECONDS, "exp": int(now) + LIFE_SECONDS, "iss": app_id}
    text = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{text}.{_encoded(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _part(value: dict[str, object]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

"""Whether a text can be a signature, by its packing, its letters and its length."""

import re
from collections.abc import Iterable

from doorbell.signatures.schemes.scheme import SignatureAt

DIGEST_BYTES = {
    "md5": 16,
    "sha1": 20,
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    "keccak256": 32,
    "ed25519": 64,
}
FORMS = {
    "hex": r"[0-9a-f]+", "hex-upper": r"[0-9A-F]+", "hex-any": r"[0-9a-fA-F]+", "base64": r"[A-Za-z0-9+/]+=*",
    "base64url": r"[A-Za-z0-9_-]+", "base64url-padded": r"[A-Za-z0-9_-]+=*",
}  # fmt: skip


def fits(at: SignatureAt, algorithms: Iterable[str], value: str) -> bool:
    return any(_fits(at, algorithm, value) for algorithm in algorithms)


def _fits(at: SignatureAt, algorithm: str, value: str) -> bool:
    if not value:
        return False
    if at.packing == "pairs":
        items = [item.strip().partition("=") for item in value.split(at.mark)]
        return any(name in at.key.split("|") and text for name, _, text in items)
    if at.packing == "spaced":
        return any(at.key == item.partition(",")[0] for item in value.split(" "))
    if at.packing != "plain":
        return True
    is_prefixed = value.startswith(at.prefix) or at.bare
    return is_prefixed and _is_digest(value.removeprefix(at.prefix), at.encoding, algorithm)


def _is_digest(text: str, encoding: str, algorithm: str) -> bool:
    """Whether `text` is as long as a signature of that kind, in letters of that encoding."""
    form, size = FORMS.get(encoding), DIGEST_BYTES.get(algorithm.removeprefix("hmac-"))
    if form is None or size is None:
        return True
    if not re.fullmatch(form, text):
        return False
    length = len(text.rstrip("="))
    return length == (2 * size if encoding.startswith("hex") else -(-4 * size // 3))

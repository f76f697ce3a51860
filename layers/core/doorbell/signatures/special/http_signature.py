"""HTTP Message Signatures (RFC 9421) over a digest of the body (RFC 9530): MailChannels, and others.

`algorithm` is pinned by the entry or the source; what the request says of it must agree. The parameter
`requires` names the components that must be signed; `content-digest` always is one, and must be the body's.
"""

import re
from base64 import b64encode
from hashlib import sha256, sha512

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.digests import is_signed_by, matches
from doorbell.signatures.schemes.encoding import decode
from doorbell.signatures.schemes.message import url_path
from doorbell.signatures.schemes.timestamps import require_fresh

ALGORITHMS = {
    "ed25519": ("ed25519", "ed25519"),
    "hmac-sha256": ("hmac-sha256", "text"),
    "ecdsa-p256-sha256": ("ecdsa-p256-sha256", "spki"),
    "rsa-v1_5-sha256": ("rsa-sha256", "spki"),
}
"""By its registered name (RFC 9421, 6.2.2): ours, and how a secret becomes its key. ECDSA is DER here."""
TOLERANCE, AHEAD = 300, 30
MAX_INPUT = 2048
_INPUT = re.compile(
    r'([a-z*][a-z0-9_.*-]{0,63})=(\((?:"[^"\\]{1,64}" ?){1,16}\)((?:;[a-z]+=(?:"[^"\\]*"|\d+))*))'
)
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|(\d+))')
_DIGEST = re.compile(r"(sha-256|sha-512)=:([A-Za-z0-9+/=]+):")


def check(claim: Claim) -> None:
    label, covered, told = _input(claim)
    _check_told(told, claim)
    names = re.findall(r'"([^"]+)"', covered.partition(")")[0])
    required = {"content-digest", *claim.parameters.get("requires", "").split()}
    if len(set(names)) != len(names) or not required <= set(names):
        raise SignatureError("part_missing")
    _check_digest(claim)
    lines = [f'"{name}": {_value(claim, name)}' for name in names]
    message = "\n".join([*lines, f'"@signature-params": {covered}']).encode()
    algorithm, key = ALGORITHMS[claim.parameters["algorithm"]]
    if not is_signed_by(algorithm, key, claim, message, _signature(claim, label)):
        raise SignatureError("signature_mismatch")


def _input(claim: Claim) -> tuple[str, str, dict[str, str]]:
    """The one signature's label, what it covers as it is written, and its parameters."""
    text = claim.request.headers.get("signature-input", "")
    found = _INPUT.fullmatch(text) if len(text) <= MAX_INPUT else None
    if found is None:
        raise SignatureError("signature_malformed" if text else "signature_missing")
    told = {name: quoted or number for name, quoted, number in _PARAMETER.findall(found[3])}
    return found[1], found[2], told


def _check_told(told: dict[str, str], claim: Claim) -> None:
    if told.get("alg", claim.parameters["algorithm"]) != claim.parameters["algorithm"]:
        raise SignatureError("algorithm_not_allowed")
    if not told.get("created", "").isdecimal():
        raise SignatureError("timestamp_missing")
    require_fresh(int(told["created"][:12]), claim.now, claim.tolerance_or(TOLERANCE), AHEAD)
    if told.get("expires", "").isdecimal() and claim.now > int(told["expires"][:12]):
        raise SignatureError("timestamp_out_of_tolerance")


def _check_digest(claim: Claim) -> None:
    found = _DIGEST.fullmatch(single(claim.request, "content-digest", "header_missing"))
    if found is None:
        raise SignatureError("signature_malformed")
    digest = (sha256 if found[1] == "sha-256" else sha512)(claim.request.body).digest()
    if not matches([b64encode(digest)], [found[2].encode()]):
        raise SignatureError("signature_mismatch")


def _value(claim: Claim, name: str) -> str:
    """RFC 9421, 2.1 and 2.2."""
    request, url = claim.request, claim.public_url
    if not name.startswith("@"):
        value = request.headers.get(name)
        if value is None:
            raise SignatureError("header_missing")
        return " ".join(value.split())
    path, _, query = url_path(url).partition("?")
    derived = {
        "@method": request.method.upper(), "@target-uri": url, "@path": path, "@query": f"?{query}",
        "@authority": url.partition("//")[2].partition("/")[0].lower(),
    }  # fmt: skip
    if name not in derived:
        raise SignatureError("part_missing")
    return derived[name]


def _signature(claim: Claim, label: str) -> bytes:
    value = single(claim.request, "signature")
    name, _, text = value.partition("=")
    raw = decode("base64", text[1:-1].encode()) if text[:1] == text[-1:] == ":" else None
    if name != label or not raw:
        raise SignatureError("signature_malformed")
    return raw

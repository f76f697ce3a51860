#!/usr/bin/env bash
# The good guess: TrueLayer's libraries check a `Tl-Signature` alike. It is a detached JWS (RFC 7515), whose signature is over
#   the header's bytes as they came; members may be in any order, and those that one does not know are ignored (section 4).
# What happens: the library for Python parses the header and writes it anew, in its own order and without blanks, before it
#   checks. The same members in another order, or with a blank after a colon, are an invalid signature; one member that it
#   has no field for, as `typ`, is a TypeError and not its own exception. The library for Node takes all of them.
# Why it matters: it goes well because TrueLayer's webhooks have the very order that Python writes. A stand-in that signs with
#   any general JWS library, or whose members come out of a hash map, as in TrueLayer's own library for Java (its
#   `Utils.jwsHeaderMap`), is refused in Python and only there. So would TrueLayer be on the day that it adds a member.
# Seen with: truelayer-signing 0.4.0 (PyPI), truelayer-signing 0.2.3 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check truelayer-signing==0.4.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund truelayer-signing@0.2.3

cat > seen <<'SEEN'
as npm's library writes it: Python accepts, Node accepts
as TrueLayer's webhooks have it, jku last: Python accepts, Node accepts
jku second: Python TlSigningException, Node accepts
kid before alg: Python TlSigningException, Node accepts
a blank after each colon: Python TlSigningException, Node accepts
typ added: Python TypeError, Node accepts
SEEN

cat > check.js <<'JS'
const { verify, SignatureError } = require("truelayer-signing");
const { publicKeyPem, signature, headers, body } = JSON.parse(process.argv[2]);
try {
  verify({ publicKeyPem, signature, method: "POST", path: "/in/truelayer", headers, body });
  console.log("accepts");
} catch (error) {
  if (!(error instanceof SignatureError)) throw error;
  console.log("refuses");
}
JS

venv/bin/python - > now <<'PY'
import base64
import json
import subprocess

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from truelayer_signing import HttpMethod, verify_with_pem

BODY = '{"type":"payment_settled","event_id":"7a1f6b1c"}'
SENT = {"X-Tl-Webhook-Timestamp": "2026-11-30T09:00:00Z"}
MESSAGE = f"POST /in/truelayer\nX-Tl-Webhook-Timestamp: {SENT['X-Tl-Webhook-Timestamp']}\n{BODY}"
REST = {"tl_version": "2", "tl_headers": "X-Tl-Webhook-Timestamp"}
NPM = {"alg": "ES512", "kid": "k1", **REST}
JKU = {"jku": "https://webhooks.truelayer.com/.well-known/jwks"}
CASES = (
    ("as npm's library writes it", NPM, ":"),
    ("as TrueLayer's webhooks have it, jku last", {**NPM, **JKU}, ":"),
    ("jku second", {"alg": "ES512", **JKU, "kid": "k1", **REST}, ":"),
    ("kid before alg", {"kid": "k1", "alg": "ES512", **REST}, ":"),
    ("a blank after each colon", NPM, ": "),
    ("typ added", {**NPM, "typ": "JOSE"}, ":"),
)
key = ec.generate_private_key(ec.SECP521R1())
form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
pem = key.public_key().public_bytes(*form).decode()


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: str) -> str:
    first = encoded(header.encode())
    der = key.sign(f"{first}.{encoded(MESSAGE.encode())}".encode(), ec.ECDSA(hashes.SHA512()))
    return f"{first}..{encoded(b''.join(number.to_bytes(66, 'big') for number in utils.decode_dss_signature(der)))}"


for label, header, colon in CASES:
    signature = signed(json.dumps(header, separators=(",", colon)))
    verifier = verify_with_pem(pem).set_method(HttpMethod.POST).set_path("/in/truelayer")
    try:
        verifier.add_headers(SENT).set_body(BODY).verify(signature)
        python = "accepts"
    except Exception as error:
        python = type(error).__name__
    given = json.dumps({"publicKeyPem": pem, "signature": signature, "headers": SENT, "body": BODY})
    node = subprocess.check_output(["node", "check.js", given], text=True).strip()
    print(f"{label}: Python {python}, Node {node}")
PY
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: QStash's libraries heed the clock tolerance that they are given: both have the parameter, in seconds, for the
#   token's `nbf` and `exp`. QStash's page on security says what these are: the time of sending, and five minutes later.
# What happens: Python's takes `clock_tolerance` and does nothing with it: it hands it to PyJWT as an option, by a name that is
#   none of PyJWT's options. A right delivery is refused where the receiver's clock is behind, or where it is checked late,
#   however large the tolerance is. npm's accepts both. Nor is the reason told: both libraries try the next key after the
#   current one, and report what became of that: a wrong signature, not a wrong time.
# Why it matters: a clock that is a second behind QStash's refuses what arrives within that second, which is nearly everything.
#   Who then sets the tolerance sees no change, reads "Signature verification failed", and looks for a wrong key.
# Seen with: qstash 3.4.0, PyJWT 2.15.1 (PyPI), @upstash/qstash 2.12.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check qstash==3.4.0 pyjwt==2.15.1
echo '{}' > package.json
npm install --silent --no-audit --no-fund @upstash/qstash@2.12.0

cat > seen <<'SEEN'
clocks agree, tolerance 0: Python accepts, Node accepts
the receiver's clock is a minute behind, tolerance 0: Python signature verification failed, Node signature verification failed
the receiver's clock is a minute behind, tolerance 300: Python signature verification failed, Node accepts
checked six minutes after it was sent, tolerance 0: Python signature verification failed, Node signature verification failed
checked six minutes after it was sent, tolerance 300: Python signature verification failed, Node accepts
SEEN

cat > check.js <<'JS'
const { Receiver } = require("@upstash/qstash");
const [currentSigningKey, nextSigningKey, signature, body, url, tolerance] = process.argv.slice(2);
new Receiver({ currentSigningKey, nextSigningKey }).verify({ signature, body, url, clockTolerance: Number(tolerance) }).then(
  () => console.log("accepts"),
  (error) => console.log(error.message),
);
JS

cat > ask.py <<'PY'
import base64
import hashlib
import subprocess
import time

import jwt
from qstash import Receiver
from qstash.errors import SignatureError

CURRENT, NEXT = "sig_current_0000000000000000000000", "sig_next_00000000000000000000000000"
URL, BODY = "https://hooks.example.com/in", '{"order":7}'
DIGEST = base64.urlsafe_b64encode(hashlib.sha256(BODY.encode()).digest()).decode()


def python(token: str, tolerance: int) -> str:
    try:
        Receiver(CURRENT, NEXT).verify(signature=token, body=BODY, url=URL, clock_tolerance=tolerance)
    except SignatureError as error:
        return str(error).rpartition(": ")[2].lower()
    return "accepts"


def node(token: str, tolerance: int) -> str:
    command = ["node", "check.js", CURRENT, NEXT, token, BODY, URL, str(tolerance)]
    return subprocess.check_output(command, text=True).strip()


for label, age, tolerances in (
    ("clocks agree", 0, [0]),
    ("the receiver's clock is a minute behind", -60, [0, 300]),
    ("checked six minutes after it was sent", 360, [0, 300]),
):
    for tolerance in tolerances:
        sent = int(time.time()) - age
        times = {"iat": sent, "nbf": sent, "exp": sent + 300}
        claims = {"iss": "Upstash", "sub": URL, "jti": "jwt_7", "body": DIGEST, **times}
        token = jwt.encode(claims, CURRENT, algorithm="HS256")
        print(f"{label}, tolerance {tolerance}: Python {python(token, tolerance)}, Node {node(token, tolerance)}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

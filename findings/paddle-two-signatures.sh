#!/usr/bin/env bash
# The good guess: Paddle's libraries read a `Paddle-Signature` alike. By its documentation the header has at least one `h1`
#   (developer.paddle.com/webhooks/signature-verification): there may be more, as other providers send while a secret changes.
# What happens: the library for Node keeps the last `h1` only: a delivery whose first signature is right is refused. Python's
#   tries them all; but it raises a ValueError for any part of another name, an `h2` say, which Node's passes over.
#   And both, unless told otherwise, refuse what is older than five seconds; Node's has no way of being told.
# Why it matters: a gateway that signs in Paddle's form, with the new and the old secret for a while, must put the new one
#   last for Node and must not add anything for Python. And nothing that waits in a queue for six seconds can be
#   checked by the application behind it: where there is a gateway, the check is the gateway's.
# Seen with: paddle-python-sdk 1.16.1 (PyPI; wants Python 3.11), @paddle/paddle-node-sdk 3.10.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check paddle-python-sdk==1.16.1
echo '{}' > package.json
npm install --silent --no-audit --no-fund @paddle/paddle-node-sdk@3.10.0

cat > seen <<'SEEN'
one signature: Python accepts, Node accepts
the right one last of two: Python accepts, Node accepts
the right one first of two: Python accepts, Node refuses
a part named h2 behind it: Python raises ValueError, Node accepts
signed ten seconds ago: Python refuses, Node refuses
signed ten seconds ago, thirty allowed: Python accepts
SEEN

cat > check.js <<'JS'
const { Paddle } = require("@paddle/paddle-node-sdk");
const [body, secret, header] = process.argv.slice(2);
new Paddle("none").webhooks.isSignatureValid(body, secret, header).then((valid) => console.log(valid ? "accepts" : "refuses"));
JS

venv/bin/python - > now <<'PY'
import hashlib
import hmac
import logging
import subprocess
import time
from types import SimpleNamespace

from paddle_billing.Notifications import Secret, Verifier

logging.disable(logging.CRITICAL)
BODY = '{"event_id":"evt_01hv8x29kz0t586xy6zn1a62ny","event_type":"transaction.completed"}'


def h1(secret: str, at: int) -> str:
    return "h1=" + hmac.new(secret.encode(), f"{at}:{BODY}".encode(), hashlib.sha256).hexdigest()


def python(header: str, **window) -> str:
    request = SimpleNamespace(headers={"Paddle-Signature": header}, body=BODY.encode())
    try:
        return "accepts" if Verifier(**window).verify(request, Secret("new")) else "refuses"
    except ValueError:
        return "raises ValueError"


for label, age, parts in (
    ("one signature", 0, lambda at: [h1("new", at)]),
    ("the right one last of two", 0, lambda at: [h1("old", at), h1("new", at)]),
    ("the right one first of two", 0, lambda at: [h1("new", at), h1("old", at)]),
    ("a part named h2 behind it", 0, lambda at: [h1("new", at), "h2=00"]),
    ("signed ten seconds ago", 10, lambda at: [h1("new", at)]),
):
    at = int(time.time()) - age
    header = ";".join([f"ts={at}", *parts(at)])
    node = subprocess.check_output(["node", "check.js", BODY, "new", header], text=True).strip()
    print(f"{label}: Python {python(header)}, Node {node}")
print(f"{label}, thirty allowed: Python {python(header, maximum_variance=30)}")
PY
diff seen now && cat now

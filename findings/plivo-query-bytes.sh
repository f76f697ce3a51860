#!/usr/bin/env bash
# The good guess: Plivo's two libraries make the same text of a callback to check `X-Plivo-Signature-V3`: the query decoded and
#   sorted, the form's parameters behind it, the nonce.
# What happens: both decode `%C3%A9` of the query, Node's to `é`, Python's to the two characters `Ã©`: Python's takes the decoded
#   bytes for Latin-1, and writes them in UTF-8 once more. With one character outside ASCII in the query, each refuses what
#   the other accepts: whichever text Plivo signs, one of its libraries refuses a genuine callback. In a form, and with
#   blanks, they agree.
# Why it matters: the query is where an application puts its own names (`/answer?agent=Jos%C3%A9`), and where Plivo puts all
#   parameters of a callback by GET. It works in every test with "Anna", and then refuses some people's calls only.
# Seen with: plivo 4.63.0 (PyPI), plivo 4.79.0 (npm). Signatures here are made over the text that is shown.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check plivo==4.63.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund plivo@4.79.0

cat > seen <<'SEEN'
GET /answer?agent=Anna+Lee, signed as ?agent=Anna Lee: Python accepts, Node accepts
GET /answer?agent=Jos%C3%A9, signed as ?agent=José: Python refuses, Node accepts
GET /answer?agent=Jos%C3%A9, signed as ?agent=JosÃ©: Python accepts, Node refuses
POST /answer?agent=Jos%C3%A9, signed as ?agent=José.CallStatusringing: Python refuses, Node accepts
POST /answer?agent=Jos%C3%A9, signed as ?agent=JosÃ©.CallStatusringing: Python accepts, Node refuses
POST /answer, signed as ?CallerNameJosé: Python accepts, Node accepts
SEEN

cat > check.js <<'JS'
const { validateV3Signature } = require("plivo");
const [method, url, nonce, token, signature, form] = process.argv.slice(2);
console.log(validateV3Signature(method, url, nonce, token, signature, JSON.parse(form)) ? "accepts" : "refuses");
JS

cat > ask.py <<'PY'
import base64
import hashlib
import hmac
import json
import subprocess

from plivo.utils import validate_v3_signature

HOST, NONCE, TOKEN = "https://hooks.example.com", "05429567804466091622", "token"


def python(method: str, url: str, signature: str, form: dict) -> str:
    return "accepts" if validate_v3_signature(method, url, NONCE, TOKEN, signature, dict(form)) else "refuses"


def node(method: str, url: str, signature: str, form: dict) -> str:
    command = ["node", "check.js", method, url, NONCE, TOKEN, signature, json.dumps(form)]
    return subprocess.check_output(command, text=True).strip()


for method, query, form, text in (
    ("GET", "?agent=Anna+Lee", {}, "?agent=Anna Lee"),
    ("GET", "?agent=Jos%C3%A9", {}, "?agent=José"),
    ("GET", "?agent=Jos%C3%A9", {}, "?agent=JosÃ©"),
    ("POST", "?agent=Jos%C3%A9", {"CallStatus": "ringing"}, "?agent=José.CallStatusringing"),
    ("POST", "?agent=Jos%C3%A9", {"CallStatus": "ringing"}, "?agent=JosÃ©.CallStatusringing"),
    ("POST", "", {"CallerName": "José"}, "?CallerNameJosé"),
):
    signed = f"{HOST}/answer{text}.{NONCE}".encode()
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed, hashlib.sha256).digest()).decode()
    asked = (method, f"{HOST}/answer{query}", signature, form)
    print(f"{method} /answer{query}, signed as {text}: Python {python(*asked)}, Node {node(*asked)}")
PY
PYTHONUTF8=1 venv/bin/python ask.py > now
diff seen now && cat now

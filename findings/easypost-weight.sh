#!/usr/bin/env bash
# The good guess: EasyPost's libraries check a delivery the same way: HMAC-SHA256 over the raw body, which both ask for.
# What happens: Node's library edits the body before it hashes it: a whole number behind `"weight":` gets a `.0`. A body
#   that says `"weight":136`, signed as it stands, is accepted by Python's library and refused by Node's. With
#   `"weight":136.0`, the form EasyPost sends, both accept. The edit is for servers that parse the JSON and write it again
#   before they check (issue 467 of EasyPost/easypost-node).
#   And both hash with the NFKD form of the secret: with an `é` in it, a plain HMAC over the same text does not match.
# Why it matters: a gateway or a test that signs its own bodies in EasyPost's form is right for one SDK and wrong for the
#   other, for one field's sake; and a check written from the words "HMAC-SHA256 of the body" fails on some secrets.
# Seen with: easypost 10.7.0 (PyPI), @easypost/api 8.9.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check easypost==10.7.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund @easypost/api@8.9.0

cat > seen <<'SEEN'
{"weight":136.0}: Python accepts, Node accepts
{"weight":136}: Python accepts, Node refuses
{"ounces":136}: Python accepts, Node accepts
secret café, plain HMAC: Python refuses, Node refuses
secret café, HMAC with its NFKD form: Python accepts, Node accepts
SEEN

cat > check.js <<'JS'
const EasyPost = require("@easypost/api");
const [body, signature, secret] = process.argv.slice(2);
try {
  new EasyPost("none").Utils.validateWebhook(Buffer.from(body), { "X-Hmac-Signature": signature }, secret);
  console.log("accepts");
} catch (error) {
  if (!error.message.startsWith("Webhook received did not originate from EasyPost")) throw error;
  console.log("refuses");
}
JS

venv/bin/python - > now <<'PY'
import hashlib, hmac, subprocess, unicodedata

from easypost.errors import SignatureVerificationError
from easypost.util import validate_webhook

def check(label: str, body: str, secret: str, key: str) -> None:
    signature = "hmac-sha256-hex=" + hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()
    try:
        validate_webhook(body.encode(), {"X-Hmac-Signature": signature}, secret)
        python = "accepts"
    except SignatureVerificationError:
        python = "refuses"
    node = subprocess.check_output(["node", "check.js", body, signature, secret], text=True).strip()
    print(f"{label}: Python {python}, Node {node}")

for body in ('{"weight":136.0}', '{"weight":136}', '{"ounces":136}'):
    check(body, body, "secret", "secret")
composed = unicodedata.normalize("NFC", "café")
check("secret café, plain HMAC", "{}", composed, composed)
check("secret café, HMAC with its NFKD form", "{}", composed, unicodedata.normalize("NFKD", composed))
PY
diff seen now && cat now

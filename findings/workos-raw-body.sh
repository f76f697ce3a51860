#!/usr/bin/env bash
# The good guess: WorkOS's libraries check a delivery alike: HMAC-SHA256 over the timestamp, a dot and the body as it came.
# What happens: Python's takes the raw bytes. Node's writes what it is given as JSON first: the raw body, as text, becomes a
#   JSON text in quotes, and a right delivery is refused. It wants the parsed body, and writes that anew: a body with
#   `12.50`, a space, an escape such as `\u00e9`, or a member named by a number behind one that is not, is other text then,
#   and refused as well. What JSON.stringify would have written is accepted.
# Why it matters: keeping the raw body for the check, right for nearly every other provider, is wrong here in Node, and a
#   framework that parses first is right by luck. A gateway or a test that signs in WorkOS's form must write compact JSON in
#   JavaScript's way, or Node's receivers refuse what Python's accept.
# Seen with: workos 10.8.0 (PyPI), @workos-inc/node 8.13.0 (npm; the same in 9.0.0). Since 10.0.0, for Node 22 and newer, it
#   takes the raw body as it came; a parsed one it still writes anew.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check workos==10.8.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund @workos-inc/node@8.13.0

cat > seen <<'SEEN'
{"event":"user.created"}: Python accepts, Node with the raw body refuses, with the parsed one accepts
{"event": "user.created"}: Python accepts, Node with the raw body refuses, with the parsed one refuses
{"event":"user.created","score":12.5}: Python accepts, Node with the raw body refuses, with the parsed one accepts
{"event":"user.created","score":12.50}: Python accepts, Node with the raw body refuses, with the parsed one refuses
{"event":"user.created","name":"Ren\u00e9"}: Python accepts, Node with the raw body refuses, with the parsed one refuses
{"event":"user.created","7":"seven"}: Python accepts, Node with the raw body refuses, with the parsed one refuses
SEEN

cat > check.js <<'JS'
const { WorkOS, SignatureVerificationException } = require("@workos-inc/node");
const [body, sigHeader, secret] = process.argv.slice(2);

async function verdict(payload) {
  try {
    await new WorkOS("sk_none").webhooks.verifyHeader({ payload, sigHeader, secret });
    return "accepts";
  } catch (error) {
    if (!(error instanceof SignatureVerificationException)) throw error;
    return "refuses";
  }
}
verdict(body).then(async (raw) => console.log(`Node with the raw body ${raw}, with the parsed one ${await verdict(JSON.parse(body))}`));
JS

cat > ask.py <<'PY'
import hashlib
import hmac
import subprocess
import time

from workos import WorkOSClient

SECRET = "secret"
webhooks = WorkOSClient(api_key="sk_none", client_id="client_none").webhooks
BODIES = [
    r'{"event":"user.created"}',
    r'{"event": "user.created"}',
    r'{"event":"user.created","score":12.5}',
    r'{"event":"user.created","score":12.50}',
    r'{"event":"user.created","name":"Ren\u00e9"}',
    r'{"event":"user.created","7":"seven"}',
]


def verdict(body: str, header: str) -> str:
    try:
        webhooks.verify_header(event_body=body.encode(), event_signature=header, secret=SECRET)
    except ValueError:
        return "refuses"
    return "accepts"


for body in BODIES:
    sent = int(time.time() * 1000)
    digest = hmac.new(SECRET.encode(), f"{sent}.{body}".encode(), hashlib.sha256).hexdigest()
    header = f"t={sent}, v1={digest}"
    node = subprocess.check_output(["node", "check.js", body, header, SECRET], text=True).strip()
    print(f"{body}: Python {verdict(body, header)}, {node}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: Unit's two SDKs check a delivery the same way. Both say: HMAC-SHA1 of the payload, base64.
# What happens: both take the parsed payload and write it as JSON again, each as its language does. A body with 1.0, a large
#   whole number, or keys that are numbers is one text for Python and another for Node, so one accepts the very delivery that
#   the other refuses. Where the sender escaped a letter, or wrote a blank, both refuse: neither has the bytes that were signed.
# Why it matters: a gateway that checks the raw body accepts all of these. One that passes a body on to such an SDK must not
#   change a byte of it; and a check written after one SDK must know which numbers the other would have written.
# Seen with: @unit-finance/unit-node-sdk 0.41.0 (npm), unit-python-sdk 1.3.2 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check unit-python-sdk==1.3.2
echo '{}' > package.json
npm install --silent --no-audit --no-fund @unit-finance/unit-node-sdk@0.41.0

cat > seen <<'SEEN'
{"amount":1250}: Python accepts, Node accepts
{"rate":1.0}: Python accepts, Node refuses
{"id":12345678901234567890}: Python accepts, Node refuses
{"10":1,"9":2}: Python accepts, Node refuses
{"rate":0.00001}: Python refuses, Node accepts
{"name":"Zo\u00eb"}: Python refuses, Node refuses
{"amount": 1250}: Python refuses, Node refuses
SEEN

cat > check.js <<'JS'
const { Webhooks } = require("@unit-finance/unit-node-sdk/dist/resources/webhooks");
const [body, signature] = process.argv.slice(2);
const right = Webhooks.prototype.verify(signature, "secret", JSON.parse(body));
console.log(right ? "accepts" : "refuses");
JS

venv/bin/python - > now <<'PY'
import base64, hashlib, hmac, json, subprocess

from unit.api.webhook_resource import WebhookResource

for line in open("seen"):
    body = line.partition(": Python")[0]
    signature = base64.b64encode(hmac.new(b"secret", body.encode(), hashlib.sha1).digest()).decode()
    right = WebhookResource.verify(None, signature, "secret", json.loads(body))
    node = subprocess.check_output(["node", "check.js", body, signature], text=True).strip()
    print(f"{body}: Python {'accepts' if right else 'refuses'}, Node {node}")
PY
diff seen now && cat now

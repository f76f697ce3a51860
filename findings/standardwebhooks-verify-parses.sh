#!/usr/bin/env bash
# The good guess: `verify` of the Standard Webhooks libraries judges the signature. It says yes, or it raises its own
#   WebhookVerificationError; that is the one error its Python docstring lists. The specification signs any payload.
# What happens: with a right signature it goes on to parse JSON. A form raises the JSON parser's own error, in Python
#   an empty body does too, in JavaScript an empty body is accepted. A body that is not UTF-8 (gzip, an image) cannot
#   be verified at all: Python raises while it decodes, JavaScript says that the signature is wrong, because it signs
#   the decoded text. An option that turns the parser off helps with forms, not with binary bodies.
# Why it matters: a receiver that catches WebhookVerificationError answers 500 to an authentic form, and the sender
#   tries again for days. Who forwards what Slack or Twilio send, signed anew, meets it at once.
# Seen with: standardwebhooks 1.1.0 (PyPI), standardwebhooks 1.1.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund standardwebhooks@1.1.1

cat > seen <<'SEEN'
python json: returns {'id': 1}
python form: raises JSONDecodeError
python form, json_parse=False: returns None
python empty: raises JSONDecodeError
python binary, json_parse=False: raises UnicodeDecodeError
javascript json: returns {"id":1}
javascript form: raises SyntaxError
javascript form, jsonParse false: returns undefined
javascript empty: returns undefined
javascript binary, jsonParse false: raises WebhookVerificationError
SEEN

cat > verify.py <<'PY'
import base64, hashlib, hmac, time
from standardwebhooks import Webhook

key, sent = b"a key of the example", int(time.time())
webhook = Webhook("whsec_" + base64.b64encode(key).decode())

def verify(label: str, body: bytes, **options: bool) -> None:
    signature = base64.b64encode(hmac.digest(key, b"msg_1.%d." % sent + body, hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(sent), "webhook-signature": f"v1,{signature}"}
    try:
        print(f"python {label}: returns {webhook.verify(body, headers, **options)}")
    except Exception as error:
        print(f"python {label}: raises {type(error).__name__}")

verify("json", b'{"id": 1}')
verify("form", b"text=hello")
verify("form, json_parse=False", b"text=hello", json_parse=False)
verify("empty", b"")
verify("binary, json_parse=False", b"\x1f\x8b\xff", json_parse=False)
PY

cat > verify.js <<'JS'
const { createHmac } = require("crypto");
const { Webhook } = require("standardwebhooks");

const key = Buffer.from("a key of the example"), sent = Math.floor(Date.now() / 1000);
const webhook = new Webhook("whsec_" + key.toString("base64"));

function verify(label, body, options) {
  const signature = createHmac("sha256", key).update(`msg_1.${sent}.`).update(body).digest("base64");
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": `${sent}`, "webhook-signature": `v1,${signature}` };
  try {
    console.log(`javascript ${label}: returns ${JSON.stringify(webhook.verify(body, headers, options))}`);
  } catch (error) {
    console.log(`javascript ${label}: raises ${error.name}`);
  }
}

verify("json", Buffer.from('{"id": 1}'));
verify("form", Buffer.from("text=hello"));
verify("form, jsonParse false", Buffer.from("text=hello"), { jsonParse: false });
verify("empty", Buffer.from(""));
verify("binary, jsonParse false", Buffer.from([0x1f, 0x8b, 0xff]), { jsonParse: false });
JS

{ venv/bin/python verify.py; node verify.js; } > now
diff seen now && cat now

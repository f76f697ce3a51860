#!/usr/bin/env bash
# The good guess: Box's libraries find Box's headers however their names are written, and allow ten minutes of difference in time.
#   Box's page on webhooks names them in capitals (`BOX-DELIVERY-TIMESTAMP`), and names of headers have no case (RFC 9110, 5.1).
# What happens: both look them up in lower case, in what they are given. The headers of a REST API's Lambda event, which are as
#   they were sent, are refused in Node without a word; Python's raises an AttributeError about `replace`. So it does for
#   `dict(request.headers)` of Flask, the dict that its type asks for; the `Headers` of fetch are refused in Node, too.
#   And the ten minutes are for the past only: a delivery from a sender whose clock is one second ahead is refused by
#   both, and no option changes that.
# Why it matters: Node's `false` says "forged" of a right delivery, for each of these reasons. It works in Express and fails
#   behind API Gateway; it works for months, and fails for all deliveries once the receiver's clock falls a little behind.
# Seen with: boxsdk 10.18.0, Flask 3.1.3 (PyPI), box-node-sdk 10.12.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check boxsdk==10.18.0 flask==3.1.3
echo '{}' > package.json
npm install --silent --no-audit --no-fund box-node-sdk@10.12.0

cat > seen <<'SEEN'
names in lower case, as Node's server and HTTP APIs give them: Python accepts, Node accepts
names as sent, as a REST API's Lambda event has them: Python raises AttributeError, Node refuses
Flask's request.headers: Python accepts
a dict of Flask's request.headers: Python raises AttributeError
the Headers of fetch: Node refuses
nine minutes old: Python accepts, Node accepts
the receiver's clock is a minute behind: Python refuses, Node refuses
SEEN

cat > check.js <<'JS'
const { WebhooksManager } = require("box-node-sdk/managers/webhooks");
const [body, headers, key, kind] = process.argv.slice(2);
const given = kind === "fetch" ? new Headers(JSON.parse(headers)) : JSON.parse(headers);
WebhooksManager.validateMessage(body, given, key).then((valid) => console.log(valid ? "accepts" : "refuses"));
JS

cat > ask.py <<'PY'
import base64
import hashlib
import hmac
import json
import subprocess
from datetime import datetime, timedelta, timezone

from box_sdk_gen import WebhooksManager
from flask import Flask, request

KEY, BODY = "primary", '{"type":"webhook_event","trigger":"FILE.UPLOADED","source":{"id":"7","type":"file","name":"Test.txt"}}'


def delivery(age: timedelta = timedelta()) -> dict:
    sent = (datetime.now(timezone.utc) - age).isoformat(timespec="seconds")
    digest = base64.b64encode(hmac.new(KEY.encode(), (BODY + sent).encode(), hashlib.sha256).digest()).decode()
    signed = {"BOX-SIGNATURE-VERSION": "1", "BOX-SIGNATURE-ALGORITHM": "HmacSHA256", "BOX-SIGNATURE-PRIMARY": digest}
    return {"BOX-DELIVERY-ID": "7", "BOX-DELIVERY-TIMESTAMP": sent, **signed}


def lower(headers: dict) -> dict:
    return {name.lower(): value for name, value in headers.items()}


def python(headers) -> str:
    try:
        return "Python " + ("accepts" if WebhooksManager.validate_message(BODY, headers, KEY) else "refuses")
    except AttributeError:
        return "Python raises AttributeError"


def node(headers: dict, kind: str = "plain") -> str:
    return "Node " + subprocess.check_output(["node", "check.js", BODY, json.dumps(headers), KEY, kind], text=True).strip()


sent = delivery()
print(f"names in lower case, as Node's server and HTTP APIs give them: {python(lower(sent))}, {node(lower(sent))}")
print(f"names as sent, as a REST API's Lambda event has them: {python(sent)}, {node(sent)}")
with Flask("hooks").test_request_context("/", method="POST", headers=sent):
    print(f"Flask's request.headers: {python(request.headers)}")
    print(f"a dict of Flask's request.headers: {python(dict(request.headers))}")
print(f"the Headers of fetch: {node(sent, 'fetch')}")
for label, age in (("nine minutes old", 9), ("the receiver's clock is a minute behind", -1)):
    sent = lower(delivery(timedelta(minutes=age)))
    print(f"{label}: {python(sent)}, {node(sent)}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: HubSpot's libraries check a request's signature (v3) for the URL that came in, as they are told it.
# What happens: HubSpot's page on validating requests lists twelve escapes that are decoded in the URL before it is signed, `%40`
#   and `%2F` among them. Neither library decodes: with the URL as it arrived, both refuse a right request for one `@` in its
#   query; with the listed escapes decoded by the caller, both accept. The README of Python's takes Flask's `base_url`, which
#   has no query: with it every request that has one is refused. Flask's `url` is decoded, and fits.
# Why it matters: a subscription's URL rarely has an escape, the fetch of a card or of a workflow's action does as soon as it
#   sends a mail address. It works in the test and fails for some requests, and differently in each framework, which
#   gives the URL as it came or decoded. Signatures here are made by HubSpot's page.
# Seen with: hubspot-api-client 12.0.0, Flask 3.1.3 (PyPI), @hubspot/api-client 14.0.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hubspot-api-client==12.0.0 flask==3.1.3
echo '{}' > package.json
npm install --silent --no-audit --no-fund @hubspot/api-client@14.0.1

cat > seen <<'SEEN'
/card
  Flask's base_url: Python accepts, Node accepts
  Flask's url: Python accepts, Node accepts
  as it arrived: Python accepts, Node accepts
  decoded by HubSpot's list: Python accepts, Node accepts
/card?portalId=1
  Flask's base_url: Python refuses, Node refuses
  Flask's url: Python accepts, Node accepts
  as it arrived: Python accepts, Node accepts
  decoded by HubSpot's list: Python accepts, Node accepts
/card?userEmail=anna%40example.com
  Flask's base_url: Python refuses, Node refuses
  Flask's url: Python accepts, Node accepts
  as it arrived: Python refuses, Node refuses
  decoded by HubSpot's list: Python accepts, Node accepts
/card?name=Anna%20Lee&back=%2Fdeals%3Ftab%3D7
  Flask's base_url: Python refuses, Node refuses
  Flask's url: Python accepts, Node accepts
  as it arrived: Python refuses, Node refuses
  decoded by HubSpot's list: Python accepts, Node accepts
SEEN

cat > check.js <<'JS'
const { Signature } = require("@hubspot/api-client");
const [signature, url, timestamp] = process.argv.slice(2);
const request = { method: "GET", requestBody: "", url, timestamp: Number(timestamp) };
console.log(Signature.isValid({ signatureVersion: "v3", clientSecret: "secret", signature, ...request }) ? "accepts" : "refuses");
JS

cat > ask.py <<'PY'
import base64
import hashlib
import hmac
import subprocess
import time

from flask import Flask, request
from hubspot.utils.signature import Signature

HOST = "https://hooks.example.com"
QUERIES = ["", "portalId=1", "userEmail=anna%40example.com", "name=Anna%20Lee&back=%2Fdeals%3Ftab%3D7"]
# What HubSpot's page on validating requests says is to be decoded in the URL before it is signed.
LISTED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}
app = Flask("hooks")


def decoded(url: str) -> str:
    for escape, character in LISTED.items():
        url = url.replace(escape, character)
    return url


def python(signature: str, url: str, sent: str) -> str:
    valid = Signature.is_valid(signature, "secret", "", url, "GET", "v3", sent)
    return "accepts" if valid else "refuses"


def node(signature: str, url: str, sent: str) -> str:
    return subprocess.check_output(["node", "check.js", signature, url, sent], text=True).strip()


for query in QUERIES:
    sent = str(int(time.time() * 1000))
    arrived = f"{HOST}/card?{query}" if query else f"{HOST}/card"
    signed = f"GET{decoded(arrived)}{sent}".encode()
    signature = base64.b64encode(hmac.new(b"secret", signed, hashlib.sha256).digest()).decode()
    with app.test_request_context("/card", base_url=HOST, query_string=query):
        told = {"Flask's base_url": request.base_url, "Flask's url": request.url}
    told |= {"as it arrived": arrived, "decoded by HubSpot's list": decoded(arrived)}
    print(f"{arrived[len(HOST) :]}")
    for label, url in told.items():
        print(f"  {label}: Python {python(signature, url, sent)}, Node {node(signature, url, sent)}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

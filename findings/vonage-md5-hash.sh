#!/usr/bin/env bash
# The good guess: Vonage's libraries can check a signed SMS callback as Vonage signs it unless told otherwise. By its page on
#   signing messages the default algorithm is "MD5 hash": the MD5 of the sorted parameters with the secret behind them. The
#   dashboard has four HMACs beside it, MD5 HMAC among them.
# What happens: Python's cannot. Unless told otherwise it takes MD5 HMAC: it refuses every genuine callback of an account whose
#   setting nobody changed. Its docstring says to give `signature_method=None` for the simple MD5 hash: that raises a
#   TypeError as soon as the `Auth` is made. No other value means it. Node's has the MD5 hash, and checks all five.
# Why it matters: "md5" means the dashboard's second entry and not its first, and nothing says so: it looks like a wrong secret.
#   Whoever receives with Python must choose one of the HMACs in the dashboard, for the whole account.
# Seen with: vonage-http-client 1.5.2 (PyPI; vonage 4 uses it), @vonage/sms 1.24.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check vonage-http-client==1.5.2
echo '{}' > package.json
npm install --silent --no-audit --no-fund @vonage/sms@1.24.1 @vonage/auth@1.18.1

cat > seen <<'SEEN'
MD5 hash: Python as it is refuses, Python told None raises TypeError, Node told md5hash accepts
MD5 HMAC: Python as it is accepts, Python told md5 accepts, Node told md5hmac accepts
SHA1 HMAC: Python as it is refuses, Python told sha1 accepts, Node told sha1hmac accepts
SHA-256 HMAC: Python as it is refuses, Python told sha256 accepts, Node told sha256hmac accepts
SHA-512 HMAC: Python as it is refuses, Python told sha512 accepts, Node told sha512hmac accepts
SEEN

cat > check.js <<'JS'
const { AlgorithmTypes } = require("@vonage/auth");
const { SMS } = require("@vonage/sms");
const [algorithm, secret, callback] = process.argv.slice(2);
const params = JSON.parse(callback);
const sms = new SMS({ apiKey: params["api-key"], apiSecret: "none" });
console.log(sms.verifySignature(params.sig, params, secret, AlgorithmTypes[algorithm]) ? "accepts" : "refuses");
JS

cat > ask.py <<'PY'
import hashlib
import hmac
import json
import subprocess

from vonage_http_client.auth import Auth

SECRET = "0123456789abcdef"
CALLBACK = {
    "api-key": "abcd1234",
    "keyword": "HELLO",
    "message-timestamp": "2026-11-30 09:00:00",
    "messageId": "0A0000000123ABCD1",
    "msisdn": "447700900001",
    "nonce": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    "text": "Hello",
    "timestamp": "1796029200",
    "to": "447700900000",
    "type": "text",
}
SIGNED = "".join(f"&{name}={CALLBACK[name]}" for name in sorted(CALLBACK))


def python(callback: dict, **told) -> str:
    try:
        auth = Auth(api_key="abcd1234", signature_secret=SECRET, **told)
    except TypeError:
        return "raises TypeError"
    return "accepts" if auth.check_signature(dict(callback)) else "refuses"


def node(callback: dict, algorithm: str) -> str:
    return subprocess.check_output(["node", "check.js", algorithm, SECRET, json.dumps(callback)], text=True).strip()


for label, method, algorithm in (
    ("MD5 hash", None, "md5hash"),
    ("MD5 HMAC", "md5", "md5hmac"),
    ("SHA1 HMAC", "sha1", "sha1hmac"),
    ("SHA-256 HMAC", "sha256", "sha256hmac"),
    ("SHA-512 HMAC", "sha512", "sha512hmac"),
):
    if method:
        sig = hmac.new(SECRET.encode(), SIGNED.encode(), method).hexdigest()
    else:
        sig = hashlib.md5((SIGNED + SECRET).encode()).hexdigest()
    callback = {**CALLBACK, "sig": sig}
    told = python(callback, signature_method=method)
    print(f"{label}: Python as it is {python(callback)}, Python told {method} {told}, ", end="")
    print(f"Node told {algorithm} {node(callback, algorithm)}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

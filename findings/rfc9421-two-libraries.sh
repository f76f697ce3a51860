#!/usr/bin/env bash
# The good guess: what one library for HTTP Message Signatures signs by RFC 9421, another one verifies. The RFC fixes
#   what leaves room elsewhere: rsa-pss-sha512 has a salt of 64 bytes (section 3.3.1), and a query parameter's value is
#   written with the percent-encode set of HTML forms, which escapes ! ' ( ) and ~ too (2.2.8).
# What happens: http-message-signatures of npm signs PSS with Node's default, the longest salt that fits the key (190 bytes
#   for 2,048 bits); writes values as encodeURIComponent does, which leaves ! ' ( ) and ~; and signs a URL as it was given,
#   also one without a path, where the request that goes out has "/". The library of the same name on PyPI goes by the
#   RFC, and refuses all three. What PyPI's signs with PSS, npm's verifies; the other two it refuses.
# Why it matters: who sends webhooks signed so chooses algorithm and components for all its receivers. Ed25519,
#   RSA PKCS#1 v1.5 and content-digest are understood by both. A test with the same library on both ends shows nothing.
# Seen with: http-message-signatures 1.0.6 (npm, Node 20 and newer), http-message-signatures 3.0.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund http-message-signatures@1.0.6
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check http-message-signatures==3.0.0

cat > cases.json <<'JSON'
[["ed25519", "https://hooks.example.com/in/a", "content-digest"],
 ["ed25519", "https://hooks.example.com/in/a?name=Anna", "@query-param;name=\"name\""],
 ["ed25519", "https://hooks.example.com/in/a?name=Anna%20Lee", "@query-param;name=\"name\""],
 ["ed25519", "https://hooks.example.com/in/a?name=Lee%20(Anna)", "@query-param;name=\"name\""],
 ["ed25519", "https://hooks.example.com/", "@target-uri"],
 ["ed25519", "https://hooks.example.com", "@target-uri"],
 ["rsa-v1_5-sha256", "https://hooks.example.com/in/a", "content-digest"],
 ["rsa-pss-sha512", "https://hooks.example.com/in/a", "content-digest"]]
JSON

cat > seen <<'SEEN'
ed25519 content-digest https://hooks.example.com/in/a: npm by PyPI verified, PyPI by npm verified
ed25519 @query-param;name="name" https://hooks.example.com/in/a?name=Anna: npm by PyPI verified, PyPI by npm verified
ed25519 @query-param;name="name" https://hooks.example.com/in/a?name=Anna%20Lee: npm by PyPI verified, PyPI by npm verified
ed25519 @query-param;name="name" https://hooks.example.com/in/a?name=Lee%20(Anna): npm by PyPI refused, PyPI by npm refused
ed25519 @target-uri https://hooks.example.com/: npm by PyPI verified, PyPI by npm verified
ed25519 @target-uri https://hooks.example.com: npm by PyPI refused, PyPI by npm refused
rsa-v1_5-sha256 content-digest https://hooks.example.com/in/a: npm by PyPI verified, PyPI by npm verified
rsa-pss-sha512 content-digest https://hooks.example.com/in/a: npm by PyPI refused, PyPI by npm verified
SEEN

cat > node.mjs <<'JS'
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createSigner, createVerifier, httpbis } from "http-message-signatures";

const cases = JSON.parse(readFileSync("cases.json"));
const body = '{"type":"ring"}';
const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

if (process.argv[2] === "sign") {
  const pairs = { ed25519: generateKeyPairSync("ed25519"), rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }) };
  const signed = [];
  for (const [algorithm, url, field] of cases) {
    const { privateKey, publicKey } = pairs[algorithm] ?? pairs.rsa;
    const message = { method: "POST", url, headers: { "content-digest": digest } };
    const { headers } = await httpbis.signMessage({ key: createSigner(privateKey, algorithm, "k1"), fields: [field] }, message);
    const pem = { type: "pkcs8", format: "pem" };
    signed.push({ headers, private: privateKey.export(pem), public: publicKey.export({ ...pem, type: "spki" }) });
  }
  writeFileSync("by-npm.json", JSON.stringify(signed));
} else {
  const verdicts = [];
  for (const [place, { headers, public: pem }] of JSON.parse(readFileSync("by-pypi.json")).entries()) {
    const [algorithm, url] = cases[place];
    const keyLookup = async () => ({ id: "k1", algs: [algorithm], verify: createVerifier(pem, algorithm) });
    const verdict = await httpbis.verifyMessage({ keyLookup }, { method: "POST", url, headers }).catch(() => false);
    verdicts.push(verdict ? "verified" : "refused");
  }
  writeFileSync("npm-says.json", JSON.stringify(verdicts));
}
JS

cat > ask.py <<'PY'
import json
import sys
from types import SimpleNamespace

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

ALGORITHMS = {
    "ed25519": algorithms.ED25519,
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
}
cases, by_npm = json.load(open("cases.json")), json.load(open("by-npm.json"))


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, signed):
        self.signed = signed

    def resolve_public_key(self, key_id):
        return self.signed["public"].encode()

    def resolve_private_key(self, key_id):
        return self.signed["private"].encode()


def verdict(algorithm, url, signed):
    message = SimpleNamespace(method="POST", url=url, headers=dict(signed["headers"]))
    try:
        HTTPMessageVerifier(signature_algorithm=ALGORITHMS[algorithm], key_resolver=Keys(signed)).verify(message)
    except InvalidSignature:
        return "refused"
    return "verified"


def signed_here(algorithm, url, field, theirs):
    digest = {"content-digest": theirs["headers"]["content-digest"]}
    message = SimpleNamespace(method="POST", url=url, headers=digest)
    field = '"@query-param";name="name"' if field.startswith("@query-param") else field
    signer = HTTPMessageSigner(signature_algorithm=ALGORITHMS[algorithm], key_resolver=Keys(theirs))
    signer.sign(message, key_id="k1", covered_component_ids=[field], use_existing_digest=True)
    return {**theirs, "headers": dict(message.headers)}


if sys.argv[1] == "sign":
    json.dump([signed_here(*case, theirs) for case, theirs in zip(cases, by_npm)], open("by-pypi.json", "w"))
else:
    npm_says = json.load(open("npm-says.json"))
    for (algorithm, url, field), theirs, other in zip(cases, by_npm, npm_says):
        here = verdict(algorithm, url, theirs)
        print(f"{algorithm} {field} {url}: npm by PyPI {here}, PyPI by npm {other}")
PY

node node.mjs sign
venv/bin/python ask.py sign
node node.mjs verify
venv/bin/python ask.py verify > now
diff seen now && cat now

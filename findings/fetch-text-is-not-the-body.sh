#!/usr/bin/env bash
# The good guess: `await request.text()` is the raw body as text, so that UTF-8 in is UTF-8 out. It is what guides for Next.js,
#   Hono, Bun and edge workers hand to a verifier.
# What happens: the Fetch standard decodes with "UTF-8 decode", which takes a byte order mark away. JSON that was written
#   with one (.NET's Encoding.UTF8 does, and on-premises SharePoint) is three bytes shorter, and an authentic signature is
#   called wrong; Clerk's SDK reads the request itself in this way. With the same bytes from a Buffer the signature is
#   right, and then JSON.parse, like Python's json, refuses the mark: two more answers for one body.
# Why it matters: nothing in a log shows the mark. The sender's tests pass, the secret is right, and every delivery is 400.
#   `arrayBuffer()` gives the bytes; the mark is taken away after the check.
# Seen with: standardwebhooks 1.1.1 and @clerk/backend 3.25.0 (npm, Node 20), standardwebhooks 1.1.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund standardwebhooks@1.1.1 @clerk/backend@3.25.0

cat > seen <<'SEEN'
without a mark: text() verified, Buffer verified, Clerk verified
with a mark: text() WebhookVerificationError, Buffer SyntaxError, Clerk Unable to verify incoming webhook: No matching signature found
python, without a mark: verified
python, with a mark: JSONDecodeError
python, with a mark, json_parse=False: verified
SEEN

cat > fetch.mjs <<'JS'
import { createHmac } from "node:crypto";
import { verifyWebhook } from "@clerk/backend/webhooks";
import standardwebhooks from "standardwebhooks";

const key = Buffer.from("a key of the example"), secret = `whsec_${key.toString("base64")}`;
const sent = Math.floor(Date.now() / 1000);

async function verdict(verify, told) {
  try {
    await verify();
    return "verified";
  } catch (error) {
    return told(error);
  }
}

async function judge(label, body) {
  const signature = `v1,${createHmac("sha256", key).update(`msg_1.${sent}.`).update(body).digest("base64")}`;
  const named = (brand) => ({ [`${brand}-id`]: "msg_1", [`${brand}-timestamp`]: `${sent}`, [`${brand}-signature`]: signature });
  const request = (brand) => new Request("http://localhost/", { method: "POST", headers: named(brand), body });
  const webhook = new standardwebhooks.Webhook(secret), type = (error) => error.constructor.name;
  const text = await verdict(async () => webhook.verify(await request("webhook").text(), named("webhook")), type);
  const buffer = await verdict(() => webhook.verify(body, named("webhook")), type);
  const clerk = await verdict(
    () => verifyWebhook(request("svix"), { signingSecret: secret }),
    (error) => error.message.replace(/^.*?clerk\/backend: /, ""),
  );
  console.log(`${label}: text() ${text}, Buffer ${buffer}, Clerk ${clerk}`);
}

const json = Buffer.from('{"type": "user.created", "data": {}}');
await judge("without a mark", json);
await judge("with a mark", Buffer.concat([Buffer.from("\u{feff}"), json]));
JS

cat > mark.py <<'PY'
import base64, codecs, hashlib, hmac, time
from standardwebhooks import Webhook

key, sent, json = b"a key of the example", int(time.time()), b'{"type": "user.created", "data": {}}'

def judge(label: str, body: bytes, **options: bool) -> None:
    signature = base64.b64encode(hmac.digest(key, b"msg_1.%d." % sent + body, hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(sent), "webhook-signature": f"v1,{signature}"}
    try:
        Webhook("whsec_" + base64.b64encode(key).decode()).verify(body, headers, **options)
        print(f"{label}: verified")
    except Exception as error:
        print(f"{label}: {type(error).__name__}")

judge("python, without a mark", json)
judge("python, with a mark", codecs.BOM_UTF8 + json)
judge("python, with a mark, json_parse=False", codecs.BOM_UTF8 + json, json_parse=False)
PY

{ node fetch.mjs; venv/bin/python mark.py; } > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: the CloudEvents SDKs agree on how an attribute travels in a header. The HTTP binding 1.0.2
#   (section 3.1.3.2) says: blanks, `"`, `%` and all that is not ASCII are percent-encoded, and decoded once on arrival.
# What happens: JavaScript's SDK does neither. Python's SDK 2 does both, and the older API in the same Python package
#   (`cloudevents.v1`) neither. So an event that one library sends and another reads changes on the way, both ways:
#   `50%25` sent by JavaScript is read as `50%`, and `two words` sent by Python is read as `two%20words`.
# Why it matters: `subject` and `source` carry what people name: a file, a product, a path with its own escapes. A filter
#   or a cache key made of them is true in one language and false in the other. Structured mode does not have this.
# Seen with: cloudevents 2.2.0 (PyPI), cloudevents 10.0.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund cloudevents@10.0.0

cat > seen <<'SEEN'
two words: python core sends two%20words, python v1 sends two words, javascript sends two words
50%25: python core sends 50%2525, python v1 sends 50%25, javascript sends 50%25
header two%20words: python core reads two words, python v1 reads two%20words, javascript reads two%20words
header 50%25: python core reads 50%, python v1 reads 50%25, javascript reads 50%25
SEEN

cat > javascript.js <<'JS'
const { CloudEvent, HTTP } = require("cloudevents");
const [action, subject] = process.argv.slice(2);
const attributes = { specversion: "1.0", id: "1", source: "/files", type: "file.added" };
if (action === "send") console.log(HTTP.binary(new CloudEvent({ ...attributes, subject })).headers["ce-subject"]);
else {
  const headers = { "content-type": "application/json", "ce-subject": subject };
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = value;
  console.log(HTTP.toEvent({ headers, body: "{}" }).subject);
}
JS

venv/bin/python -W ignore - > now <<'PY'
import subprocess

from cloudevents.core.bindings.http import HTTPMessage, from_http, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1.conversion import to_dict
from cloudevents.v1.http import CloudEvent as V1CloudEvent, from_http as v1_from_http, to_binary as v1_to_binary

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "/files", "type": "file.added"}

def javascript(action: str, subject: str) -> str:
    return subprocess.check_output(["node", "javascript.js", action, subject], text=True).rstrip("\n")

for subject in ("two words", "50%25"):
    core = to_binary(CloudEvent({**ATTRIBUTES, "subject": subject}, {}), JSONFormat()).headers["ce-subject"]
    v1 = v1_to_binary(V1CloudEvent({**ATTRIBUTES, "subject": subject}, {}))[0]["ce-subject"]
    print(f"{subject}: python core sends {core}, python v1 sends {v1}, javascript sends {javascript('send', subject)}")

for subject in ("two%20words", "50%25"):
    headers = {"content-type": "application/json", "ce-subject": subject, **{f"ce-{k}": v for k, v in ATTRIBUTES.items()}}
    core = from_http(HTTPMessage(headers, b"{}"), JSONFormat()).get_attributes()["subject"]
    v1 = to_dict(v1_from_http(headers, b"{}"))["subject"]
    print(f"header {subject}: python core reads {core}, python v1 reads {v1}, javascript reads {javascript('read', subject)}")
PY
diff seen now && cat now

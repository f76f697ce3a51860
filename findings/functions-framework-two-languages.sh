#!/usr/bin/env bash
# The good guess: Google's Functions Framework gives a CloudEvent function the same event in Python and in Node.
# What happens: of a Pub/Sub message that has attributes alone, which Pub/Sub allows (reference, PubsubMessage: data or at least
#   one attribute), Python's answers 400, so it is sent again; Node's calls the function with an event that has neither type
#   nor data. `data_base64` of a structured event is decoded in Python; in Node there is no `data` then. A body whose type
#   ends in +json is JSON in Python and bytes in Node. Both drop the ordering key of a Pub/Sub message.
# Why it matters: data that is no JSON goes as `data_base64` in a structured event (CloudEvents JSON format, 3.1.1): a form or
#   an image that a gateway wraps so reaches a function in Node as an event without data, and nothing says so. In a test
#   with JSON all is well in both languages.
# Seen with: functions-framework 3.10.2 (PyPI), @google-cloud/functions-framework 5.0.5 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check functions-framework==3.10.2
echo '{}' > package.json
npm install --silent --no-audit --no-fund @google-cloud/functions-framework@5.0.5

cat > seen <<'SEEN'
Pub/Sub push: both type google.cloud.pubsub.topic.v1.messagePublished, data {"message":{"@type":"type.googleapis.com/google.pubsub.v1.PubsubMessage","attributes":{"door":"front"},"data":"aGk=","messageId":"1","publishTime":"2026-11-30T09:00:00Z"}}
Pub/Sub push, attributes only: Python status 400
Pub/Sub push, attributes only: Node type none, data none
structured, data: both type ring, data {"door":"front"}
structured, data_base64: Python type ring, data bytes hi
structured, data_base64: Node type ring, data none
binary, application/json: both type ring, data {"door":"front"}
binary, application/problem+json: Python type ring, data {"door":"front"}
binary, application/problem+json: Node type ring, data bytes {"door": "front"}
SEEN

cat > cases.py <<'PY'
import json

PUBLISHED = {"attributes": {"door": "front"}, "messageId": "1", "publishTime": "2026-11-30T09:00:00Z"}
EVENT = {"specversion": "1.0", "id": "3", "source": "/door", "type": "ring"}
HEADERS = {f"ce-{name}": value for name, value in EVENT.items()}


def push(message: dict) -> dict:
    body = {"message": message, "subscription": "projects/door/subscriptions/ring"}
    return case("application/json", body, path="/projects/door/topics/ring")


def case(content_type: str, body: dict, *, path: str = "/", **headers: str) -> dict:
    return {"path": path, "headers": {"content-type": content_type, **headers}, "body": json.dumps(body)}


CASES = {
    "Pub/Sub push": push({**PUBLISHED, "data": "aGk=", "orderingKey": "front"}),
    "Pub/Sub push, attributes only": push(PUBLISHED),
    "structured, data": case("application/cloudevents+json", {**EVENT, "data": {"door": "front"}}),
    "structured, data_base64": case(
        "application/cloudevents+json", {**EVENT, "datacontenttype": "text/plain", "data_base64": "aGk="}
    ),
    "binary, application/json": case("application/json", {"door": "front"}, **HEADERS),
    "binary, application/problem+json": case("application/problem+json", {"door": "front"}, **HEADERS),
}
json.dump(CASES, open("cases.json", "w"))
PY

cat > main.py <<'PY'
import functions_framework

events = []


@functions_framework.cloud_event
def ring(event):
    events.append(event)
PY

cat > ask.js <<'JS'
const { cloudEvent } = require("@google-cloud/functions-framework");
const { getTestServer } = require("@google-cloud/functions-framework/testing");
const cases = require("./cases.json");

let event;
cloudEvent("ring", (given) => {
  event = given;
});
const sorted = (value) =>
  value && typeof value === "object"
    ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]))
    : value;
const text = (data) => (Buffer.isBuffer(data) ? `bytes ${data}` : JSON.stringify(sorted(data)));
const shown = (data) => (data === undefined ? "none" : text(data));
const server = getTestServer("ring").listen(0, "127.0.0.1", async () => {
  const all = [];
  for (const { path, headers, body } of Object.values(cases)) {
    event = undefined;
    const url = `http://127.0.0.1:${server.address().port}${path}`;
    const { status } = await fetch(url, { method: "POST", headers, body });
    const seen = event && `type ${event.type ?? "none"}, data ${shown(event.data)}`;
    all.push(seen ?? `status ${status}`);
  }
  process.stdout.write(JSON.stringify(all), () => process.exit());
});
JS

cat > ask.py <<'PY'
import json
import logging
import subprocess

import functions_framework

from cases import CASES

logging.disable()
client = functions_framework.create_app("ring", "main.py", "cloudevent").test_client()
import main  # the module that the framework has loaded


def shown(data: object) -> str:
    if data is None:
        return "none"
    return f"bytes {data.decode()}" if isinstance(data, bytes) else json.dumps(data, sort_keys=True, separators=(",", ":"))


def by_python(path: str, headers: dict[str, str], body: str) -> str:
    main.events.clear()
    answer = client.post(path, headers=headers, data=body)
    if not main.events:
        return f"status {answer.status_code}"
    (event,) = main.events
    return f"type {event['type']}, data {shown(event.data)}"


by_node = json.loads(subprocess.check_output(["node", "ask.js"], stderr=subprocess.DEVNULL))
for (name, case), node in zip(CASES.items(), by_node):
    python = by_python(**case)
    if python == node:
        print(f"{name}: both {node}")
    else:
        print(f"{name}: Python {python}\n{name}: Node {node}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: a CloudEvents SDK that reads an event in one mode and sends it on in the other keeps its data. In the JSON
#   event format (section 3.1) `data` is any JSON value when the content type is JSON; in binary mode the body is that JSON.
# What happens: objects and lists go through. For a number, a truth value, a text or null: JavaScript's SDK reads 0, false,
#   "" and null of a structured event as no data at all, and makes a text of each such body in binary mode: 0 becomes "0".
#   Python's SDK 2 writes false as `False`. Both write the text "0042" as `0042`, which is no JSON, and "true" as `true`,
#   which is another value. The older API in Python's package (`cloudevents.v1`) loses the empty text only.
# Why it matters: a gateway that changes the mode between sender and receiver is the usual reason to have such an SDK. What
#   a feature flag, a reading of a sensor, or the text of a message says is lost or changed there, with no error anywhere.
# Seen with: cloudevents 2.2.0 (PyPI), cloudevents 10.0.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund cloudevents@10.0.0

cat > seen <<'SEEN'
{"on":false}, structured to binary: javascript {"on":false}, python core {"on": false}, python v1 {"on": false}
{"on":false}, binary to structured: javascript {"on": false}, python core {"on": false}, python v1 {"on": false}
[0], structured to binary: javascript [0], python core [0], python v1 [0]
[0], binary to structured: javascript [0], python core [0], python v1 [0]
21, structured to binary: javascript 21, python core 21, python v1 21
21, binary to structured: javascript "21", python core 21, python v1 21
0, structured to binary: javascript nothing, python core 0, python v1 0
0, binary to structured: javascript "0", python core 0, python v1 0
false, structured to binary: javascript nothing, python core False, python v1 false
false, binary to structured: javascript "false", python core false, python v1 false
null, structured to binary: javascript nothing, python core nothing, python v1 nothing
null, binary to structured: javascript "null", python core nothing, python v1 nothing
"", structured to binary: javascript nothing, python core nothing, python v1 nothing
"", binary to structured: javascript "", python core "", python v1 nothing
"0042", structured to binary: javascript 0042, python core 0042, python v1 "0042"
"0042", binary to structured: javascript "0042", python core "0042", python v1 "0042"
"true", structured to binary: javascript true, python core true, python v1 "true"
"true", binary to structured: javascript "true", python core "true", python v1 "true"
SEEN

cat > javascript.js <<'JS'
const { HTTP } = require("cloudevents");
const [headers, body, mode] = process.argv.slice(2);
process.stdout.write(String(HTTP[mode](HTTP.toEvent({ headers: JSON.parse(headers), body })).body ?? ""));
JS

venv/bin/python -W ignore - > now <<'PY'
import json, subprocess

from cloudevents.core.bindings.http import HTTPMessage, from_http, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.v1.http import from_http as v1_from_http, to_binary as v1_to_binary, to_structured as v1_to_structured

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "/door", "type": "ring", "time": "2026-11-30T09:00:00Z"}
BINARY = {"content-type": "application/json", **{f"ce-{name}": value for name, value in ATTRIBUTES.items()}}
STRUCTURED = {"content-type": "application/cloudevents+json"}


def shown(mode: str, body: bytes) -> str:
    if mode == "structured":
        event = json.loads(body)
        return json.dumps(event["data"]) if event.get("data") is not None else "nothing"
    return body.decode() or "nothing"


for data in ('{"on":false}', "[0]", "21", "0", "false", "null", '""', '"0042"', '"true"'):
    event = json.dumps({**ATTRIBUTES, "datacontenttype": "application/json"})[:-1] + f', "data": {data}}}'
    for name, mode, headers, body in (
        ("structured to binary", "binary", STRUCTURED, event),
        ("binary to structured", "structured", BINARY, data),
    ):
        javascript = subprocess.check_output(["node", "javascript.js", json.dumps(headers), body, mode])
        read, send = from_http(HTTPMessage(headers, body.encode()), JSONFormat()), to_binary if mode == "binary" else to_structured
        core = send(read, JSONFormat()).body
        v1 = (v1_to_binary if mode == "binary" else v1_to_structured)(v1_from_http(headers, body.encode()))[1] or b""
        print(f"{data}, {name}: javascript {shown(mode, javascript)}, python core {shown(mode, core)}, python v1 {shown(mode, v1)}")
PY
diff seen now && cat now

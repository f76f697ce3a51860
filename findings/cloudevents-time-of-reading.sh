#!/usr/bin/env bash
# The good guess: `time` is optional in CloudEvents and says when it happened. A reader of an event without it has none.
# What happens: the SDKs of Python (both of its APIs) and JavaScript put the time at which they read the event there. The
#   same request, read twice, is two events that differ; who sends it on sends the invented time too, and nobody after that
#   can tell. JavaScript's also writes every time anew, in UTC and with three digits; Python's core keeps the zone and
#   six digits, its older API the text.
# Why it matters: who orders by `time`, drops what is old, or deduplicates on the whole event gets another answer for each
#   redelivery, and events without a time always look new.
# Seen with: cloudevents 2.2.0 (PyPI), cloudevents 10.0.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
echo '{"type": "module"}' > package.json
npm install --silent --no-audit --no-fund cloudevents@10.0.0

cat > seen <<'SEEN'
python core, no time: a time of now, read again: another
python core, a time: sent on as 2018-04-26T14:48:09.123456+02:00
python v1, no time: a time of now, read again: another
python v1, a time: sent on as 2018-04-26T14:48:09.123456789+02:00
javascript, no time: a time of now, read again: another
javascript, a time: sent on as 2018-04-26T12:48:09.123Z
SEEN

cat > times.py <<'PY'
import json
import time
from datetime import UTC, datetime

from cloudevents.core.bindings import http as core
from cloudevents.v1 import http as v1

HEADERS = {"content-type": "application/cloudevents+json"}
PLAIN = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "order.paid", "data": {"order": 7}}
TIMED = json.dumps({**PLAIN, "time": "2018-04-26T14:48:09.123456789+02:00"}).encode()

def by_core(body: bytes) -> str | None:
    event = core.from_http_event(core.HTTPMessage(HEADERS, body))
    return json.loads(core.to_structured_event(event).body).get("time")

def by_v1(body: bytes) -> str | None:
    _, sent = v1.to_structured(v1.from_http(HEADERS, body))
    return json.loads(sent).get("time")

for name, sent_on in (("core", by_core), ("v1", by_v1)):
    times = []
    for _ in range(2):
        times.append(sent_on(json.dumps(PLAIN).encode()))
        time.sleep(0.01)
    age = (datetime.now(UTC) - datetime.fromisoformat(times[0])).total_seconds()
    told = "a time of now" if 0 <= age < 60 else times[0]
    print(f"python {name}, no time: {told}, read again: {'another' if times[0] != times[1] else 'the same'}")
    print(f"python {name}, a time: sent on as {sent_on(TIMED)}")
PY

cat > times.js <<'JS'
import { HTTP } from "cloudevents";

const headers = { "content-type": "application/cloudevents+json" };
const plain = { specversion: "1.0", id: "1", source: "/shop", type: "order.paid", data: { order: 7 } };
const sentOn = (event) => JSON.parse(HTTP.structured(HTTP.toEvent({ headers, body: JSON.stringify(event) })).body).time;
const first = sentOn(plain);
await new Promise((resolve) => setTimeout(resolve, 10));
const second = sentOn(plain);
const told = Math.abs(Date.now() - Date.parse(first)) < 60000 ? "a time of now" : first;
console.log(`javascript, no time: ${told}, read again: ${first === second ? "the same" : "another"}`);
console.log(`javascript, a time: sent on as ${sentOn({ ...plain, time: "2018-04-26T14:48:09.123456789+02:00" })}`);
JS
{ venv/bin/python -W ignore times.py; node times.js; } > now
diff seen now && cat now

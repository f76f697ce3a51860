#!/usr/bin/env bash
# The good guess: a CloudEvents reader tells structured from binary mode by Content-Type, as the HTTP binding says (its
#   section 3). In structured mode the sender may repeat the attributes as `ce-` headers (section 3.2.3).
# What happens: `from_http` of Python's SDK 2 takes every request with any `ce-` header for binary. The same structured
#   event with the headers repeated comes out with the whole envelope as its data and another datacontenttype; with
#   only `ce-id` beside it, for a log, it raises. JavaScript's SDK, and the older API that the same Python package
#   carries in `cloudevents.v1`, read all three requests alike.
# Why it matters: a sender that follows the specification, or a proxy that copies an id into a header for tracing,
#   breaks receivers that moved from one API of the package to the other. Nothing raises in the first case: the handler
#   finds its fields one level too deep.
# Seen with: cloudevents 2.2.0 (PyPI), cloudevents 10.0.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund cloudevents@10.0.0

cat > seen <<'SEEN'
python core, no ce- header: data has order
python core, all ce- headers: data has data, datacontenttype, id, source, specversion, type
python core, ce-id alone: raises CloudEventValidationError
python v1, no ce- header: data has order
python v1, all ce- headers: data has order
python v1, ce-id alone: data has order
javascript, no ce- header: data has order
javascript, all ce- headers: data has order
javascript, ce-id alone: data has order
SEEN

cat > requests.json <<'JSON'
{
  "body": "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop\",\"type\":\"order.paid\",\"datacontenttype\":\"application/json\",\"data\":{\"order\":7}}",
  "headers": {
    "no ce- header": {},
    "all ce- headers": {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/shop", "ce-type": "order.paid"},
    "ce-id alone": {"ce-id": "1"}
  }
}
JSON

cat > read.py <<'PY'
import json

from cloudevents.core.bindings.http import HTTPMessage, from_http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.v1.http import from_http as v1_from_http

requests = json.load(open("requests.json"))
body = requests["body"].encode()
apis = {
    "core": lambda headers: from_http(HTTPMessage(headers, body), JSONFormat()).get_data(),
    "v1": lambda headers: v1_from_http(headers, body).get_data(),
}
for api, data_of in apis.items():
    for label, headers in requests["headers"].items():
        try:
            data = data_of({"content-type": "application/cloudevents+json", **headers})
            print(f"python {api}, {label}: data has {', '.join(sorted(data))}")
        except Exception as error:
            print(f"python {api}, {label}: raises {type(error).__name__}")
PY

cat > read.js <<'JS'
const { HTTP } = require("cloudevents");
const requests = require("./requests.json");
for (const [label, more] of Object.entries(requests.headers)) {
  const headers = { "content-type": "application/cloudevents+json", ...more };
  console.log(`javascript, ${label}: data has ${Object.keys(HTTP.toEvent({ headers, body: requests.body }).data).sort().join(", ")}`);
}
JS

{ venv/bin/python read.py; node read.js; } > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: a header that a request repeats reaches a handler as one value, all lines in their order with commas between
#   (RFC 9110, 5.2), or as a list. REST APIs and load balancers hand the lines over, in order, in `multiValueHeaders`.
# What happens: the router of Powertools for TypeScript starts with the last line, which `headers` has, and adds each other line
#   that is no part of what it has so far: `a`, `b` becomes `b, a`; of `v1=1` and `v1=12` the first is lost, being a part of
#   the second; a line that comes twice is there once. Python's hands all of them over in their order.
# Why it matters: the order of repeated lines is part of their meaning, and a proxy must not change it (5.3). A signature over such
#   a header (RFC 9421, 2.1: all values in order) is refused; of two signatures or tags one may be missing. A test
#   with one line, or an HTTP API, which joins the lines itself, shows nothing.
# Seen with: @aws-lambda-powertools/event-handler 2.35.0 (npm), aws-lambda-powertools 3.37.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-lambda-powertools==3.37.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund @aws-lambda-powertools/event-handler@2.35.0

cat > seen <<'SEEN'
sent a | b: Python a, b; TypeScript b, a
sent v1=12 | v1=1: Python v1=12, v1=1; TypeScript v1=1, v1=12
sent v1=1 | v1=12: Python v1=1, v1=12; TypeScript v1=12
sent sig1=:YQ==: | sig2=:Yg==:: Python sig1=:YQ==:, sig2=:Yg==:; TypeScript sig2=:Yg==:, sig1=:YQ==:
sent a | b | a: Python a, b, a; TypeScript a, b
SEEN

cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import { Router } from "@aws-lambda-powertools/event-handler/http";

const app = new Router();
app.post("/in", ({ req }) => ({ tag: req.headers.get("x-tag") }));
const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: "hook",
  functionVersion: "1",
  getRemainingTimeInMillis: () => 1000,
};
for (const event of JSON.parse(readFileSync("events.json"))) {
  const { statusCode, body } = await app.resolve(event, context);
  console.log(statusCode === 200 ? JSON.parse(body).tag : `status ${statusCode} ${body}`);
}
JS

cat > ask.py <<'PY'
import json
import subprocess

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

LINES = [["a", "b"], ["v1=12", "v1=1"], ["v1=1", "v1=12"], ["sig1=:YQ==:", "sig2=:Yg==:"], ["a", "b", "a"]]
app = APIGatewayRestResolver()


@app.post("/in")
def hook():
    return {"tag": ", ".join(app.current_event.multi_value_headers["x-tag"])}


def event(lines: list[str]) -> dict:
    headers = {"content-type": ["application/json"], "host": ["hooks.example.com"], "x-tag": lines}
    context = {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "resourceId": "x1",
        "resourcePath": "/in",
        "httpMethod": "POST",
        "path": "/in",
        "stage": "prod",
        "protocol": "HTTP/1.1",
        "requestId": "id",
        "requestTime": "30/Nov/2026:09:00:00 +0000",
        "requestTimeEpoch": 1796029200000,
        "domainName": "hooks.example.com",
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "provider"},
    }
    return {
        "resource": "/in",
        "path": "/in",
        "httpMethod": "POST",
        "headers": {name: every[-1] for name, every in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": context,
        "body": "{}",
        "isBase64Encoded": False,
    }


events = [event(lines) for lines in LINES]
json.dump(events, open("events.json", "w"))
typescript = subprocess.check_output(["node", "read.mjs"], text=True).splitlines()
for lines, event, other in zip(LINES, events, typescript):
    python = json.loads(app.resolve(event, None)["body"])["tag"]
    print(f"sent {' | '.join(lines)}: Python {python}; TypeScript {other}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

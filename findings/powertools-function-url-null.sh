#!/usr/bin/env bash
# The good guess: the event of a function URL, as AWS documents it, is read by Powertools' routers. `pathParameters` and
#   `stageVariables` have no use there: Lambda sets them to null or leaves them out (Lambda developer guide, urls-invocation).
# What happens: the router of Powertools for TypeScript takes the event for none of the kinds that it knows if one of the two is
#   null, and throws InvalidEventError: the function fails. Left out, all is well. The schema of its own parser accepts both
#   forms, and so does the router of Powertools for Python.
# Why it matters: a function URL is the shortest way to receive a webhook. What Lambda sends today is not asked here; by its
#   documentation a function must expect both forms, and a stand-in, a sample or a kept event that has null is refused.
# Seen with: @aws-lambda-powertools/event-handler 2.35.0, @aws-lambda-powertools/parser 2.35.0, zod 4.6.7 (npm),
#   aws-lambda-powertools 3.37.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-lambda-powertools==3.37.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund \
  @aws-lambda-powertools/event-handler@2.35.0 @aws-lambda-powertools/parser@2.35.0 zod@4.6.7

cat > seen <<'SEEN'
both left out: Python's router 200, TypeScript's router 200, TypeScript's schema accepts
pathParameters null: Python's router 200, TypeScript's router InvalidEventError, TypeScript's schema accepts
stageVariables null: Python's router 200, TypeScript's router InvalidEventError, TypeScript's schema accepts
both null: Python's router 200, TypeScript's router InvalidEventError, TypeScript's schema accepts
SEEN

cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import { Router } from "@aws-lambda-powertools/event-handler/http";
import { LambdaFunctionUrlSchema } from "@aws-lambda-powertools/parser/schemas";

const app = new Router();
app.post("/in", () => ({ taken: true }));
const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: "hook",
  functionVersion: "1",
  getRemainingTimeInMillis: () => 1000,
};
for (const event of JSON.parse(readFileSync("events.json"))) {
  const router = await app.resolve(event, context).then(({ statusCode }) => statusCode, (error) => error.name);
  const schema = LambdaFunctionUrlSchema.safeParse(event).success ? "accepts" : "refuses";
  console.log(`TypeScript's router ${router}, TypeScript's schema ${schema}`);
}
JS

cat > ask.py <<'PY'
import json
import subprocess

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver

app = LambdaFunctionUrlResolver()


@app.post("/in")
def hook():
    return {"taken": True}


EVENT = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/in",
    "rawQueryString": "",
    "headers": {"content-type": "application/json", "host": "abc.lambda-url.us-east-1.on.aws"},
    "requestContext": {
        "accountId": "anonymous",
        "apiId": "abc",
        "authentication": None,
        "domainName": "abc.lambda-url.us-east-1.on.aws",
        "domainPrefix": "abc",
        "http": {
            "method": "POST",
            "path": "/in",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "provider",
        },
        "requestId": "id",
        "routeKey": "$default",
        "stage": "$default",
        "time": "30/Nov/2026:09:00:00 +0000",
        "timeEpoch": 1796029200000,
    },
    "body": "{}",
    "isBase64Encoded": False,
}
CASES = {
    "both left out": EVENT,
    "pathParameters null": {**EVENT, "pathParameters": None},
    "stageVariables null": {**EVENT, "stageVariables": None},
    "both null": {**EVENT, "pathParameters": None, "stageVariables": None},
}
json.dump(list(CASES.values()), open("events.json", "w"))
by_node = subprocess.check_output(["node", "read.mjs"], text=True, stderr=subprocess.DEVNULL).splitlines()
for (label, event), typescript in zip(CASES.items(), by_node):
    print(f"{label}: Python's router {app.resolve(event, None)['statusCode']}, {typescript}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

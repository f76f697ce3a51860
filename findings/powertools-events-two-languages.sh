#!/usr/bin/env bash
# The good guess: Powertools' models for AWS's events read what AWS documents, and say the same in Python (pydantic) and in
#   TypeScript (zod).
# What happens: TypeScript's refuses a mail received by SES unless it failed DMARC: `dmarcPolicy` is required, and SES gives it
#   only then; AWS's own sample event is refused. Python's reads it and drops `dkimVerdict`. Both refuse SES's synchronous
#   call (`invocationType` RequestResponse). Python's drops the client's certificate of an HTTP API with mutual TLS, and gives
#   its caller's address as a network, `192.0.2.1/32`; and it has no model for a load balancer with multi-value headers on.
#   TypeScript's has one.
# Why it matters: a webhook that comes as mail is refused in one language; whose certificate or DKIM result decides who the
#   sender is finds nothing in the other; and an address compared with a provider's list of addresses as text never fits.
#   All five are in AWS's documentation (SES: receiving-email-notifications-contents; API Gateway:
#   http-api-develop-integrations-lambda; load balancers: lambda-functions).
# Seen with: aws-lambda-powertools 3.37.0, pydantic 2.14.4 (PyPI), @aws-lambda-powertools/parser 2.35.0, zod 4.6.7 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'aws-lambda-powertools[parser]==3.37.0' pydantic==2.14.4
echo '{}' > package.json
npm install --silent --no-audit --no-fund @aws-lambda-powertools/parser@2.35.0 zod@4.6.7

cat > seen <<'SEEN'
mail that failed DMARC, dmarcVerdict: Python has it, TypeScript has it
mail that passed, dkimVerdict: Python drops it, TypeScript refuses
mail, function called synchronously, dkimVerdict: Python refuses, TypeScript refuses
HTTP API, sourceIp: Python 192.0.2.1/32, TypeScript 192.0.2.1
HTTP API, authentication: Python drops it, TypeScript has it
load balancer, multiValueHeaders: Python refuses, TypeScript has it
SEEN

cat > events.py <<'PY'
import copy
import json

VERDICTS = {f"{name}Verdict": {"status": "PASS"} for name in ("spam", "virus", "spf", "dkim", "dmarc")}
RECEIPT = {
    "timestamp": "2026-11-30T09:00:01.000Z",
    "processingTimeMillis": 222,
    "recipients": ["hooks@example.com"],
    **VERDICTS,
    "action": {
        "type": "Lambda",
        "invocationType": "Event",
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:hooks",
    },
}
MAIL = {
    "timestamp": "2026-11-30T09:00:00.000Z",
    "source": "alerts@example.com",
    "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
    "destination": ["hooks@example.com"],
    "headersTruncated": False,
    "headers": [{"name": "From", "value": "alerts@example.com"}],
    "commonHeaders": {
        "returnPath": "alerts@example.com",
        "from": ["alerts@example.com"],
        "to": ["hooks@example.com"],
        "date": "Mon, 30 Nov 2026 09:00:00 +0000",
        "messageId": "<1@example.com>",
        "subject": "Disk full",
    },
}
mail = {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": {"mail": MAIL, "receipt": RECEIPT}}]}
failed, called = copy.deepcopy(mail), copy.deepcopy(mail)
failed["Records"][0]["ses"]["receipt"] |= {"dmarcVerdict": {"status": "FAIL"}, "dmarcPolicy": "none"}
called["Records"][0]["ses"]["receipt"]["action"]["invocationType"] = "RequestResponse"

CERTIFICATE = {
    "clientCertPem": "CERT",
    "subjectDN": "CN=provider.example.com",
    "issuerDN": "CN=ca.example.com",
    "serialNumber": "1",
    "validity": {"notBefore": "Nov 1 00:00:00 2026 GMT", "notAfter": "Nov 1 00:00:00 2027 GMT"},
}
http = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/in",
    "rawQueryString": "",
    "headers": {"content-type": "application/json"},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "authentication": {"clientCert": CERTIFICATE},
        "domainName": "hooks.example.com",
        "domainPrefix": "hooks",
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
target = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hooks/6d0ecf831eec9f09"
balancer = {
    "requestContext": {"elb": {"targetGroupArn": target}},
    "httpMethod": "POST",
    "path": "/in",
    "multiValueQueryStringParameters": {},
    "multiValueHeaders": {"content-type": ["application/json"]},
    "body": "{}",
    "isBase64Encoded": False,
}
# Each: what it is, the schema of TypeScript, the event, a path into it, and what the path leads to.
RECORD = ["Records", "0", "ses", "receipt"]
CASES = [
    ("mail that failed DMARC", "SesSchema", failed, [*RECORD, "dmarcVerdict"], "dmarcVerdict"),
    ("mail that passed", "SesSchema", mail, [*RECORD, "dkimVerdict"], "dkimVerdict"),
    ("mail, function called synchronously", "SesSchema", called, [*RECORD, "dkimVerdict"], "dkimVerdict"),
    ("HTTP API", "APIGatewayProxyEventV2Schema", http, ["requestContext", "http", "sourceIp"], "sourceIp"),
    ("HTTP API", "APIGatewayProxyEventV2Schema", http, ["requestContext", "authentication"], "authentication"),
    ("load balancer", "AlbMultiValueHeadersSchema", balancer, ["multiValueHeaders"], "multiValueHeaders"),
]
json.dump([case[1:4] for case in CASES], open("cases.json", "w"))
PY

cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import * as schemas from "@aws-lambda-powertools/parser/schemas";

for (const [schema, event, path] of JSON.parse(readFileSync("cases.json"))) {
  const { success, data } = schemas[schema].safeParse(event);
  const value = success ? path.reduce((found, name) => found?.[name], data) : undefined;
  console.log(success ? (value === undefined ? "drops it" : typeof value === "string" ? value : "has it") : "refuses");
}
JS

cat > ask.py <<'PY'
import subprocess

from aws_lambda_powertools.utilities.parser.models import AlbModel, APIGatewayProxyEventV2Model, SesModel
from pydantic import ValidationError

from events import CASES

MODELS = {
    "SesSchema": SesModel,
    "APIGatewayProxyEventV2Schema": APIGatewayProxyEventV2Model,
    "AlbMultiValueHeadersSchema": AlbModel,
}


def read(schema: str, event: dict, path: list[str]) -> str:
    try:
        found = MODELS[schema].model_validate(event).model_dump(by_alias=True)
    except ValidationError:
        return "refuses"
    for name in path:
        found = found[int(name)] if isinstance(found, list) else found.get(name)
    return "drops it" if found is None else "has it" if isinstance(found, dict) else str(found)


typescript = subprocess.check_output(["node", "read.mjs"], text=True).splitlines()
for (label, schema, event, path, named), other in zip(CASES, typescript):
    print(f"{label}, {named}: Python {read(schema, event, path)}, TypeScript {other}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

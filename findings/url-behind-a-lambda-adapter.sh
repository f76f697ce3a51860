#!/usr/bin/env bash
# The good guess: a framework in a Lambda function, behind one of the usual adapters, sees the URL that was called; so a
#   provider's signature over the URL (Twilio, HubSpot, Square, Trello) can be checked there.
# What happens: an HTTP API's event has the query as it was (`rawQueryString`); a REST API's has only its decoded parameters
#   (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, and
#   .../set-up-lambda-proxy-integrations.html), so every adapter writes a query of its own: one `%20` as `+`, another `+` as
#   `%20`, all of them the values of one name side by side, and `flag` as `flag=`. @fastify/aws-lambda does so with an HTTP API
#   too, and takes values apart at commas unless told not to: `ids=1%2C2` arrives as `ids=1&ids=2`. Flask unescapes `%2F`.
# Why it matters: Twilio's own library refuses these deliveries, as genuine as the others, and only for some customers' URLs.
#   Which ones depends on the adapter, so a test in another framework, or without one, shows nothing. The comma is worse:
#   the application works with other values than were sent.
# Seen with: mangum 0.22.0 with starlette 1.7.0, apig-wsgi 2.20.0 with Flask 3.1.3, twilio 9.13.0 (PyPI), serverless-http
#   4.0.0 with express 5.3.0, @fastify/aws-lambda 6.4.1 with fastify 5.12.8, hono 4.13.19 (npm). The events are made here.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  mangum==0.22.0 starlette==1.7.0 apig-wsgi==2.20.0 Flask==3.1.3 twilio==9.13.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund \
  serverless-http@4.0.0 express@5.3.0 @fastify/aws-lambda@6.4.1 fastify@5.12.8 hono@4.13.19

cat > seen <<'SEEN'
mangum, REST API, refused: b=2&a=1&b=3 (as b=2&b=3&a=1), name=Anna%20Lee (as name=Anna+Lee), ids=1,2 (as ids=1%2C2), flag (as flag=), p=%7Ex (as p=~x)
mangum, HTTP API, refused: none
apig-wsgi, REST API, refused: b=2&a=1&b=3 (as b=2&b=3&a=1), name=Anna%20Lee (as name=Anna+Lee), ids=1%2C2 (as ids=1,2), flag (as flag=), p=%7Ex (as p=~x), to=a%2Fb (as to=a/b)
apig-wsgi, HTTP API, refused: ids=1%2C2 (as ids=1,2), p=%7Ex (as p=~x), to=a%2Fb (as to=a/b)
serverless-http, REST API, refused: b=2&a=1&b=3 (as b=2&b=3&a=1), name=Anna+Lee (as name=Anna%20Lee), ids=1,2 (as ids=1%2C2), flag (as flag=), p=%7Ex (as p=~x)
serverless-http, HTTP API, refused: none
@fastify/aws-lambda, REST API, refused: b=2&a=1&b=3 (as b=2&b=3&a=1), name=Anna%20Lee (as name=Anna+Lee), ids=1,2 (as ids=1%2C2), flag (as flag=)
@fastify/aws-lambda, HTTP API, refused: b=2&a=1&b=3 (as b=2&b=3&a=1), name=Anna%20Lee (as name=Anna+Lee), ids=1,2 (as ids=1&ids=2), ids=1%2C2 (as ids=1&ids=2), flag (as flag=)
hono, REST API, refused: b=2&a=1&b=3 (as b=2&b=3&a=1), name=Anna+Lee (as name=Anna%20Lee), ids=1,2 (as ids=1%2C2), flag (as flag=), p=%7Ex (as p=~x)
hono, HTTP API, refused: none
SEEN

cat > node.js <<'JS'
const fs = require("fs");
const express = require("express");
const serverless = require("serverless-http");
const fastify = require("fastify");
const fastifyLambda = require("@fastify/aws-lambda");
const { Hono } = require("hono");
const { handle } = require("hono/aws-lambda");

const one = express();
one.use((request, response) => response.type("text/plain").send(`https://${request.headers.host}${request.originalUrl}`));
const other = fastify();
other.addContentTypeParser("*", (request, body, done) => done(null, {}));
other.all("/*", (request, reply) => reply.send(`https://${request.headers.host}${request.originalUrl}`));
const third = new Hono();
third.all("*", (context) => context.text(context.req.url));
const adapters = {
  "serverless-http": (serverless.default ?? serverless)(one),
  "@fastify/aws-lambda": (fastifyLambda.default ?? fastifyLambda)(other),
  hono: handle(third),
};

async function main() {
  const urls = {};
  for (const [name, handler] of Object.entries(adapters)) {
    urls[name] = [];
    for (const event of JSON.parse(fs.readFileSync("events.json"))) urls[name].push((await handler(event, {})).body);
  }
  fs.writeFileSync("urls.json", JSON.stringify(urls));
  process.exit(0);
}
main();
JS

cat > ask.py <<'PY'
import json
import subprocess
from urllib.parse import parse_qsl

from apig_wsgi import make_lambda_handler
from flask import Flask, request
from mangum import Mangum
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from twilio.request_validator import RequestValidator

HOST, FORM = "hooks.example.com", {"Body": "hello"}
QUERIES = (
    "a=1&b=2",
    "b=2&a=1&b=3",
    "name=Anna%20Lee",
    "name=Anna+Lee",
    "ids=1,2",
    "ids=1%2C2",
    "flag",
    "p=%7Ex",
    "to=a%2Fb",
    "to=%2B15550100",
)
HEADERS = {
    "content-type": "application/x-www-form-urlencoded",
    "host": HOST,
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}
COMMON = {"headers": HEADERS, "stageVariables": None, "body": "Body=hello", "isBase64Encoded": False}
CONTEXT = {"accountId": "123456789012", "apiId": "a1b2c3", "requestId": "r1", "domainName": HOST, "domainPrefix": "hooks"}
CALLER = {"sourceIp": "192.0.2.1", "userAgent": "TwilioProxy/1.1"}


def rest(query: str) -> dict:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    route = {"httpMethod": "POST", "path": "/in"}
    return {
        **COMMON,
        **route,
        "resource": "/in",
        "multiValueHeaders": {name: [value] for name, value in HEADERS.items()},
        "queryStringParameters": {name: every[-1] for name, every in values.items()},
        "multiValueQueryStringParameters": values,
        "pathParameters": None,
        "requestContext": {
            **CONTEXT,
            **route,
            "resourceId": "x1",
            "resourcePath": "/in",
            "stage": "prod",
            "protocol": "HTTP/1.1",
            "identity": CALLER,
        },
    }


def http(query: str) -> dict:
    values: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values[name] = f"{values[name]},{value}" if name in values else value
    return {
        **COMMON,
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/in",
        "rawQueryString": query,
        "queryStringParameters": values,
        "requestContext": {
            **CONTEXT,
            "routeKey": "$default",
            "stage": "$default",
            "time": "30/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1796029200000,
            "http": {"method": "POST", "path": "/in", "protocol": "HTTP/1.1", **CALLER},
        },
    }


async def said(request):
    return PlainTextResponse(str(request.url))


flask = Flask("flask")
flask.add_url_rule("/in", view_func=lambda: (request.url, {"content-type": "text/plain"}), endpoint="in", methods=["POST"])
events = [rest(query) for query in QUERIES] + [http(query) for query in QUERIES]
handlers = {
    "mangum": Mangum(Starlette(routes=[Route("/in", said, methods=["POST"])]), lifespan="off"),
    "apig-wsgi": make_lambda_handler(flask.wsgi_app),
}
json.dump(events, open("events.json", "w"))
subprocess.check_call(["node", "node.js"])
urls = {name: [handler(event, None)["body"] for event in events] for name, handler in handlers.items()}
validator = RequestValidator("secret")
for name, found in {**urls, **json.load(open("urls.json"))}.items():
    for api, part in (("REST API", found[: len(QUERIES)]), ("HTTP API", found[len(QUERIES) :])):
        refused = [
            f"{query} (as {url.partition('?')[2]})"
            for query, url in zip(QUERIES, part)
            if not validator.validate(url, FORM, validator.compute_signature(f"https://{HOST}/in?{query}", FORM))
        ]
        print(f"{name}, {api}, refused: {', '.join(refused) or 'none'}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: moto, told to call EventBridge's API destinations (MOTO_EVENTS_INVOKE_HTTP=true), makes the call that
#   EventBridge makes: the event is the body, as JSON; the connection's API key and its other headers are on it; each `*` of
#   the endpoint is replaced by a path parameter of the target; what is in the query is escaped
#   (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html, and PutTargets, HttpParameters).
# What happens: moto sends an empty body without a content type, and no header of the connection, the API key included. The `*`
#   stays in the path, and the value `a b&c` becomes two parameters. Only the target's own header arrives. MiniStack, for
#   the same calls, sends all of it.
# Why it matters: API destinations are how AWS sends webhooks. A receiver's answer to moto tests that a rule fired and nothing
#   else: a transformer that writes wrong JSON, a key under a wrong name and a path with a wrong value all pass.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[events]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, path: /in/*
moto, query: [["name", "a b"], ["c", ""]]
moto, content-type: none
moto, x-api-key, of the connection: none
moto, x-tenant, of the connection: none
moto, x-door, of the target: front
moto, body: none
ministack, path: /in/orders
ministack, query: [["name", "a b&c"]]
ministack, content-type: application/json; charset=utf-8
ministack, x-api-key, of the connection: key-1
ministack, x-tenant, of the connection: t1
ministack, x-door, of the target: front
ministack, body: {"order": 7}
SEEN

cat > ask.py <<'PY'
import json
import os
import queue
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import boto3
import moto

os.environ["MOTO_EVENTS_INVOKE_HTTP"] = "true"
received: queue.Queue = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        received.put((urlsplit(self.path), self.headers, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def run(name: str, **fields) -> None:
    login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    events = boto3.client("events", **login, **fields)
    tenant = {"Key": "x-tenant", "Value": "t1", "IsValueSecret": False}
    connection = events.create_connection(
        Name="shop",
        AuthorizationType="API_KEY",
        AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "x-api-key", "ApiKeyValue": "key-1"},
            "InvocationHttpParameters": {"HeaderParameters": [tenant]},
        },
    )
    destination = events.create_api_destination(
        Name="shop",
        ConnectionArn=connection["ConnectionArn"],
        InvocationEndpoint=f"http://127.0.0.1:{receiver.server_port}/in/*",
        HttpMethod="POST",
    )
    target = {
        "Id": "shop",
        "Arn": destination["ApiDestinationArn"],
        "RoleArn": "arn:aws:iam::123456789012:role/shop",
        "InputPath": "$.detail",
        "HttpParameters": {
            "PathParameterValues": ["orders"],
            "HeaderParameters": {"x-door": "front"},
            "QueryStringParameters": {"name": "a b&c"},
        },
    }
    events.put_rule(Name="shop", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="shop", Targets=[target])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": '{"order": 7}'}])
    url, headers, body = received.get(timeout=30)
    print(f"{name}, path: {url.path}")
    print(f"{name}, query: {json.dumps(parse_qsl(url.query, keep_blank_values=True))}")
    print(f"{name}, content-type: {headers.get('content-type', 'none')}")
    for header, of in (("x-api-key", "connection"), ("x-tenant", "connection"), ("x-door", "target")):
        print(f"{name}, {header}, of the {of}: {headers.get(header, 'none')}")
    print(f"{name}, body: {json.dumps(json.loads(body)) if body else 'none'}")


receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
with moto.mock_aws(config={"core": {"passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}}):
    run("moto")
run("ministack", endpoint_url=sys.argv[1])
PY

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 TMPDIR=$work STATE_DIR=$work/state \
  venv/bin/python -m ministack > server.log 2>&1 & server=$!
venv/bin/python - "$port" <<'PY'
import sys, time, urllib.request
for _ in range(300):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/_ministack/health").close()
        break
    except OSError:
        time.sleep(0.1)
PY
venv/bin/python ask.py "http://127.0.0.1:$port" > now
diff seen now && cat now

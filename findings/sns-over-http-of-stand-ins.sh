#!/usr/bin/env bash
# The good guess: a receiver of SNS over HTTP that a stand-in for SNS has exercised is exercised. SNS sends a confirmation, and
#   nothing else before that is answered; four x-amz-sns- headers; MessageAttributes in the body; an UnsubscribeConfirmation
#   at the end; and signs each, with the subject if there is one. (https://docs.aws.amazon.com/sns/latest/dg/http-header.html,
#   .../sns-message-and-json-formats.html, .../sns-verify-signature-of-message.html)
# What happens: moto sends to an endpoint that has confirmed nothing, without any of the headers and without the attributes;
#   it signs for real and has the certificate, but leaves out the subject: AWS's own validator takes a message without
#   one and refuses a message with one. MiniStack sends the confirmation, one header of four, and `FAKE` for a signature.
#   Neither says goodbye.
# Why it matters: who reads the topic or the message's id from the headers, waits for a confirmation, or checks a signature
#   has tested none of it; and who sees that moto's messages with a subject fail will look for the fault in the receiver.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (PyPI), sns-validator 0.3.5 (npm, AWS's own).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[sns]==5.2.5' ministack==1.5.33 boto3==1.43.102
echo '{}' > package.json
npm install --silent --no-audit --no-fund sns-validator@0.3.5

cat > seen <<'SEEN'
moto, subscribe: sends nothing
moto, publish before it was confirmed: sends Notification; headers none; attributes none; signature taken
moto, publish: sends Notification; headers none; attributes none; signature taken
moto, publish with a subject: sends Notification; headers none; attributes none; signature refused
moto, unsubscribe: sends nothing
ministack, subscribe: sends SubscriptionConfirmation; headers message-type; attributes none; signature FAKE
ministack, publish before it was confirmed: sends nothing
ministack, publish: sends Notification; headers message-type; attributes order; signature FAKE
ministack, publish with a subject: sends Notification; headers message-type; attributes order; signature FAKE
ministack, unsubscribe: sends nothing
SEEN

cat > check.js <<'JS'
const fs = require("fs");
const https = require("https");
const { EventEmitter } = require("events");
https.get = (url, answered) => {
  const answer = Object.assign(new EventEmitter(), { statusCode: 200 });
  process.nextTick(() => {
    answered(answer);
    answer.emit("data", fs.readFileSync("certificate.pem"));
    answer.emit("end");
  });
  return new EventEmitter();
};
const Validator = require("sns-validator");
new Validator().validate(fs.readFileSync("message.json", "utf8"), (error) => console.log(error ? "refused" : "taken"));
JS

cat > ask.py <<'PY'
import json
import queue
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import moto
import requests

received: queue.Queue = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        received.put((self.headers, json.loads(self.rfile.read(int(self.headers["content-length"])))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def signature(message: dict) -> str:
    if message["Signature"] == "FAKE":
        return "FAKE"
    json.dump(message, open("message.json", "w"))
    open("certificate.pem", "wb").write(requests.get(message["SigningCertURL"]).content)
    return subprocess.check_output(["node", "check.js"], text=True).strip()


def came() -> tuple[str, dict]:
    try:
        headers, message = received.get(timeout=3)
    except queue.Empty:
        return "sends nothing", {}
    named = sorted(name[10:] for name in map(str.lower, headers) if name.startswith("x-amz-sns-"))
    attributes = ", ".join(message.get("MessageAttributes", {})) or "none"
    shown = f"sends {message['Type']}; headers {', '.join(named) or 'none'}; attributes {attributes}"
    return f"{shown}; signature {signature(message)}", message


def run(name: str, **fields) -> None:
    sns = boto3.client("sns", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test", **fields)
    topic = sns.create_topic(Name="doors")["TopicArn"]
    message = {"TopicArn": topic, "Message": "ring"}
    message["MessageAttributes"] = {"order": {"DataType": "Number", "StringValue": "7"}}
    url = f"http://127.0.0.1:{receiver.server_port}/in"
    subscription = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url, ReturnSubscriptionArn=True)["SubscriptionArn"]
    said, confirmation = came()
    print(f"{name}, subscribe: {said}")
    sns.publish(**message)
    print(f"{name}, publish before it was confirmed: {came()[0]}")
    if confirmation:
        sns.confirm_subscription(TopicArn=topic, Token=confirmation["Token"])
    sns.publish(**message)
    print(f"{name}, publish: {came()[0]}")
    sns.publish(**message, Subject="front door")
    print(f"{name}, publish with a subject: {came()[0]}")
    sns.unsubscribe(SubscriptionArn=subscription)
    print(f"{name}, unsubscribe: {came()[0]}")


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

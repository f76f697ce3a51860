#!/usr/bin/env bash
# The good guess: a rule of EventBridge that a test with moto shows to match is one that matches. EventBridge's own matcher
#   (github.com/aws/event-ruler; guide: docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html)
#   goes into lists of objects, keeps true and 1 apart, and refuses a filter it does not know and two wildcards in a row.
# What happens: moto never matches an object inside a list: no rule on a `sku` of `line_items` fires. It takes 1 for true and
#   true for 1, also in a numeric filter. It puts a rule whose filter is misspelt, and that rule matches every event that
#   has the field at all; it puts one with `**`. Its TestEventPattern answers without a result. MiniStack does all of it
#   as EventBridge does.
# Why it matters: such rules are what routes webhooks. A green test proves the misspelt rule that the deployment refuses,
#   and a list of objects is what an order, a push or a batch of mail events consists of.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[events,sqs]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, {"type": ["order.paid"]} of {"type": "order.paid"}: matches
moto, {"type": ["order.paid"]} of {"type": "order.voided"}: no match
moto, {"line_items": {"sku": ["BELL-1"]}} of {"line_items": [{"sku": "BELL-1"}]}: no match
moto, {"livemode": [1]} of {"livemode": true}: matches
moto, {"attempt": [{"numeric": ["=", 1]}]} of {"attempt": true}: matches
moto, {"type": [{"starts-with": "order."}]} of {"type": "refund.made"}: matches
moto, {"type": [{"wildcard": "order.**"}]} of {"type": "order.paid"}: matches
moto, TestEventPattern: no result
ministack, {"type": ["order.paid"]} of {"type": "order.paid"}: matches
ministack, {"type": ["order.paid"]} of {"type": "order.voided"}: no match
ministack, {"line_items": {"sku": ["BELL-1"]}} of {"line_items": [{"sku": "BELL-1"}]}: matches
ministack, {"livemode": [1]} of {"livemode": true}: no match
ministack, {"attempt": [{"numeric": ["=", 1]}]} of {"attempt": true}: no match
ministack, {"type": [{"starts-with": "order."}]} of {"type": "refund.made"}: InvalidEventPatternException
ministack, {"type": [{"wildcard": "order.**"}]} of {"type": "order.paid"}: InvalidEventPatternException
ministack, TestEventPattern: True
SEEN

cat > ask.py <<'PY'
import json
import sys

import boto3
import moto
from botocore.exceptions import ClientError

CASES = (
    ({"type": ["order.paid"]}, {"type": "order.paid"}),
    ({"type": ["order.paid"]}, {"type": "order.voided"}),
    ({"line_items": {"sku": ["BELL-1"]}}, {"line_items": [{"sku": "BELL-1"}]}),
    ({"livemode": [1]}, {"livemode": True}),
    ({"attempt": [{"numeric": ["=", 1]}]}, {"attempt": True}),
    ({"type": [{"starts-with": "order."}]}, {"type": "refund.made"}),
    ({"type": [{"wildcard": "order.**"}]}, {"type": "order.paid"}),
)
EVENT = {
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "webhook",
    "source": "shop",
    "account": "123456789012",
    "time": "2026-11-30T09:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {"type": "order.paid"},
}


def verdict(events, sqs, queue: dict[str, str], pattern: dict, detail: dict) -> str:
    try:
        events.put_rule(Name="routed", EventPattern=json.dumps({"detail": pattern}))
    except ClientError as error:
        return error.response["Error"]["Code"]
    events.put_targets(Rule="routed", Targets=[{"Id": "queue", "Arn": queue["arn"]}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "webhook", "Detail": json.dumps(detail)}])
    received = sqs.receive_message(QueueUrl=queue["url"], WaitTimeSeconds=1).get("Messages", [])
    for message in received:
        sqs.delete_message(QueueUrl=queue["url"], ReceiptHandle=message["ReceiptHandle"])
    events.remove_targets(Rule="routed", Ids=["queue"])
    events.delete_rule(Name="routed")
    return "matches" if received else "no match"


def run(name: str, **fields) -> None:
    login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    events, sqs = (boto3.client(service, **login, **fields) for service in ("events", "sqs"))
    url = sqs.create_queue(QueueName="routed")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    for pattern, detail in CASES:
        found = verdict(events, sqs, {"url": url, "arn": attributes["QueueArn"]}, pattern, detail)
        print(f"{name}, {json.dumps(pattern)} of {json.dumps(detail)}: {found}")
    answer = events.test_event_pattern(EventPattern='{"source": ["shop"]}', Event=json.dumps(EVENT))
    print(f"{name}, TestEventPattern: {answer.get('Result', 'no result')}")


with moto.mock_aws():
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

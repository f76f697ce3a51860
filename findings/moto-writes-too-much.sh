#!/usr/bin/env bash
# The good guess: a stand-in for DynamoDB that knows BatchWriteItem refuses what its API reference says the service refuses:
#   more than 25 requests, and two for one item, as nobody could say which of them comes last.
# What happens: moto takes 26, and a put and a delete of one item, of which the delete wins in whichever order they stand. It
#   also takes ExpressionAttributeValues that no expression uses, in writes and in scans; DynamoDB refuses the call. MiniStack
#   refuses all four.
# Why it matters: who deletes in lots of 26, or builds a batch of changes without looking for the same key twice, has tests
#   that pass and a call that never works. A value that was left behind when its condition was taken out is the usual sign
#   that the condition was taken out by mistake.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[dynamodb]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, 26 requests: taken, 26 items
moto, put and delete of one item: taken, 0 items
moto, delete and put of one item: taken, 0 items
moto, a value that no condition uses: taken, 1 items
moto, a value that no filter uses: taken, 0 items
ministack, 26 requests: ValidationException, 0 items
ministack, put and delete of one item: ValidationException, 0 items
ministack, delete and put of one item: ValidationException, 0 items
ministack, a value that no condition uses: ValidationException, 0 items
ministack, a value that no filter uses: ValidationException, 0 items
SEEN

cat > writes.py <<'PY'
import sys

import boto3
import moto
from botocore.exceptions import ClientError

TABLE, ONE = "Orders", {"id": {"S": "one"}}
PUT, DELETE = {"PutRequest": {"Item": ONE}}, {"DeleteRequest": {"Key": ONE}}
MANY = [{"PutRequest": {"Item": {"id": {"S": str(number)}}}} for number in range(26)]
USELESS = {":left": {"S": "behind"}}

def batch(requests: list) -> tuple:
    return "batch_write_item", {"RequestItems": {TABLE: requests}}

CASES = {
    "26 requests": batch(MANY),
    "put and delete of one item": batch([PUT, DELETE]),
    "delete and put of one item": batch([DELETE, PUT]),
    "a value that no condition uses": (
        "put_item",
        {"TableName": TABLE, "Item": ONE, "ConditionExpression": "attribute_not_exists(id)",
         "ExpressionAttributeValues": USELESS},
    ),
    "a value that no filter uses": (
        "scan",
        {"TableName": TABLE, "FilterExpression": "attribute_exists(id)", "ExpressionAttributeValues": USELESS},
    ),
}

def run(name: str, client) -> None:
    for label, (operation, arguments) in CASES.items():
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        try:
            getattr(client, operation)(**arguments)
            outcome = "taken"
        except ClientError as error:
            outcome = error.response["Error"]["Code"]
        print(f"{name}, {label}: {outcome}, {client.scan(TableName=TABLE)['Count']} items")
        client.delete_table(TableName=TABLE)

login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
with moto.mock_aws():
    run("moto", boto3.client("dynamodb", **login))
run("ministack", boto3.client("dynamodb", endpoint_url=sys.argv[1], **login))
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
venv/bin/python writes.py "http://127.0.0.1:$port" > now
diff seen now && cat now

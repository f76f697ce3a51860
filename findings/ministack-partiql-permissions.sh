#!/usr/bin/env bash
# The good guess: a local AWS that enforces IAM asks for the permissions that AWS asks for. For PartiQL these are one per
#   kind of statement, on the table: dynamodb:PartiQLSelect, -Insert, -Update, -Delete (developer guide, "IAM security
#   policies with PartiQL for DynamoDB"), for ExecuteStatement and BatchExecuteStatement alike.
# What happens: MiniStack denies both calls to who holds them, on the table or on *. It asks for an action of the call's
#   name, dynamodb:ExecuteStatement or dynamodb:BatchExecuteStatement, and for the latter only the resource * is enough.
#   AWS's list of DynamoDB actions has neither name.
# Why it matters: a role written from AWS's guide fails locally; a role that was mended until it works locally says nothing
#   about AWS, where the first conditional batch of deliveries is denied. A stack tested both ways needs both permissions.
# Seen with: ministack 1.5.33 with AUTH=true, boto3 1.43.102 (both PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
PartiQLInsert on the table: one statement AccessDeniedException, a batch AccessDeniedException
PartiQLInsert on *: one statement AccessDeniedException, a batch AccessDeniedException
ExecuteStatement, BatchExecuteStatement on the table: one statement AccessDeniedException, a batch AccessDeniedException
ExecuteStatement, BatchExecuteStatement on *: one statement success, a batch success
SEEN

cat > permissions.py <<'PY'
import json, sys

import boto3
from botocore.exceptions import ClientError

def client(service: str, key: str = "test", secret: str = "test"):
    return boto3.client(
        service,
        endpoint_url=sys.argv[1],
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )

root, iam = client("dynamodb"), client("iam")
table = root.create_table(
    TableName="Deliveries",
    BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
)["TableDescription"]["TableArn"]
iam.create_user(UserName="worker")
key = iam.create_access_key(UserName="worker")["AccessKey"]
worker = client("dynamodb", key["AccessKeyId"], key["SecretAccessKey"])

def outcome(item: str, batch: bool) -> str:
    statement = {"Statement": "INSERT INTO \"Deliveries\" VALUE {'id': ?}", "Parameters": [{"S": item}]}
    try:
        worker.batch_execute_statement(Statements=[statement]) if batch else worker.execute_statement(**statement)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "success" if "Item" in root.get_item(TableName="Deliveries", Key={"id": {"S": item}}) else "nothing written"

number = 0
for actions in (["PartiQLInsert"], ["ExecuteStatement", "BatchExecuteStatement"]):
    for place, resource in (("the table", table), ("*", "*")):
        allow = {"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in actions], "Resource": resource}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_user_policy(UserName="worker", PolicyName="only", PolicyDocument=policy)
        number += 1
        one, many = outcome(f"one-{number}", batch=False), outcome(f"batch-{number}", batch=True)
        print(f"{', '.join(actions)} on {place}: one statement {one}, a batch {many}")
PY

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
AUTH=true GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 TMPDIR=$work STATE_DIR=$work/state \
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test venv/bin/python -m ministack > server.log 2>&1 & server=$!
venv/bin/python - "$port" <<'PY'
import sys, time, urllib.request
for _ in range(300):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/_ministack/health").close()
        break
    except OSError:
        time.sleep(0.1)
PY
venv/bin/python permissions.py "http://127.0.0.1:$port" > now
diff seen now && cat now

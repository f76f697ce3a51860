#!/usr/bin/env bash
# The good guess: a change of tables that goes through on a local AWS goes through on AWS. DynamoDB's UpdateTable creates
#   or deletes one global secondary index per call (API reference, GlobalSecondaryIndexUpdates), the table is UPDATING
#   meanwhile, and the new index is CREATING, with Backfilling, until it may be asked.
# What happens: moto and MiniStack both take two new indexes in one call. Both call the table and both indexes ACTIVE at
#   once, and a Query of the new index finds the items that were there before.
# Why it matters: an upgrade of a webhook store that adds two indexes (say, by endpoint and by due time) passes every
#   local test and fails at deployment; and code that asks a new index too early, and would miss deliveries that wait,
#   is never caught. Hold the template against the rule itself: at most one index changed per table and release.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[dynamodb]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto: UpdateTable with two new indexes succeeds
moto: table ACTIVE, by_endpoint ACTIVE, by_time ACTIVE, 1 old item found by each
ministack: UpdateTable with two new indexes succeeds
ministack: table ACTIVE, by_endpoint ACTIVE, by_time ACTIVE, 1 old item found by each
SEEN

cat > indexes.py <<'PY'
import sys

import boto3
import moto

def key(name: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": "HASH"}]

def attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]

def new_index(attribute: str) -> dict[str, object]:
    return {"IndexName": f"by_{attribute}", "KeySchema": key(attribute), "Projection": {"ProjectionType": "KEYS_ONLY"}}

def found(client, attribute: str) -> int:
    return client.query(
        TableName="Events",
        IndexName=f"by_{attribute}",
        KeyConditionExpression="#a = :a",
        ExpressionAttributeNames={"#a": attribute},
        ExpressionAttributeValues={":a": {"S": "x"}},
    )["Count"]

def run(name: str, client) -> None:
    client.create_table(
        TableName="Events", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes("id"), KeySchema=key("id")
    )
    client.put_item(TableName="Events", Item={field: {"S": "x"} for field in ("id", "endpoint", "time")})
    client.update_table(
        TableName="Events",
        AttributeDefinitions=attributes("id", "endpoint", "time"),
        GlobalSecondaryIndexUpdates=[{"Create": new_index("endpoint")}, {"Create": new_index("time")}],
    )
    print(f"{name}: UpdateTable with two new indexes succeeds")
    table = client.describe_table(TableName="Events")["Table"]
    states = [f"{index['IndexName']} {index['IndexStatus']}" for index in table["GlobalSecondaryIndexes"]]
    (old_items,) = {found(client, attribute) for attribute in ("endpoint", "time")}
    print(f"{name}: table {table['TableStatus']}, {', '.join(sorted(states))}, {old_items} old item found by each")

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
venv/bin/python indexes.py "http://127.0.0.1:$port" > now
diff seen now && cat now

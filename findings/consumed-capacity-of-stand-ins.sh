#!/usr/bin/env bash
# The good guess: a stand-in for DynamoDB that answers ReturnConsumedCapacity at all has counted something.
#   DynamoDB charges a write unit for each KB begun of an item, the same again for each index that holds it, and a
#   read unit for each 4 KB begun of a strongly consistent read, half for another (developer guide, "Read and write
#   operations").
# What happens: moto answers 1.0 for a write, 0.5 for a get and 1.0 for a query, whatever was written or read. MiniStack
#   counts writes and their indexes as the guide says; its reads it counts by the call: 1.0 for a consistent one, 0.5 for
#   another, be it 9 KB or 17.
# Why it matters: a webhook gateway's bill is mostly these units. A test that counts them over moto passes for an item
#   of any size and any number of indexes; over MiniStack what is read may grow without a test that notices.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[dynamodb]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, put of 4 KB (4): 1.0
moto, put of 4 KB that stands in an index (5): 1.0
moto, consistent get of 9 KB (3): 0.5
moto, other get of 9 KB (1.5): 0.5
moto, consistent query of 17 KB (5): 1.0
ministack, put of 4 KB (4): 4.0
ministack, put of 4 KB that stands in an index (5): 5.0
ministack, consistent get of 9 KB (3): 1.0
ministack, other get of 9 KB (1.5): 0.5
ministack, consistent query of 17 KB (5): 1.0
SEEN

cat > ask.py <<'PY'
import sys

import boto3
import moto

KEYED = {"TableName": "Events", "ReturnConsumedCapacity": "TOTAL"}


def run(name: str, client) -> None:
    client.create_table(
        TableName="Events",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("id", "sk", "shard")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [{"AttributeName": "shard", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )

    def put(sk: str, kilobytes: int, **more) -> float:
        item = {"id": {"S": "a"}, "sk": {"S": sk}, "body": {"S": "x" * (kilobytes * 1024 - 100)}, **more}
        return client.put_item(Item=item, **KEYED)["ConsumedCapacity"]["CapacityUnits"]

    def get(sk: str, strong: bool) -> float:
        key = {"id": {"S": "a"}, "sk": {"S": sk}}
        return client.get_item(Key=key, ConsistentRead=strong, **KEYED)["ConsumedCapacity"]["CapacityUnits"]

    def query() -> float:
        asked = {"KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
        return client.query(ConsistentRead=True, **asked, **KEYED)["ConsumedCapacity"]["CapacityUnits"]

    print(f"{name}, put of 4 KB (4): {put('4', 4)}")
    print(f"{name}, put of 4 KB that stands in an index (5): {put('5', 4, shard={'S': '00'})}")
    put("9", 9)
    print(f"{name}, consistent get of 9 KB (3): {get('9', True)}")
    print(f"{name}, other get of 9 KB (1.5): {get('9', False)}")
    print(f"{name}, consistent query of 17 KB (5): {query()}")


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
venv/bin/python ask.py "http://127.0.0.1:$port" > now
diff seen now && cat now

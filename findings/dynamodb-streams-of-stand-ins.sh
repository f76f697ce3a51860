#!/usr/bin/env bash
# The good guess: what a test reads from a table's stream is what DynamoDB writes into it: one record for each change, however it
#   is made; none for a put or an update that leaves the item as it is (developer guide, "Change data capture for DynamoDB
#   Streams"); and none for a transaction that did not complete ("DynamoDB Transactions: How it works").
# What happens: moto writes a MODIFY for a put of the same item, and for an update that changes nothing. A cancelled transaction's
#   put is read as an INSERT of an item that is not in the table, and the iterator that read it gives no later record.
#   MiniStack does these three as DynamoDB does, but writes no record for what PartiQL inserts, updates or deletes.
# Why it matters: a stream is how an outbox becomes webhooks. A test with moto sends an event twice that DynamoDB gives once, and
#   one for an order that was never made; with MiniStack an event is missing that DynamoDB gives.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[dynamodb,dynamodbstreams]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, a put: INSERT evt_1
moto, the same put again: MODIFY evt_1
moto, an update to the value that is there: MODIFY evt_1
moto, a delete of nothing: no record
moto, PartiQL's insert: INSERT evt_2
moto, PartiQL's update: MODIFY evt_2
moto, PartiQL's delete: REMOVE evt_2
moto, a transaction, TransactionCanceledException: INSERT evt_3
moto, the item of that transaction: not in the table
moto, a put after it: no record
ministack, a put: INSERT evt_1
ministack, the same put again: no record
ministack, an update to the value that is there: no record
ministack, a delete of nothing: no record
ministack, PartiQL's insert: no record
ministack, PartiQL's update: no record
ministack, PartiQL's delete: no record
ministack, a transaction, TransactionCanceledException: no record
ministack, the item of that transaction: not in the table
ministack, a put after it: INSERT evt_4
SEEN

cat > ask.py <<'PY'
import sys

import boto3
import moto
from botocore.exceptions import ClientError

TABLE = {
    "TableName": "outbox",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}


def key(name: str) -> dict:
    return {"id": {"S": name}}


def item(name: str) -> dict:
    return {"TableName": "outbox", "Item": {**key(name), "state": {"S": "paid"}}}


def run(name: str, db, streams) -> None:
    arn = db.create_table(**TABLE)["TableDescription"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    first = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    iterator = first["ShardIterator"]

    def show(label: str) -> None:
        nonlocal iterator
        answer = streams.get_records(ShardIterator=iterator)
        iterator = answer["NextShardIterator"]
        records = [f"{record['eventName']} {record['dynamodb']['Keys']['id']['S']}" for record in answer["Records"]]
        print(f"{name}, {label}: {', '.join(records) or 'no record'}")

    db.put_item(**item("evt_1"))
    show("a put")
    db.put_item(**item("evt_1"))
    show("the same put again")
    change = {"UpdateExpression": "SET #s = :s", "ExpressionAttributeNames": {"#s": "state"}}
    db.update_item(TableName="outbox", Key=key("evt_1"), **change, ExpressionAttributeValues={":s": {"S": "paid"}})
    show("an update to the value that is there")
    db.delete_item(TableName="outbox", Key=key("evt_9"))
    show("a delete of nothing")
    db.execute_statement(Statement="INSERT INTO \"outbox\" VALUE {'id': 'evt_2', 'state': 'paid'}")
    show("PartiQL's insert")
    db.execute_statement(Statement="UPDATE \"outbox\" SET \"state\" = 'sent' WHERE id = 'evt_2'")
    show("PartiQL's update")
    db.execute_statement(Statement="DELETE FROM \"outbox\" WHERE id = 'evt_2'")
    show("PartiQL's delete")
    check = {"TableName": "outbox", "Key": key("evt_9"), "ConditionExpression": "attribute_exists(id)"}
    try:
        db.transact_write_items(TransactItems=[{"Put": item("evt_3")}, {"ConditionCheck": check}])
    except ClientError as error:
        show(f"a transaction, {error.response['Error']['Code']}")
    found = "Item" in db.get_item(TableName="outbox", Key=key("evt_3"))
    print(f"{name}, the item of that transaction: {'in the table' if found else 'not in the table'}")
    db.put_item(**item("evt_4"))
    show("a put after it")


login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
with moto.mock_aws():
    run("moto", boto3.client("dynamodb", **login), boto3.client("dynamodbstreams", **login))
run("ministack", *(boto3.client(service, endpoint_url=sys.argv[1], **login) for service in ("dynamodb", "dynamodbstreams")))
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

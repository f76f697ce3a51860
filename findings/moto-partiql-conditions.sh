#!/usr/bin/env bash
# The good guess: a stand-in for DynamoDB that knows PartiQL's UPDATE either judges its WHERE or says that it cannot.
#   DynamoDB answers ConditionalCheckFailedException when WHERE is not true of any item (developer guide, "PartiQL
#   update statements").
# What happens: moto answers success every time. A condition that is false, an item that is not there: nothing written,
#   no error, in BatchExecuteStatement neither. A condition with `<=` that is true: nothing written either, for it is
#   read as an attribute of the name `lease<`. And IS MISSING is not read at all: the UPDATE overwrites the attribute
#   whose absence it asks for. MiniStack does with the same statements what the guide says.
# Why it matters: a conditional UPDATE is how one worker of several claims a delivery. Over moto every worker is told that
#   it won, some without a write and some by writing over the winner; a test of the loser cannot fail.
# Seen with: moto 5.2.5 with py-partiql-parser 0.6.3, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  'moto[dynamodb]==5.2.5' py-partiql-parser==0.6.3 ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, true: success, owner now me
moto, false: success, owner now nobody
moto, no such item: success, owner now nobody
moto, false in a batch: success, owner now nobody
moto, true with <=: success, owner now nobody
moto, false with IS MISSING: success, owner now me
ministack, true: success, owner now me
ministack, false: ConditionalCheckFailedException, owner now nobody
ministack, no such item: ConditionalCheckFailedException, owner now nobody
ministack, false in a batch: ConditionalCheckFailed, owner now nobody
ministack, true with <=: success, owner now me
ministack, false with IS MISSING: ConditionalCheckFailedException, owner now another
SEEN

cat > conditions.py <<'PY'
import sys

import boto3
import moto
from botocore.exceptions import ClientError

KEY, FREE, HELD = {"id": {"S": "delivery"}}, {}, {"owner": {"S": "another"}}
CASES = {  # what the item holds beside lease = 5, which item is asked for, on which condition, with which number
    "true": (FREE, "delivery", '"lease" = ?', 5),
    "false": (FREE, "delivery", '"lease" = ?', 6),
    "no such item": (FREE, "absent", '"lease" = ?', 5),
    "false in a batch": (FREE, "delivery", '"lease" = ?', 6),
    "true with <=": (FREE, "delivery", '"lease" <= ?', 5),
    "false with IS MISSING": (HELD, "delivery", '"lease" = ? AND "owner" IS MISSING', 5),
}

def run(name: str, client) -> None:
    client.create_table(
        TableName="Deliveries",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    for label, (held, item, condition, number) in CASES.items():
        client.put_item(TableName="Deliveries", Item={**KEY, **held, "lease": {"N": "5"}})
        text = f'UPDATE "Deliveries" SET "owner" = ? WHERE "id" = ? AND {condition}'
        statement = {"Statement": text, "Parameters": [{"S": "me"}, {"S": item}, {"N": str(number)}]}
        try:
            if "batch" in label:
                answer = client.batch_execute_statement(Statements=[statement])["Responses"][0]
                outcome = answer.get("Error", {}).get("Code", "success")
            else:
                client.execute_statement(**statement)
                outcome = "success"
        except ClientError as error:
            outcome = error.response["Error"]["Code"]
        owner = client.get_item(TableName="Deliveries", Key=KEY)["Item"].get("owner", {"S": "nobody"})["S"]
        print(f"{name}, {label}: {outcome}, owner now {owner}")

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
venv/bin/python conditions.py "http://127.0.0.1:$port" > now
diff seen now && cat now

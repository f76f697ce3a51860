#!/usr/bin/env bash
# The good guess: an amount comes back from a stand-in for DynamoDB as it comes back from DynamoDB.
#   DynamoDB keeps numbers, not texts: zeros at both ends are trimmed, and more than 38 significant digits are refused
#   (developer guide, "Supported data types", Number).
# What happens: moto gives back the very text that was put, 1.10 and 1E2 and 007 too, and takes 39 digits. Two spellings
#   of one number are two members of its number set, where DynamoDB refuses the set for its duplicates. MiniStack trims
#   and refuses.
# Why it matters: who stores a webhook's amount as N and hopes that its digits last (1.10 of a price, for a signature or
#   a checksum over the text) sees them last in every test over moto, and lose them in AWS.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[dynamodb]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, 1.10: 1.10
moto, 1E2: 1E2
moto, 007: 007
moto, 38 digits: 11111111111111111111111111111111111111
moto, 39 digits: 111111111111111111111111111111111111111
moto, a set of 1.1 and 1.10: ['1.1', '1.10']
ministack, 1.10: 1.1
ministack, 1E2: 100
ministack, 007: 7
ministack, 38 digits: 11111111111111111111111111111111111111
ministack, 39 digits: ValidationException
ministack, a set of 1.1 and 1.10: ValidationException
SEEN

cat > ask.py <<'PY'
import sys

import boto3
import moto
from botocore.exceptions import ClientError

VALUES = {
    "1.10": {"N": "1.10"},
    "1E2": {"N": "1E2"},
    "007": {"N": "007"},
    "38 digits": {"N": "1" * 38},
    "39 digits": {"N": "1" * 39},
    "a set of 1.1 and 1.10": {"NS": ["1.1", "1.10"]},
}


def run(name: str, client) -> None:
    client.create_table(
        TableName="Amounts",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    for label, value in VALUES.items():
        key = {"id": {"S": label}}
        try:
            client.put_item(TableName="Amounts", Item={**key, "amount": value})
            (back,) = client.get_item(TableName="Amounts", Key=key)["Item"]["amount"].values()
        except ClientError as error:
            back = error.response["Error"]["Code"]
        print(f"{name}, {label}: {sorted(back) if isinstance(back, list) else back}")


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

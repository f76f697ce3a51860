#!/usr/bin/env bash
# The good guess: who reads large messages with AWS's extended client for SQS can test that against a stand-in: what was
#   deleted is gone, and so is its object in S3.
# What happens: amazon-sqs-extended-client puts bucket and key in front of the receipt handle, and takes what stands behind the
#   last "-" for the handle of SQS when it deletes. SQS's own are base64 without a "-", moto's are letters. MiniStack's are
#   UUIDs: it is asked for their last twelve digits, and refuses them. But the object was deleted first, and the message stays:
#   each later receive_message that gets it raises NoSuchKey, and what came with it cannot be read either.
# Why it matters: webhooks above the limit of SQS are handed on with this client's pointers. A consumer that is right fails its
#   tests on this stand-in with a receipt handle that it never saw, and one that catches the error meets a message without a body.
# Seen with: amazon-sqs-extended-client 1.0.1, moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check amazon-sqs-extended-client==1.0.1 'moto[s3,sqs]==5.2.5' ministack==1.5.33 \
  boto3==1.43.102

cat > seen <<'SEEN'
moto: received 300000 characters, deleted with 200; then in the queue 0, in the bucket 0; received again: nothing
ministack: received 300000 characters, deleted with ReceiptHandleIsInvalid; then in the queue 1, in the bucket 0; received again: NoSuchKey
SEEN

cat > ask.py <<'PY'
import sys

import boto3
import moto
import sqs_extended_client  # noqa: F401  (it adds to boto3's clients)
from botocore.exceptions import ClientError


def run(name: str, sqs, s3) -> None:
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    s3.create_bucket(Bucket="bodies")
    sqs.s3_client, sqs.large_payload_support, sqs.delete_payload_from_s3 = s3, "bodies", True
    sqs.send_message(QueueUrl=queue, MessageBody="x" * 300_000)
    message = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=0)["Messages"][0]
    try:
        answer = sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        deleted = answer["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        deleted = error.response["Error"]["Code"]
    count = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    try:
        again = len(sqs.receive_message(QueueUrl=queue).get("Messages", [])) or "nothing"
    except ClientError as error:
        again = error.response["Error"]["Code"]
    print(
        f"{name}: received {len(message['Body'])} characters,",
        f"deleted with {deleted};",
        f"then in the queue {count['ApproximateNumberOfMessages']},",
        f"in the bucket {s3.list_objects_v2(Bucket='bodies')['KeyCount']}; received again: {again}",
    )


login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
with moto.mock_aws():
    run("moto", boto3.client("sqs", **login), boto3.client("s3", **login))
there = {"endpoint_url": sys.argv[1], **login}
run("ministack", boto3.client("sqs", **there), boto3.client("s3", **there))
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

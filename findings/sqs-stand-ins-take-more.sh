#!/usr/bin/env bash
# The good guess: a message that a stand-in for SQS takes and gives back is one that SQS takes and gives back.
#   SQS takes at most 10 attributes on a message, none of them empty (developer guide, "Message metadata"; API reference,
#   SendMessage), a delay of at most 900 s, no control characters but tab and line ends; and a FIFO queue keeps
#   a deduplication id for five minutes, also when its message was received and deleted (guide, "FIFO queue key terms").
# What happens: moto and MiniStack both take eleven attributes and an empty one. moto takes control characters, and
#   forgets the deduplication id with the message: a second one is delivered. MiniStack takes a delay of 901 s.
# Why it matters: a webhook's headers put into message attributes are easily more than ten, and some are empty. A retry
#   planned by hand for 15 minutes and a second, and a consumer that counts on the queue for its duplicates, are
#   both wrong in one place only: the real one.
# Seen with: moto 5.2.5, ministack 1.5.33, boto3 1.43.102 (all PyPI).
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[sqs]==5.2.5' ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
moto, 10 attributes: taken
moto, 11 attributes: taken
moto, an empty attribute: taken
moto, a delay of 900 s: taken
moto, a delay of 901 s: InvalidParameterValue
moto, a control character: taken
moto, one deduplication id, sent again after its message was deleted: received [1, 1]
ministack, 10 attributes: taken
ministack, 11 attributes: taken
ministack, an empty attribute: taken
ministack, a delay of 900 s: taken
ministack, a delay of 901 s: taken
ministack, a control character: InvalidMessageContents
ministack, one deduplication id, sent again after its message was deleted: received [1, 0]
SEEN

cat > ask.py <<'PY'
import sys

import boto3
import moto
from botocore.exceptions import ClientError


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


MESSAGES = {
    "10 attributes": {"MessageAttributes": {f"h{n}": text("v") for n in range(10)}},
    "11 attributes": {"MessageAttributes": {f"h{n}": text("v") for n in range(11)}},
    "an empty attribute": {"MessageAttributes": {"x-empty": text("")}},
    "a delay of 900 s": {"DelaySeconds": 900},
    "a delay of 901 s": {"DelaySeconds": 901},
    "a control character": {"MessageBody": "bell \x07"},
}


def run(name: str, client) -> None:
    queue = client.create_queue(QueueName="events")["QueueUrl"]
    for label, fields in MESSAGES.items():
        try:
            client.send_message(QueueUrl=queue, **{"MessageBody": "ring", **fields})
            print(f"{name}, {label}: taken")
        except ClientError as error:
            print(f"{name}, {label}: {error.response['Error']['Code']}")
    fifo = client.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    seen = [len(ring(client, fifo)) for _ in range(2)]
    print(f"{name}, one deduplication id, sent again after its message was deleted: received {seen}")


def ring(client, fifo: str) -> list:
    client.send_message(QueueUrl=fifo, MessageBody="ring", MessageGroupId="g", MessageDeduplicationId="evt_1")
    received = client.receive_message(QueueUrl=fifo, MaxNumberOfMessages=10).get("Messages", [])
    for message in received:
        client.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    return received


login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
with moto.mock_aws():
    run("moto", boto3.client("sqs", **login))
run("ministack", boto3.client("sqs", endpoint_url=sys.argv[1], **login))
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

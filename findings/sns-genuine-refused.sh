#!/usr/bin/env bash
# The good guess: a library that checks signatures of SNS takes whatever SNS signs; AWS's own for Node surely does.
#   By SNS's guide (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html; the list of fields is
#   quoted in aws/aws-js-sns-message-validator#4) a SubscriptionConfirmation and an UnsubscribeConfirmation are signed over
#   the same seven fields, Token among them; SignatureVersion 2 is RSA with SHA-256. By botocore's list of partitions SNS is
#   at amazonaws.com, amazonaws.com.cn in China, amazonaws.eu in the European Sovereign Cloud.
# What happens: sns-validator, AWS's own, leaves Token out of an UnsubscribeConfirmation and refuses each one as forged.
#   aws-sns-message-validator can be told signature_version="2" and still checks with SHA-1: no message of version 2 passes.
#   And none of the three takes a certificate from the European Sovereign Cloud's SNS; one takes none from China's.
# Why it matters: a receiver whose subscription was ended by mistake is told so once, with the address that renews it, and
#   throws that away as a forgery. Turning a topic to version 2, or moving it, can be the end of all its deliveries.
# Seen with: sns-validator 0.3.5, sns-payload-validator 2.1.0 (npm), aws-sns-message-validator 0.0.5, botocore 1.44.8 (PyPI).
#   Certificate and messages are made here, each at the address of its region's SNS; the libraries get it without a download.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-sns-message-validator==0.0.5 botocore==1.44.8 cryptography==50.0.2
echo '{}' > package.json
npm install --silent --no-audit --no-fund sns-validator@0.3.5 sns-payload-validator@2.1.0

cat > seen <<'SEEN'
us-east-1, version 1, Notification: sns-validator takes, sns-payload-validator takes, aws-sns-message-validator takes
us-east-1, version 1, SubscriptionConfirmation: sns-validator takes, sns-payload-validator takes, aws-sns-message-validator takes
us-east-1, version 1, UnsubscribeConfirmation: sns-validator refuses, sns-payload-validator takes, aws-sns-message-validator takes
us-east-1, version 2, Notification: sns-validator takes, sns-payload-validator takes, aws-sns-message-validator refuses
us-east-1, version 2, UnsubscribeConfirmation: sns-validator refuses, sns-payload-validator takes, aws-sns-message-validator refuses
cn-north-1, version 1, Notification: sns-validator takes, sns-payload-validator takes, aws-sns-message-validator refuses
eusc-de-east-1, version 1, Notification: sns-validator refuses, sns-payload-validator refuses, aws-sns-message-validator refuses
SEEN

cat > node.js <<'JS'
const fs = require("fs");
const https = require("https");
const { EventEmitter } = require("events");

https.get = (...given) => {
  const answer = Object.assign(new EventEmitter(), { statusCode: 200 });
  process.nextTick(() => {
    given.at(-1)(answer);
    answer.emit("data", fs.readFileSync("certificate.pem"));
    answer.emit("end");
  });
  return new EventEmitter();
};
const One = require("sns-validator");
const Other = require("sns-payload-validator");

async function main() {
  const rows = [];
  for (const message of JSON.parse(fs.readFileSync("messages.json"))) {
    const one = await new Promise((done) => new One().validate({ ...message }, (error) => done(!error)));
    const other = await new Other().validate({ ...message }).then(() => true, () => false);
    rows.push([one, other]);
  }
  console.log(JSON.stringify(rows));
}
main();
JS

cat > ask.py <<'PY'
import base64
import datetime
import json
import subprocess
from types import SimpleNamespace

import botocore.session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from sns_message_validator import SNSMessageValidator

CASES = (
    ("us-east-1", "1", "Notification"),
    ("us-east-1", "1", "SubscriptionConfirmation"),
    ("us-east-1", "1", "UnsubscribeConfirmation"),
    ("us-east-1", "2", "Notification"),
    ("us-east-1", "2", "UnsubscribeConfirmation"),
    ("cn-north-1", "1", "Notification"),
    ("eusc-de-east-1", "1", "Notification"),
)
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.example.com")])
now = datetime.datetime.now(datetime.timezone.utc)
builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
open("certificate.pem", "wb").write(pem)
session = botocore.session.Session()


def message(region: str, version: str, kind: str) -> dict[str, str]:
    partition = session.get_partition_for_region(region)
    sns = session.create_client("sns", region, aws_access_key_id="none", aws_secret_access_key="none").meta.endpoint_url
    fields = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": f"arn:{partition}:sns:{region}:123456789012:doors",
        "Message": "ring",
        "Timestamp": "2026-11-30T09:00:00.000Z",
    }
    if kind != "Notification":
        fields |= {"Token": "2336412f37", "SubscribeURL": f"{sns}/?Action=ConfirmSubscription&Token=2336412f37"}
    text = "".join(f"{field}\n{fields[field]}\n" for field in sorted(fields))
    algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
    signature = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), algorithm)).decode()
    certificate = f"{sns}/SimpleNotificationService-{'0123456789abcdef' * 2}.pem"
    return {**fields, "SignatureVersion": version, "Signature": signature, "SigningCertURL": certificate}


def python_takes(one: dict[str, str]) -> bool:
    validator = SNSMessageValidator(signature_version=one["SignatureVersion"])
    validator._cert_session = SimpleNamespace(get=lambda url: SimpleNamespace(content=pem))
    try:
        validator.validate_message(one)
    except Exception as error:
        if type(error).__module__ != "sns_message_validator.exceptions":
            raise
        return False
    return True


messages = [message(*case) for case in CASES]
json.dump(messages, open("messages.json", "w"))
verdicts = json.loads(subprocess.check_output(["node", "node.js"]))
for case, one, (first, second) in zip(CASES, messages, verdicts):
    region, version, kind = case
    words = ["takes" if taken else "refuses" for taken in (first, second, python_takes(one))]
    libraries = ("sns-validator", "sns-payload-validator", "aws-sns-message-validator")
    said = ", ".join(f"{library} {word}" for library, word in zip(libraries, words))
    print(f"{region}, version {version}, {kind}: {said}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

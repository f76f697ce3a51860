#!/usr/bin/env bash
# The good guess: a function that raises answers as on Lambda: `errorType` is the class of the exception, beside its text,
#   a stack trace and the request's id (Lambda developer guide, "Handling errors in Python Lambda functions": KeyError is
#   "KeyError"). A state machine then catches it by that name (Step Functions developer guide, "Handling errors": an error
#   name is what the function raised, such as CustomError).
# What happens: MiniStack names every exception of Python Runtime.HandlerError, with neither trace nor id; a value that no
#   JSON is, too, which AWS's own runtime client for Python names Runtime.MarshalError. A Catch for the exception's class never
#   matches, and the execution fails.
# Why it matters: a webhook's handler that raises "Duplicate" or "TryLater" to a state machine goes its failure's way locally,
#   and another one on AWS; a check of errorType that was mended until it works locally matches nothing on AWS.
# Seen with: ministack 1.5.33, boto3 1.43.102 (both PyPI), Python 3.13.
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
a KeyError: Unhandled {"errorMessage": "'order'", "errorType": "Runtime.HandlerError"}
a class of one's own: Unhandled {"errorMessage": "not today", "errorType": "Runtime.HandlerError"}
bytes in the answer: Unhandled {"errorMessage": "Object of type bytes is not JSON serializable", "errorType": "Runtime.HandlerError"}
caught by TryLater: FAILED by Runtime.HandlerError
caught by Runtime.HandlerError: SUCCEEDED
SEEN

cat > errors.py <<'PY'
import io, json, sys, time, zipfile

import boto3

CODE = """
class TryLater(Exception):
    pass

def handler(event, context):
    if event["what"] == "a KeyError":
        return {}["order"]
    if event["what"] == "bytes in the answer":
        return {"body": b"ok"}
    raise TryLater("not today")
"""

def client(service):
    return boto3.client(
        service, endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )

functions, machines = client("lambda"), client("stepfunctions")
role = client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("app.py", CODE)
function = functions.create_function(
    FunctionName="hook", Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}
)["FunctionArn"]
for what in ("a KeyError", "a class of one's own", "bytes in the answer"):
    answer = functions.invoke(FunctionName=function, Payload=json.dumps({"what": what}))
    print(f"{what}: {answer['FunctionError']} {answer['Payload'].read().decode()}")
for number, name in enumerate(("TryLater", "Runtime.HandlerError")):
    definition = {
        "StartAt": "Call",
        "States": {
            "Call": {"Type": "Task", "Resource": function, "End": True, "Catch": [{"ErrorEquals": [name], "Next": "Caught"}]},
            "Caught": {"Type": "Pass", "Result": "caught", "End": True},
        },
    }
    machine = machines.create_state_machine(name=f"hook-{number}", definition=json.dumps(definition), roleArn=role)
    run = machines.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"what": "raise"}')
    for _ in range(300):
        found = machines.describe_execution(executionArn=run["executionArn"])
        if found["status"] != "RUNNING":
            break
        time.sleep(0.1)
    print(f"caught by {name}: {found['status']} by {found['error']}" if "error" in found else f"caught by {name}: {found['status']}")
PY

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 TMPDIR=$work STATE_DIR=$work/state \
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
venv/bin/python errors.py "http://127.0.0.1:$port" > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: a function behind a function URL or an HTTP API of MiniStack gets the event that AWS documents:
#   `rawQueryString` is the query as it was sent, the cookies are in `cookies` (Lambda developer guide, urls-invocation), and
#   an integration whose payload format version is 1.0 gets an event of that version, with `multiValueHeaders` (API Gateway
#   developer guide, http-api-develop-integrations-lambda).
# What happens: a function URL's `rawQueryString` is written anew: `+` becomes `%20`, `a,b` `a%2Cb`, `flag` `flag=`; an HTTP
#   API's is as it was sent. No event has `cookies`. The payload format version of an integration is kept and not heeded:
#   with 1.0 the function gets 2.0. Lines of a repeated header are joined with a comma and a blank; AWS's example has the
#   comma alone.
# Why it matters: a provider that signs the URL (Twilio, HubSpot) is refused behind a function URL here, and the mend for it
#   is wrong on AWS. An adapter that was told to expect 1.0, or reads `multiValueHeaders`, fails here alone; one that cannot
#   read 1.0 passes here and fails on AWS.
# Seen with: ministack 1.5.33, boto3 1.43.102 (both PyPI), Python 3.11.
set -euo pipefail
work=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.102

cat > seen <<'SEEN'
sent: name=Anna+Lee&list=a,b&flag&mail=anna@example.com
function URL, version: 2.0
function URL, rawQueryString: "name=Anna%20Lee&list=a%2Cb&flag=&mail=anna%40example.com"
function URL, cookies: null
function URL, multiValueHeaders: null
function URL, x-door: front, back
HTTP API, format 2.0, version: 2.0
HTTP API, format 2.0, rawQueryString: "name=Anna+Lee&list=a,b&flag&mail=anna@example.com"
HTTP API, format 2.0, cookies: null
HTTP API, format 2.0, multiValueHeaders: null
HTTP API, format 2.0, x-door: front, back
HTTP API, format 1.0, version: 2.0
HTTP API, format 1.0, rawQueryString: "name=Anna+Lee&list=a,b&flag&mail=anna@example.com"
HTTP API, format 1.0, cookies: null
HTTP API, format 1.0, multiValueHeaders: null
HTTP API, format 1.0, x-door: front, back
SEEN

cat > ask.py <<'PY'
import http.client
import io
import json
import sys
import zipfile

import boto3

CODE = """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""
QUERY = "name=Anna+Lee&list=a,b&flag&mail=anna@example.com"
HEADERS = [("content-type", "application/json"), ("cookie", "a=1; b=2"), ("x-door", "front"), ("x-door", "back")]
port = int(sys.argv[1])


def client(service: str):
    login = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=f"http://127.0.0.1:{port}", **login)


def event_of(path: str) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", f"{path}?{QUERY}")
    for name, value in [*HEADERS, ("content-length", "2")]:
        connection.putheader(name, value)
    connection.endheaders(b"{}")
    return json.loads(connection.getresponse().read())


packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("app.py", CODE)
role = client("iam").create_role(RoleName="hook", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
lambdas, apis = client("lambda"), client("apigatewayv2")
function = lambdas.create_function(
    FunctionName="hook", Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}
)["FunctionArn"]
url = lambdas.create_function_url_config(FunctionName="hook", AuthType="NONE")["FunctionUrl"]
paths = {"function URL": f"/_aws/lambda-url/{url.split('//')[1].split('.')[0]}/in"}
for version in ("2.0", "1.0"):
    api = apis.create_api(Name=f"hook-{version}", ProtocolType="HTTP")["ApiId"]
    integration = apis.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion=version
    )["IntegrationId"]
    apis.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{integration}")
    apis.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    paths[f"HTTP API, format {version}"] = f"/_aws/execute-api/{api}/$default/in"

print(f"sent: {QUERY}")
for name, path in paths.items():
    event = event_of(path)
    print(f"{name}, version: {event['version']}")
    for field in ("rawQueryString", "cookies", "multiValueHeaders"):
        print(f"{name}, {field}: {json.dumps(event.get(field))}")
    print(f"{name}, x-door: {event['headers']['x-door']}")
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
venv/bin/python ask.py "$port" > now
diff seen now && cat now

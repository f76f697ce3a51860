#!/usr/bin/env bash
# The good guess: `sam local generate-event apigateway http-api-proxy` makes an event as an HTTP API sends it to Lambda
#   (payload format 2.0), good enough to try a webhook receiver on.
# What happens: no HTTP API sends this one. Its header names have capitals (AWS's page on the format: all header names are
#   lowercased), and none is `host` or `content-type`. `sourceIp` is a range, 192.168.0.1/32, which is no address to
#   a parser of addresses. `time` and `timeEpoch` are two moments, eight days apart. The text given to --body arrives
#   base64-encoded, with isBase64Encoded true, though it is plain JSON.
# Why it matters: a receiver that looks a signature up in lower case, checks the caller against allowed networks, or judges
#   age by either clock fails on the sample and works on AWS, or the other way round when it is fitted to the sample.
# Seen with: aws-sam-cli 1.167.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-sam-cli==1.167.0

cat > seen <<'SEEN'
version 2.0, header names: Header1, Header2
sourceIp: '192.168.0.1/32' does not appear to be an IPv4 or IPv6 address
time 2020-03-12 19:03:58, timeEpoch 2020-03-04 19:03:58
isBase64Encoded True, body eyJpZCI6MX0=
SEEN

HOME=$work SAM_CLI_TELEMETRY=0 venv/bin/sam local generate-event apigateway http-api-proxy --body '{"id":1}' > event.json
venv/bin/python - > now <<'PY'
import ipaddress, json
from datetime import datetime, timezone

event = json.load(open("event.json"))
context = event["requestContext"]
print(f"version {event['version']}, header names: {', '.join(event['headers'])}")
try:
    print(f"sourceIp: {ipaddress.ip_address(context['http']['sourceIp'])}")
except ValueError as error:
    print(f"sourceIp: {error}")
time = datetime.strptime(context["time"], "%d/%b/%Y:%H:%M:%S %z").astimezone(timezone.utc)
epoch = datetime.fromtimestamp(context["timeEpoch"] // 1000, timezone.utc)
print(f"time {time:%Y-%m-%d %H:%M:%S}, timeEpoch {epoch:%Y-%m-%d %H:%M:%S}")
print(f"isBase64Encoded {event['isBase64Encoded']}, body {event['body']}")
PY
diff seen now && cat now

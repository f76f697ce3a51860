#!/usr/bin/env bash
# The good guess: a CloudEvent's `time` means the same moment to every SDK. It is an RFC 3339 time, so it may have an offset,
#   and senders whose clock is not in UTC give one (CloudEvents 1.0.2, attribute `time`).
# What happens: Azure's SDK for Python (`azure.core.messaging.CloudEvent`, which azure-eventgrid uses) reads one digit of the
#   offset's hours, the first: `+02:00` is read as `+00:00`, `-05:00` as `-00:00`, `+11:00` as `+01:00`, and of `+05:30` the
#   half hour is left. No error, no warning. Azure's SDK for JavaScript reads all of them right, a lower-case `z` too, for
#   which Python's raises.
# Why it matters: the same event is hours younger or older in one language than in the other. A consumer that drops what is
#   too old, sorts by time, or keeps the newer of two states decides wrongly, and only for senders outside UTC: it looks
#   like a sender that takes its local time for UTC.
# Seen with: azure-core 1.41.0 (PyPI), @azure/eventgrid 5.12.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check azure-core==1.41.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund @azure/eventgrid@5.12.0

cat > seen <<'SEEN'
2026-11-30T09:00:00Z: Python 2026-11-30T09:00:00Z, JavaScript 2026-11-30T09:00:00Z
2026-11-30T11:00:00+02:00: Python 2026-11-30T11:00:00Z, JavaScript 2026-11-30T09:00:00Z
2026-11-30T04:00:00-05:00: Python 2026-11-30T04:00:00Z, JavaScript 2026-11-30T09:00:00Z
2026-11-30T14:30:00+05:30: Python 2026-11-30T14:00:00Z, JavaScript 2026-11-30T09:00:00Z
2026-11-30T20:00:00+11:00: Python 2026-11-30T19:00:00Z, JavaScript 2026-11-30T09:00:00Z
2026-11-30T09:00:00z: Python ValueError, JavaScript 2026-11-30T09:00:00Z
SEEN

cat > read.js <<'JS'
const { EventGridDeserializer } = require("@azure/eventgrid");
const event = { specversion: "1.0", id: "1", source: "/door", type: "ring", time: process.argv[2] };
const shown = ([{ time }]) => console.log(time.toISOString().replace(".000", ""));
new EventGridDeserializer().deserializeCloudEvents(event).then(shown);
JS

venv/bin/python - > now <<'PY'
import subprocess
from datetime import timezone

from azure.core.messaging import CloudEvent

for time in open("seen"):
    time = time.partition(": Python")[0]
    try:
        event = CloudEvent.from_dict({"specversion": "1.0", "id": "1", "source": "/door", "type": "ring", "time": time})
        python = event.time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        python = "ValueError"
    javascript = subprocess.check_output(["node", "read.js", time], text=True).strip()
    print(f"{time}: Python {python}, JavaScript {javascript}")
PY
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: `sign` of the Standard Webhooks library takes a datetime, so one moment has one signature, in whatever
#   time zone the datetime is written.
# What happens: Python's replaces the zone by UTC and does not convert. The same moment in Tokyo's time is signed as nine
#   hours later, and the header that says when it was sent does not fit: every library refuses it, its own too. Svix's
#   Python library hands the datetime on and does the same. JavaScript's Date has no zone, and is signed as it is.
# Why it matters: `timezone.now()` of Django is UTC and works. `datetime.now(ZoneInfo(…))`, pendulum, or a column that comes
#   back in the session's zone do not, and neither a type checker nor a test that runs in UTC says so. In London it works
#   all winter.
# Seen with: standardwebhooks 1.1.0, svix 2.9.1 (PyPI), standardwebhooks 1.1.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0 svix==2.9.1 tzdata==2025.2
echo '{}' > package.json
npm install --silent --no-audit --no-fund standardwebhooks@1.1.1

cat > seen <<'SEEN'
one moment, standardwebhooks signs in UTC: python accepts, javascript accepts
one moment, standardwebhooks signs in Asia/Tokyo: python refuses, javascript refuses
one moment, svix signs in UTC: python accepts, javascript accepts
one moment, svix signs in Asia/Tokyo: python refuses, javascript refuses
what was signed in Asia/Tokyo is right for a header that is 32400 seconds later
SEEN

cat > sign.py <<'PY'
import json, subprocess
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import standardwebhooks, svix.webhooks
from standardwebhooks import Webhook, WebhookVerificationError

SECRET, BODY = "whsec_YSBrZXkgb2YgdGhlIGV4YW1wbGU=", '{"type": "order.paid"}'

def verdicts(signature: str, sent: int) -> str:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(sent), "webhook-signature": signature}
    try:
        Webhook(SECRET).verify(BODY, headers)
        python = "accepts"
    except WebhookVerificationError:
        python = "refuses"
    given = json.dumps([SECRET, BODY, headers])
    return f"python {python}, javascript {subprocess.check_output(['node', 'verify.js', given], text=True).strip()}"

now = datetime.now(ZoneInfo("UTC")).replace(microsecond=0)
for name, library in (("standardwebhooks", standardwebhooks), ("svix", svix.webhooks)):
    for zone in ("UTC", "Asia/Tokyo"):
        signature = library.Webhook(SECRET).sign("msg_1", now.astimezone(ZoneInfo(zone)), BODY)
        print(f"one moment, {name} signs in {zone}: {verdicts(signature, int(now.timestamp()))}")

signature = Webhook(SECRET).sign("msg_1", now.astimezone(ZoneInfo("Asia/Tokyo")), BODY)
found = [hours for hours in range(-12, 15) if Webhook(SECRET).sign("msg_1", now + timedelta(hours=hours), BODY) == signature]
print(f"what was signed in Asia/Tokyo is right for a header that is {found[0] * 3600} seconds later")
PY

cat > verify.js <<'JS'
const { Webhook, WebhookVerificationError } = require("standardwebhooks");
const [secret, body, headers] = JSON.parse(process.argv[2]);
try {
  new Webhook(secret).verify(body, headers);
  console.log("accepts");
} catch (error) {
  if (!(error instanceof WebhookVerificationError)) throw error;
  console.log("refuses");
}
JS

venv/bin/python sign.py > now
diff seen now && cat now

#!/usr/bin/env bash
# The good guess: Svix's library verifies a delivery with complete and right Standard Webhooks headers (`webhook-id`,
#   `webhook-timestamp`, `webhook-signature`), as the reference library does: it is built on that library.
# What happens: each of the three is read from its `svix-` twin first, one by one. A relay that hands on the sender's
#   `svix-` headers beside its own `webhook-` signature is refused, and a single `svix-id` left over is enough.
# Why it matters: who forwards what Clerk, Resend or another Svix sender rang, and signs it anew, must take the
#   sender's `svix-` headers away or rename them, whatever headers it signs with itself.
# Seen with: svix 2.9.1 on standardwebhooks 1.1.0 (PyPI), svix 2.5.0 on standardwebhooks 1.1.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check svix==2.9.1 standardwebhooks==1.1.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund svix@2.5.0 standardwebhooks@1.1.1

cat > seen <<'SEEN'
python, webhook- headers: standardwebhooks accepts, svix accepts
python, the sender's svix- headers too: standardwebhooks accepts, svix refuses
python, the sender's svix-id too: standardwebhooks accepts, svix refuses
javascript, webhook- headers: standardwebhooks accepts, svix accepts
javascript, the sender's svix- headers too: standardwebhooks accepts, svix refuses
javascript, the sender's svix-id too: standardwebhooks accepts, svix refuses
SEEN

cat > relay.py <<'PY'
from datetime import datetime, timezone

import standardwebhooks, svix
from standardwebhooks import WebhookVerificationError

SENDER, RELAY, BODY = "c2VjcmV0IG9mIHRoZSBzZW5kZXI=", "c2VjcmV0IG9mIHRoZSByZWxheSE=", '{"type": "user.created"}'

def signed(brand: str, message_id: str, secret: str) -> dict[str, str]:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    signature = standardwebhooks.Webhook(secret).sign(message_id, now, BODY)
    return {f"{brand}-id": message_id, f"{brand}-timestamp": f"{now.timestamp():.0f}", f"{brand}-signature": signature}

def verdict(library, headers: dict[str, str]) -> str:
    try:
        library.Webhook(RELAY).verify(BODY, headers)
    except WebhookVerificationError:
        return "refuses"
    return "accepts"

ours, theirs = signed("webhook", "msg_of_the_relay", RELAY), signed("svix", "msg_of_the_sender", SENDER)
for label, headers in (
    ("webhook- headers", ours),
    ("the sender's svix- headers too", {**theirs, **ours}),
    ("the sender's svix-id too", {"svix-id": theirs["svix-id"], **ours}),
):
    print(f"python, {label}: standardwebhooks {verdict(standardwebhooks, headers)}, svix {verdict(svix.webhooks, headers)}")
PY

cat > relay.mjs <<'JS'
import * as svix from "svix";
import * as standardwebhooks from "standardwebhooks";

const SENDER = "c2VjcmV0IG9mIHRoZSBzZW5kZXI=", RELAY = "c2VjcmV0IG9mIHRoZSByZWxheSE=", BODY = '{"type": "user.created"}';

function signed(brand, id, secret) {
  const now = new Date(Math.floor(Date.now() / 1000) * 1000);
  const signature = new standardwebhooks.Webhook(secret).sign(id, now, BODY);
  return { [`${brand}-id`]: id, [`${brand}-timestamp`]: `${now / 1000}`, [`${brand}-signature`]: signature };
}

function verdict(library, headers) {
  try {
    new library.Webhook(RELAY).verify(BODY, headers);
    return "accepts";
  } catch (error) {
    if (error.name !== "WebhookVerificationError") throw error;
    return "refuses";
  }
}

const ours = signed("webhook", "msg_of_the_relay", RELAY), theirs = signed("svix", "msg_of_the_sender", SENDER);
for (const [label, headers] of [
  ["webhook- headers", ours],
  ["the sender's svix- headers too", { ...theirs, ...ours }],
  ["the sender's svix-id too", { "svix-id": theirs["svix-id"], ...ours }],
])
  console.log(`javascript, ${label}: standardwebhooks ${verdict(standardwebhooks, headers)}, svix ${verdict(svix, headers)}`);
JS

{ venv/bin/python relay.py; node relay.mjs; } > now
diff seen now && cat now

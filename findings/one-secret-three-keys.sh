#!/usr/bin/env bash
# The good guess: receivers that speak Standard Webhooks (the same three headers, the same signed text) make the same
#   key of one `whsec_` secret: the bytes behind the prefix, base64-decoded. So does a secret pasted without its prefix.
# What happens: standardwebhooks decodes with and without the prefix. OpenAI's SDK decodes only behind the prefix, else
#   it takes the text itself. Increase's SDK takes the whole text, prefix included, though it verifies with the
#   standardwebhooks library. One secret is three different keys, and each SDK only says that the signature is wrong.
# Why it matters: who sends to all three, or tests one receiver with another one's library, must know the receiver to
#   know the key. And "strip whsec_, decode" is not what every sender of these headers does.
# Seen with: standardwebhooks 1.1.0, openai 3.57.0, increase 0.552.0 (all PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0 openai==3.57.0 increase==0.552.0

cat > seen <<'SEEN'
whsec_ and base64: standardwebhooks takes the decoded bytes
whsec_ and base64: openai takes the decoded bytes
whsec_ and base64: increase takes the text
base64 alone: standardwebhooks takes the decoded bytes
base64 alone: openai takes the text
base64 alone: increase takes the text
SEEN

venv/bin/python - > now <<'PY'
import base64, hashlib, hmac, json, time
from collections.abc import Callable

from increase import Increase
from openai import InvalidWebhookSignatureError, OpenAI
from standardwebhooks import Webhook, WebhookVerificationError

BODY = json.dumps({"id": "evt_1", "object": "event", "type": "response.completed", "data": {}})
DECODED = b"a key of twenty-four by."
PLAIN = base64.b64encode(DECODED).decode()
openai = OpenAI(api_key="none")

RECEIVERS: dict[str, Callable[[str, dict[str, str]], object]] = {
    "standardwebhooks": lambda secret, headers: Webhook(secret).verify(BODY, headers),
    "openai": lambda secret, headers: openai.webhooks.verify_signature(BODY, headers, secret=secret),
    "increase": lambda secret, headers: Increase(api_key="none", webhook_secret=secret).events.unwrap(BODY, headers=headers),
}

def accepted(receiver: str, secret: str, key: bytes) -> bool:
    sent = str(int(time.time()))
    signature = base64.b64encode(hmac.digest(key, f"msg_1.{sent}.{BODY}".encode(), hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": sent, "webhook-signature": f"v1,{signature}"}
    try:
        RECEIVERS[receiver](secret, headers)
    except (WebhookVerificationError, InvalidWebhookSignatureError):
        return False
    return True

for form, secret in (("whsec_ and base64", f"whsec_{PLAIN}"), ("base64 alone", PLAIN)):
    for receiver in RECEIVERS:
        keys = {"the decoded bytes": DECODED, "the text": secret.encode()}
        taken = [name for name, key in keys.items() if accepted(receiver, secret, key)]
        print(f"{form}: {receiver} takes {' and '.join(taken)}")
PY
diff seen now && cat now

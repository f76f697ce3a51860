#!/usr/bin/env bash
# The good guess: Mercado Pago's libraries compare the time of `x-signature` with the clock in the unit in which Mercado Pago
#   sends it, when a tolerance is given.
# What happens: both take `ts` for seconds. The notification that Mercado Pago's pages on webhooks show in full has thirteen
#   digits, which are milliseconds (`ts=1742505638683`), and so says the docstring of Python's own `validate` (`ts=<ms>`).
#   With seconds both accept; with milliseconds both find a right, fresh notification out of tolerance: by their reckoning it
#   comes from a year beyond 58000. Up to summer 2026 it was the other way round, and seconds were refused (sdk-nodejs issue 458).
# Why it matters: both units are about: seconds in older notifications and examples, milliseconds in the newer page. Without
#   a tolerance, the default, nothing is judged and everything works; with one, whatever its size, all or nothing of one
#   kind passes, and an update of the library turns it round.
# Seen with: mercadopago 3.6.0 (PyPI), mercadopago 3.6.1 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mercadopago==3.6.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund mercadopago@3.6.1

cat > seen <<'SEEN'
ts in seconds, no tolerance: Python accepts, Node accepts
ts in seconds, tolerance 300: Python accepts, Node accepts
ts in milliseconds, no tolerance: Python accepts, Node accepts
ts in milliseconds, tolerance 300: Python TimestampOutOfTolerance, Node TimestampOutOfTolerance
ts in milliseconds, tolerance 31536000: Python TimestampOutOfTolerance, Node TimestampOutOfTolerance
SEEN

cat > check.js <<'JS'
const { WebhookSignatureValidator } = require("mercadopago");
const [xSignature, xRequestId, dataId, secret, tolerance] = process.argv.slice(2);
try {
  const toleranceSeconds = tolerance ? Number(tolerance) : undefined;
  WebhookSignatureValidator.validate({ xSignature, xRequestId, dataId, secret, toleranceSeconds });
  console.log("accepts");
} catch (error) {
  if (!error.reason) throw error;
  console.log(error.reason);
}
JS

cat > ask.py <<'PY'
import hashlib
import hmac
import subprocess
import time

from mercadopago.webhook import InvalidWebhookSignatureError, WebhookSignatureValidator

SECRET, ORDER, REQUEST = "secret", "123456789", "2066ca19-c6f1-498a-be75-1923005edd06"


def python(signature: str, tolerance: int | None) -> str:
    try:
        WebhookSignatureValidator.validate(signature, REQUEST, ORDER, SECRET, tolerance_seconds=tolerance)
    except InvalidWebhookSignatureError as error:
        return error.reason.value
    return "accepts"


def node(signature: str, tolerance: int | None) -> str:
    command = ["node", "check.js", signature, REQUEST, ORDER, SECRET, str(tolerance or "")]
    return subprocess.check_output(command, text=True).strip()


for unit, times, tolerances in (("seconds", 1, [None, 300]), ("milliseconds", 1000, [None, 300, 365 * 24 * 60 * 60])):
    for tolerance in tolerances:
        ts = int(time.time() * times)
        manifest = f"id:{ORDER};request-id:{REQUEST};ts:{ts};"
        v1 = hmac.new(SECRET.encode(), manifest.encode(), hashlib.sha256).hexdigest()
        found = f"Python {python(f'ts={ts},v1={v1}', tolerance)}, Node {node(f'ts={ts},v1={v1}', tolerance)}"
        print(f"ts in {unit}, {f'tolerance {tolerance}' if tolerance else 'no tolerance'}: {found}")
PY
venv/bin/python ask.py > now
diff seen now && cat now

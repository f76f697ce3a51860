#!/usr/bin/env bash
# The good guess: Stripe's library for Node gives a field the same type wherever it is read. Since version 21 every amount that
#   Stripe sends as a decimal text (`unit_amount_decimal`, `quantity_decimal` and others) is a `Stripe.Decimal`.
# What happens: it is one in the API's answer, and a text in a webhook's event, as in an event fetched from the API. The types for
#   TypeScript say `Decimal` for all three: `PriceCreatedEvent.Data.object` is a `Price`. So `.mul`, `.eq` or `.isZero`
#   compile, and throw in the webhook's handler only. Python's library makes a `Decimal` of all three.
# Why it matters: a function that takes a price works in the tests with prices from the API, and fails for the first event; one
#   that is written for the event's text breaks for the API's price. And `===` between the two is never true.
#   `Stripe.Decimal.from(String(amount))` reads both.
# Seen with: stripe 23.1.0 (npm), stripe 16.1.0 (PyPI). Stripe's API is a server on the loopback here.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check stripe==16.1.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund stripe@23.1.0

cat > seen <<'SEEN'
Node, price from the API: Decimal 0.05, doubled 0.1
Node, event from the API: text 0.05, doubled TypeError
Node, event from the webhook: text 0.05, doubled TypeError
Python, price from the API: Decimal 0.05, doubled 0.10
Python, event from the API: Decimal 0.05, doubled 0.10
Python, event from the webhook: Decimal 0.05, doubled 0.10
SEEN

cat > price <<'JSON'
{"id":"price_7","object":"price","billing_scheme":"per_unit","currency":"eur","unit_amount":null,"unit_amount_decimal":"0.05"}
JSON
cat > event <<JSON
{"id":"evt_7","object":"event","type":"price.created","data":{"object":$(cat price)}}
JSON

cat > read.js <<'JS'
const { readFileSync } = require("node:fs");
const Stripe = require("stripe");

function shown(label, { unit_amount_decimal: amount }) {
  const type = typeof amount === "string" ? "text" : "Decimal";
  let doubled;
  try {
    doubled = amount.mul(Stripe.Decimal.from(2));
  } catch (error) {
    doubled = error.name;
  }
  console.log(`Node, ${label}: ${type} ${amount}, doubled ${doubled}`);
}

async function main() {
  const stripe = new Stripe("sk_test_none", { protocol: "http", host: "127.0.0.1", port: process.argv[2] });
  const payload = readFileSync("event", "utf8");
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: "whsec_none" });
  shown("price from the API", await stripe.prices.retrieve("price_7"));
  shown("event from the API", (await stripe.events.retrieve("evt_7")).data.object);
  shown("event from the webhook", stripe.webhooks.constructEvent(payload, signature, "whsec_none").data.object);
}
main();
JS

cat > ask.py <<'PY'
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import stripe

EVENT = Path("event").read_text()


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(Path(self.path.split("/")[2].removesuffix("s")).read_bytes())

    def log_message(self, *_) -> None:
        pass


def shown(label: str, price: stripe.Price) -> None:
    amount = price.unit_amount_decimal
    kind = "text" if isinstance(amount, str) else "Decimal"
    print(f"Python, {label}: {kind} {amount}, doubled {amount * 2}")


api = ThreadingHTTPServer(("127.0.0.1", 0), Api)
Thread(target=api.serve_forever, daemon=True).start()
print(subprocess.check_output(["node", "read.js", str(api.server_port)], text=True), end="")
client = stripe.StripeClient("sk_test_none", base_addresses={"api": f"http://127.0.0.1:{api.server_port}"})
signature = stripe.WebhookSignature.generate_signature_header(EVENT, "whsec_none")
shown("price from the API", client.v1.prices.retrieve("price_7"))
shown("event from the API", client.v1.events.retrieve("evt_7").data.object)
shown("event from the webhook", client.construct_event(EVENT, signature, "whsec_none").data.object)
PY
venv/bin/python ask.py > now
diff seen now && cat now

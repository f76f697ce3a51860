#!/usr/bin/env bash
# The good guess: a transaction in Braintree's webhook has the details of the means that paid it, and no others. The
#   notification's time is a moment: Braintree's page on parsing says that it is in UTC.
# What happens: Node's library gives every transaction a card, whatever paid: for a bank account its masked number is
#   `undefined******undefined`, its expiry `undefined/undefined` (`null******null` where Braintree sends a card of nulls, as it
#   does for Google Pay). Beside it stand empty objects for PayPal, Apple Pay and others, each of them true in an `if`.
#   Python's has what was sent. Its time has no zone, though: `timestamp.timestamp()` takes it for local time, five hours
#   late in Bogotá, and comparing it with `datetime.now(timezone.utc)` raises a TypeError. Node's is a text that ends in `Z`.
# Why it matters: `if (transaction.creditCard)` finds a card for everybody, and a receipt says so. Braintree asks receivers to
#   look at the time, since notifications come out of order: with Python that goes wrong only where a server is not in UTC.
# Seen with: braintree 3.40.0 (npm), braintree 4.48.0 (PyPI). The notifications are those that Python's library makes for tests.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check braintree==4.48.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund braintree@3.40.0

cat > seen <<'SEEN'
transaction_settled, paid by us_bank_account
  Python has no card
  Node's card undefined******undefined, expires undefined/undefined
  Node has empty paypalAccount, paypalHereDetails, localPayment, applePayCard, androidPayCard, visaCheckoutCard, samsungPayCard
local_payment_completed, paid by a local payment
  Python has no card
  Node's card undefined******undefined, expires undefined/undefined
  Node has empty paypalAccount, paypalHereDetails, localPayment, applePayCard, androidPayCard, visaCheckoutCard, samsungPayCard
sent now, read in UTC: Python 0 hours off, with a zone: TypeError, Node 0 hours off
sent now, read in America/Bogota: Python 5 hours off, with a zone: TypeError, Node 0 hours off
SEEN

cat > read.js <<'JS'
const { BraintreeGateway, Environment } = require("braintree");
const [what, signature, payload] = process.argv.slice(2);
const keys = { merchantId: "m", publicKey: "public", privateKey: "private" };
const gateway = new BraintreeGateway({ environment: Environment.Sandbox, ...keys });
gateway.webhookNotification.parse(signature, payload).then((notification) => {
  const off = Math.round((Date.parse(notification.timestamp) - Date.now()) / 3600000);
  if (what === "time") return console.log(`Node ${Math.abs(off)} hours off`);
  const transaction = notification.transaction ?? notification.localPaymentCompleted.transaction;
  const means = Object.keys(transaction).filter((name) => /card|paypal|localPayment/i.test(name));
  const empty = means.filter((name) => Object.keys(transaction[name]).length === 0);
  console.log(`  Node's card ${transaction.creditCard.maskedNumber}, expires ${transaction.creditCard.expirationDate}`);
  console.log(`  Node has empty ${empty.join(", ")}`);
});
JS

cat > ask.py <<'PY'
import subprocess
import sys
import time
from datetime import datetime, timezone

from braintree import BraintreeGateway, Configuration, Environment

gateway = BraintreeGateway(Configuration(Environment.Sandbox, "m", "public", "private"))


def sample(kind: str) -> tuple:
    made = gateway.webhook_testing.sample_notification(kind, "id7")
    sent = (made["bt_signature"], made["bt_payload"])
    return gateway.webhook_notification.parse(*sent), sent


def node(what: str, sent: tuple) -> None:
    subprocess.check_call(["node", "read.js", what, *sent])


def compared(timestamp: datetime) -> str:
    try:
        return str(timestamp <= datetime.now(timezone.utc))
    except TypeError:
        return "TypeError"


if zone := sys.argv[1:]:
    notification, sent = sample("transaction_settled")
    off = round((notification.timestamp.timestamp() - time.time()) / 3600)
    zoned = compared(notification.timestamp)
    print(f"sent now, read in {zone[0]}: Python {off} hours off, with a zone: {zoned}, ", end="", flush=True)
    node("time", sent)
else:
    for kind in ("transaction_settled", "local_payment_completed"):
        notification, sent = sample(kind)
        local = kind.startswith("local")
        transaction = notification.local_payment_completed.transaction if local else notification.transaction
        print(f"{kind}, paid by {'a local payment' if local else transaction.payment_instrument_type}")
        print(f"  Python has {'a' if hasattr(transaction, 'credit_card_details') else 'no'} card", flush=True)
        node("means", sent)
PY
{
  venv/bin/python ask.py
  for zone in UTC America/Bogota; do TZ=$zone venv/bin/python ask.py $zone; done
} > now
diff seen now && cat now

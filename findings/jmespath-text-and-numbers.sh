#!/usr/bin/env bash
# The good guess: a JMESPath filter means the same in every implementation. Its specification lets `<` and `>` compare
#   numbers only and makes anything else null; `contains` looks for an equal element, and `true` is not equal to 1.
# What happens: money that comes as text ("9.50") against a number: Python raises its own TypeError, not an error of
#   JMESPath; JavaScript converts and answers. Two texts: both compare them letter by letter, so "9.50" is more than
#   "10.00". And Python's `contains` finds `1` in [true], though its own `==` says that they differ.
# Why it matters: Shopify and PayPal, among others, write amounts as text. A filter such as amount > `5` routes the event in one
#   language and fails in the other; `except JMESPathError` around it catches nothing; and with both as text it is
#   quietly wrong from ten upwards. Use to_number(amount).
# Seen with: jmespath 1.1.0 (PyPI), jmespath 0.16.0 (npm). Specification: jmespath.org, "Ordering Operators".
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jmespath==1.1.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund jmespath@0.16.0

cat > seen <<'SEEN'
python     amount > `5`: raises TypeError, no JMESPathError
python     amount > least: true
python     to_number(amount) > `5`: true
python     contains(flags, `1`): true
python     flags[0] == `1`: false
javascript amount > `5`: true
javascript amount > least: true
javascript to_number(amount) > `5`: true
javascript contains(flags, `1`): false
javascript flags[0] == `1`: false
SEEN

cat > event.json <<'JSON'
{"amount": "9.50", "least": "10.00", "flags": [true]}
JSON
cat > filters.json <<'JSON'
["amount > `5`", "amount > least", "to_number(amount) > `5`", "contains(flags, `1`)", "flags[0] == `1`"]
JSON

cat > filters.py <<'PY'
import json

import jmespath
from jmespath.exceptions import JMESPathError

event = json.load(open("event.json"))
for expression in json.load(open("filters.json")):
    try:
        print(f"python     {expression}: {json.dumps(jmespath.search(expression, event))}")
    except Exception as error:
        kind = "a" if isinstance(error, JMESPathError) else "no"
        print(f"python     {expression}: raises {type(error).__name__}, {kind} JMESPathError")
PY

cat > filters.js <<'JS'
const jmespath = require("jmespath"), event = require("./event.json");
for (const expression of require("./filters.json"))
  console.log(`javascript ${expression}: ${JSON.stringify(jmespath.search(event, expression))}`);
JS

{ venv/bin/python filters.py; node filters.js; } > now
diff seen now && cat now

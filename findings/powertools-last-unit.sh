#!/usr/bin/env bash
# The good guess: a metric has one unit. Who adds two values of one name in two units is told so, or gets two metrics.
# What happens: Powertools for Python keeps both values and the unit that came last, for all of them: 250 milliseconds and
#   then 1 second are written as 250 and 1 seconds; the other way round as 1 and 250 milliseconds. No warning. Powertools
#   for TypeScript, with the same two calls, raises and says both units.
# Why it matters: two places that time the same thing, each in the unit that its clock gives, are one import away from each
#   other. What CloudWatch then has depends on which ran last in that invocation, so the graph jumps by a thousand and back
#   while nothing changed, and an alarm on it with it.
# Seen with: aws-lambda-powertools 3.37.0 (PyPI), @aws-lambda-powertools/metrics 2.36.0 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-lambda-powertools==3.37.0
echo '{"type": "module"}' > package.json
npm install --silent --no-audit --no-fund @aws-lambda-powertools/metrics@2.36.0

cat > seen <<'SEEN'
python, 250 Milliseconds then 1 Seconds: [250.0, 1.0] in Seconds
python, 1 Seconds then 250 Milliseconds: [1.0, 250.0] in Milliseconds
typescript, 250 Milliseconds then 1 Seconds: raises, [250] in Milliseconds
typescript, 1 Seconds then 250 Milliseconds: raises, [1] in Seconds
SEEN

cat > units.py <<'PY'
import warnings

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

warnings.simplefilter("error")
metrics = Metrics(namespace="Shop", service="dispatcher")
for first, second in (((250, "Milliseconds"), (1, "Seconds")), ((1, "Seconds"), (250, "Milliseconds"))):
    for value, unit in (first, second):
        metrics.add_metric("Latency", MetricUnit(unit), value)
    written = metrics.serialize_metric_set()
    (metric,) = written["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    label = f"{first[0]} {first[1]} then {second[0]} {second[1]}"
    print(f"python, {label}: {written['Latency']} in {metric['Unit']}")
    metrics.clear_metrics()
PY

cat > units.js <<'JS'
import { Metrics } from "@aws-lambda-powertools/metrics";

for (const calls of [[[250, "Milliseconds"], [1, "Seconds"]], [[1, "Seconds"], [250, "Milliseconds"]]]) {
  const metrics = new Metrics({ namespace: "Shop", serviceName: "dispatcher" });
  let outcome = "taken";
  for (const [value, unit] of calls) {
    try {
      metrics.addMetric("Latency", unit, value);
    } catch (error) {
      outcome = "raises";
    }
  }
  const written = metrics.serializeMetrics();
  const [metric] = written._aws.CloudWatchMetrics[0].Metrics;
  const label = calls.map(([value, unit]) => `${value} ${unit}`).join(" then ");
  console.log(`typescript, ${label}: ${outcome}, [${[written.Latency].flat()}] in ${metric.Unit}`);
}
JS
{ venv/bin/python units.py; node units.js; } > now
diff seen now && cat now

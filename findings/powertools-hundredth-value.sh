#!/usr/bin/env bash
# The good guess: Powertools' Metrics writes once, when the handler ends, and then forgets: a dimension added anywhere in
#   the handler stands on every metric of that invocation, and on none of the next.
# What happens: the hundredth value of one metric writes everything at once, in the middle of the handler: that metric and
#   all the others, with the dimensions known by then. What is added later stands on the rest only. And when exactly 100
#   values were added nothing is left at the end: Powertools warns of that and forgets nothing, so the dimension stays for
#   the next invocation. If that one adds 100 values before its own dimension, they count for the tenant before.
# Why it matters: a worker that takes batches, or a fan-out to many subscribers, counts one value each and passes 100 only
#   when there is load. Then a graph or alarm by tenant loses counts, or shows another tenant's, with the sum still right.
#   Dimensions that are added before the first metric are safe.
# Seen with: aws-lambda-powertools 3.37.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aws-lambda-powertools==3.37.0

cat > seen <<'SEEN'
 99 deliveries of anna: 99 Delivered, 1 Refused, tenant anna
150 deliveries of bert: 100 Delivered, 1 Refused, no tenant
150 deliveries of bert: 50 Delivered, tenant bert
100 deliveries of cora: 100 Delivered, 1 Refused, no tenant
100 deliveries of cora: warning "No application metrics to publish"
150 deliveries of dora: 100 Delivered, 1 Refused, tenant cora
150 deliveries of dora: 50 Delivered, tenant dora
150 deliveries of dora: warning "Dimension 'tenant' has already been added"
SEEN

venv/bin/python - > now <<'PY'
import contextlib, io, json, warnings

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

metrics = Metrics(namespace="Shop", service="dispatcher")

@metrics.log_metrics
def handler(event: dict[str, object], context: None) -> None:
    metrics.add_metric("Refused", MetricUnit.Count, 1)
    for _ in range(event["deliveries"]):
        metrics.add_metric("Delivered", MetricUnit.Count, 1)
    metrics.add_dimension("tenant", event["tenant"])

for deliveries, tenant in ((99, "anna"), (150, "bert"), (100, "cora"), (150, "dora")):
    label, written = f"{deliveries:3} deliveries of {tenant}", io.StringIO()
    with warnings.catch_warnings(record=True) as told, contextlib.redirect_stdout(written):
        warnings.simplefilter("always")
        handler({"deliveries": deliveries, "tenant": tenant}, None)
    for line in map(json.loads, written.getvalue().splitlines()):
        (about,) = line["_aws"]["CloudWatchMetrics"]
        (dimensions,) = about["Dimensions"]
        values = ", ".join(f"{len(line[name])} {name}" for name in sorted(m["Name"] for m in about["Metrics"]))
        print(f"{label}: {values}, {'tenant ' + line['tenant'] if 'tenant' in dimensions else 'no tenant'}")
    for warning in told:
        print(f"{label}: warning \"{str(warning.message).partition('.')[0]}\"")
PY
diff seen now && cat now

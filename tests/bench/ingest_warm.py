"""Row 1: a warm request, signed as GitHub does, beside a handler that only sends the same body on.

What ingest does more: reads the request, checks the signature, names the event, writes a log line and a
metric. What both do: one `send_message` through boto3, which is most of it.
"""

from collections.abc import Iterator

from tests.bench.deployed import environ, run_inside
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws

GOAL = 1.15
AGAINST = "a bare boto3 send_message of the same body"


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.ingest_answers") as url:
        found = run_inside("ingest_warm", environ("IngestFunction", url))
    for what, name in (("p50", "p50_us"), ("CPU a request", "cpu_us")):
        yield Line(
            row=1,
            what=f"ingest, warm, 2 KB: {what}",
            against=AGAINST,
            ratio=found[f"ours_{name}"] / found[f"bare_{name}"],
            goal=GOAL,
            figures=found,
        )

"""Row 1: a warm request, signed as GitHub does, beside the handler that AWS's documentation shows, which only
sends the same body on.

What ingest does more: reads the request, checks the signature, names the event. What both do: one
`send_message` through boto3, which is most of it, a log line and a metric through Powertools.
"""

from collections.abc import Iterator

from tests.bench.deployed import environ, run_inside
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws

GOAL = 1.05
AGAINST = "the handler that AWS's documentation shows"


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.ingest_answers") as url:
        found = run_inside("ingest_warm", environ("IngestFunction", url))
    for what, name in (("p50", "p50_us"), ("CPU a request", "cpu_us")):
        yield Line(
            row="1",
            what=f"ingest, warm, 2 KB: {what}",
            against=AGAINST,
            ratio=found[f"ours_{name}"] / found[f"documented_{name}"],
            goal=GOAL,
            figures=found,
        )

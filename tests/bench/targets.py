"""Row 15: ten deliveries to an SQS queue in a batch, beside ten to a subscriber on TLS in the same run.

AWS answers at once, on loopback. The subscriber takes 50 ms, as in row 3, and then answers at once too: what
a delivery costs is told for both. Lambda bills the time of the invocation.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.deployed import environ, run_inside
from tests.bench.dispatcher import TRUSTED
from tests.bench.dispatcher_answers import URL_VARIABLE
from tests.bench.dispatcher_subscriber import LATENCY_SECONDS, subscriber
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws
from tests.bench.targets_answers import QUEUE
from tests.integration.egress.certificates import Authority

GOAL = 0.35
ALLOWED = {"TARGET_ARNS": QUEUE, "TARGET_TENANTS": "bench"}


def lines() -> Iterator[Line]:
    for seconds in (LATENCY_SECONDS, 0.0):
        found = _figures(seconds)
        against = f"one to a subscriber on TLS that answers in {1000 * seconds:g} ms"
        for what, figure in (("CPU", "cpu_us"), ("billed time", "p50_us")):
            yield Line(
                row="15",
                what=f"dispatcher, a delivery to a queue, batches of ten: {what}",
                against=against,
                ratio=found[f"queue_{figure}"] / found[f"url_{figure}"],
                goal=GOAL,
                figures=found,
            )
        yield Line(
            row="15",
            what="dispatcher, ten deliveries to a queue: calls that send",
            against="one call",
            ratio=found["calls_for_ten"],
            goal=1.0,
            figures=found,
        )


def _figures(seconds: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="doorbell-bench-") as folder:
        authority = Authority()
        certificate, trusted = Path(folder, "localhost.pem"), Path(folder, "authority.pem")
        certificate.write_text(authority.issue("localhost"))
        trusted.write_text(authority.pem)
        with (
            subscriber(certificate, seconds) as url,
            stub_aws("tests.bench.targets_answers", **{URL_VARIABLE: f"{url}/ours"}) as aws,
        ):
            env = environ("DispatcherFunction", aws, SSL_CERT_FILE=str(trusted), **TRUSTED, **ALLOWED)
            return run_inside("targets", env, f"{aws}/seen")

"""Row 13: a subscriber that answers in 2 s, for batches of ten and of a hundred in one environment.

Lambda is paid for by the time that an invocation takes, at the function's MemorySize, which is the same for
both: so what a delivery costs in GB-seconds is the time of its batch over its members. How many are in
flight in an environment the subscriber counts. On Lambda a function of this size has 0.58 of a processor;
here it has what the machine gives: so the ratio is told as well for a batch that first waits and then
computes all that it has to, with that share.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.deployed import environ, memory_megabytes, run_inside
from tests.bench.dispatcher import TRUSTED
from tests.bench.dispatcher_answers import URL_VARIABLE
from tests.bench.dispatcher_subscriber import subscriber
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws
from tests.integration.egress.certificates import Authority

LATENCY_SECONDS = 2.0
TEN = "batches of ten"
MEGABYTES_A_PROCESSOR = 1769


def lines() -> Iterator[Line]:
    found = _figures()
    ten, hundred = (found[f"of_{n}_s"] / n for n in (10, 100))
    share = memory_megabytes("DispatcherFunction") / MEGABYTES_A_PROCESSOR
    computing = found["of_100_cpu_s"] / share
    whom = f"dispatcher, a subscriber that answers in {LATENCY_SECONDS:g} s, batches of a hundred"
    yield Line(
        row="13",
        what=f"{whom}: GB-seconds a delivery",
        against=TEN,
        ratio=hundred / ten,
        goal=0.15,
        figures=found,
    )
    yield Line(
        row="13",
        what=f"{whom}: the same, at its share of a processor",
        against=TEN,
        ratio=(LATENCY_SECONDS + computing) / 100 / (LATENCY_SECONDS / 10),
        goal=0.15,
        figures={"processor_share": share, "computing_s": computing},
    )
    yield Line(
        row="13",
        what=f"{whom}: in flight in an environment",
        against=TEN,
        ratio=found["of_100_most"] / found["of_10_most"],
        goal=5.0,
        bound="at least",
        figures=found,
    )
    yield Line(
        row="13",
        what=f"{whom}: CPU a delivery",
        against=TEN,
        ratio=found["of_100_cpu_s"] / 100 / (found["of_10_cpu_s"] / 10),
        figures=found,
    )


def _figures() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="doorbell-bench-") as folder:
        authority = Authority()
        certificate, trusted = Path(folder, "localhost.pem"), Path(folder, "authority.pem")
        certificate.write_text(authority.issue("localhost"))
        trusted.write_text(authority.pem)
        with (
            subscriber(certificate, LATENCY_SECONDS) as url,
            stub_aws("tests.bench.dispatcher_answers", **{URL_VARIABLE: f"{url}/ours"}) as aws,
        ):
            env = environ("DispatcherFunction", aws, SSL_CERT_FILE=str(trusted), **TRUSTED)
            return run_inside("in_flight", env, url)

"""Row 3: batches of ten deliveries to a subscriber on TLS that takes 50 ms, beside ten threads that post the
same bodies through a bare urllib3 pool.

What the dispatcher does more: a claim and an outcome for each delivery (DynamoDB writes), one read for the
batch (events and endpoints), and for each a look-up of the host's name, a signature, a log line, metrics.
The AWS client's own cost is in that, and most of it: so the dispatcher is also told beside the same threads
with the four calls a delivery needs when it is alone, made with a bare boto3 client.
"""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from tests.bench.deployed import environ, run_inside
from tests.bench.dispatcher_answers import URL_VARIABLE
from tests.bench.dispatcher_subscriber import subscriber
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws
from tests.integration.egress.certificates import Authority

RATE_GOAL, CPU_GOAL = 0.85, 2.5
BARE = "a bare urllib3 pool with 10 threads"
WITH_CALLS = "the same pool with 4 bare boto3 calls a delivery"
TRUSTED = {"EGRESS_ALLOWED_CIDRS": "127.0.0.0/8,::1/128", "EGRESS_ALLOWED_PORTS": "any"}
"""What a local stack sets too: the subscriber is on loopback."""


def lines() -> Iterator[Line]:
    for count, whom, keeps in (
        (1, "1 subscription", True),
        (10, "10 subscriptions", True),
        (10, "10 subscriptions, a new connection for each", False),
    ):
        found = _figures(count, keeps)
        rate, cpu = f"dispatcher, {whom}: deliveries a second", f"dispatcher, {whom}: CPU a delivery"
        rate_goal, cpu_goal = (RATE_GOAL, CPU_GOAL) if keeps else (None, None)
        yield _line(rate, BARE, found["bare_p50_us"] / found["ours_p50_us"], found, rate_goal)
        yield _line(cpu, BARE, found["ours_cpu_us"] / found["bare_cpu_us"], found, cpu_goal)
        yield _line(rate, WITH_CALLS, found["bare_with_calls_p50_us"] / found["ours_p50_us"], found)
        yield _line(cpu, WITH_CALLS, found["ours_cpu_us"] / found["bare_with_calls_cpu_us"], found)


def _line(
    what: str, against: str, ratio: float, figures: dict[str, float], goal: float | None = None
) -> Line:
    """The figures are those of whole batches, in microseconds."""
    bound: Literal["at least", "at most"] = "at least" if goal == RATE_GOAL else "at most"
    return Line(row="3", what=what, against=against, ratio=ratio, goal=goal, bound=bound, figures=figures)


def _figures(subscriptions: int, keeps: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="doorbell-bench-") as folder:
        authority = Authority()
        certificate, trusted = Path(folder, "localhost.pem"), Path(folder, "authority.pem")
        certificate.write_text(authority.issue("localhost"))
        trusted.write_text(authority.pem)
        with subscriber(certificate, keeps=keeps) as url, _aws(f"{url}/ours") as aws:
            env = environ("DispatcherFunction", aws, SSL_CERT_FILE=str(trusted), **TRUSTED)
            return run_inside("dispatcher", env, url, str(subscriptions))


def _aws(subscriber_url: str) -> AbstractContextManager[str]:
    return stub_aws("tests.bench.dispatcher_answers", **{URL_VARIABLE: subscriber_url})

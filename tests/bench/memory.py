"""Row 9: the most memory each function holds under its largest input, beside its MemorySize.

| function | input |
|---|---|
| ingest | a signed body of 4,500,000 bytes, base64 (Lambda takes 6 MB), to a source with a JSON schema |
| publish | ten events, 5 MB in all |
| fanout | ten messages to 10,000 subscriptions, every fifth filters; bodies of 128 KiB, one of 4.5 MB in S3 |
| dispatcher | a hundred deliveries, bodies of 4.5 MB in S3, a transform, CloudEvents, answers above the cap |
| sweeper | 100,000 due deliveries |
| admin | the story of an event with 10,000 deliveries: 5.6 MB, and an answer may have 6 |

Bodies are JSON as a push of thousands of commits has it; for the dispatcher also the densest JSON there is
(`[{},{},…]`), which takes several times as much.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.deployed import BenchError, environ, memory_megabytes, run_inside
from tests.bench.dispatcher_answers import URL_VARIABLE
from tests.bench.line import Line
from tests.bench.memory_answers import BODY_VARIABLE
from tests.bench.memory_inputs import INPUTS
from tests.bench.memory_subscriber import subscriber
from tests.bench.stub_aws import stub_aws

GOAL = 0.6
LAMBDA_S_OWN_MIB = 32
"""Set down for what runs beside the handler in its environment: the runtime client, above all. An empty
handler's report says 30 to 40 MB, of which the bare interpreter, measured here, is 10."""
TIMEOUT_SECONDS = 1800
DONE = {
    "ingest": '{"statusCode": 202',
    "publish": '{"statusCode": 202',
    "fanout": '{"batchItemFailures": []}',
    "dispatcher": '{"batchItemFailures": []}',
    "sweeper": '{"swept": 100000}',
    "admin": '{"statusCode": 200',
}
"""How each begins its answer when it has done the whole of it."""


def lines() -> Iterator[Line]:
    for function in INPUTS:
        yield _line(function, "commits")
    yield _line("dispatcher", "dense")


def _line(function: str, body: str) -> Line:
    given = memory_megabytes(f"{function.capitalize()}Function")
    found = _run(function, body)
    if not found["answer"].startswith(DONE[function]):
        raise BenchError(f"{function} answered {found['answer']}")
    peak = found["peak_kib"] / 1024 + LAMBDA_S_OWN_MIB
    return Line(
        row="9",
        what=f"memory: {function}" + (", the densest JSON" if body == "dense" else ""),
        against=f"its MemorySize, {given} MB",
        ratio=peak / given,
        goal=GOAL,
        figures={
            "peak_mib": peak,
            "idle_mib": found["idle_kib"] / 1024,
            "answer_bytes": found["answer_bytes"],
        },
    )


def _run(function: str, body: str) -> dict[str, Any]:
    """A process of its own, and an AWS of its own: no run finds another's caches."""
    with tempfile.TemporaryDirectory(prefix="doorbell-bench-") as folder:
        given = Path(folder, "input.json")
        given.write_text(json.dumps(INPUTS[function]()))
        with (
            subscriber(Path(folder)) as (url, trusted),
            stub_aws("tests.bench.memory_answers", **{URL_VARIABLE: url, BODY_VARIABLE: body}) as aws,
        ):
            env = environ(
                f"{function.capitalize()}Function",
                aws,
                SSL_CERT_FILE=str(trusted),
                EGRESS_ALLOWED_CIDRS="127.0.0.0/8,::1/128",
                EGRESS_ALLOWED_PORTS="any",
                **({"EVENTS_TABLE": "due-100000"} if function == "sweeper" else {}),
            )
            return run_inside("memory", env, str(given), timeout=TIMEOUT_SECONDS)

"""What MemorySize does to ingest: `python -m tests.bench.power`. An estimate, not a measurement on Lambda.

Lambda gives a function MemorySize / 1,769 MB of a processor
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). So a request takes the processor
time that it takes here, divided by that share, and the time it waits for AWS, which no memory shortens. A
Python function uses one processor: beyond 1,769 MB only the price grows. Taken here: this machine's processor
for Lambda's, and the waiting times below. Lambda is more generous while a function starts, so that the cold
figures are the worst case.
"""

import json
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from doorbell_cli.stack.environment import project_root
from tests.bench.deployed import environ, memory_megabytes, run_inside
from tests.bench.stub_aws import stub_aws

MEGABYTES_A_PROCESSOR = 1769
SIZES = (128, 256, 512, 768, 1024, 1536, 1769, 2048)
SEND_SECONDS = 0.008
"""One SendMessage in the function's own region."""
FIRST_CALLS_SECONDS = 0.060
"""What the first request adds: three TLS handshakes, the source, its secret."""
RUNS = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """Durations in seconds; `dollars` for a million warm requests, the price for a request left out."""

    warm: float
    cold: float
    dollars: float


def estimate(megabytes: int, cold_cpu: float, warm_cpu: float, gb_second: float) -> Estimate:
    share = min(1.0, megabytes / MEGABYTES_A_PROCESSOR)
    warm = warm_cpu / share + SEND_SECONDS
    cold = cold_cpu / share + SEND_SECONDS + FIRST_CALLS_SECONDS
    return Estimate(warm, cold, 1e6 * warm * megabytes / 1024 * gb_second)


def main() -> None:
    prices = json.loads((project_root() / "cli/doorbell_cli/ops/prices.json").read_text())["usd"]
    cold_cpu, warm_cpu = _measured()
    there = memory_megabytes("IngestFunction")
    table = Table("MemorySize", "warm, ms", "first answer, ms", "$ a million", "")
    for megabytes in sorted({*SIZES, there}):
        found = estimate(megabytes, cold_cpu, warm_cpu, prices["lambda_gb_second"]["price"])
        marked = "the template's" if megabytes == there else ""
        figures = (f"{found.warm * 1e3:.1f}", f"{found.cold * 1e3:.0f}", f"{found.dollars:.3f}")
        table.add_row(f"{megabytes} MB", *figures, marked)
    print(
        f"ingest: {cold_cpu * 1e3:.0f} ms of processor to the first answer, {warm_cpu * 1e3:.2f} ms a request"
    )
    Console(width=100).print(table)


def _measured() -> tuple[float, float]:
    """Processor seconds until the first answer and for one more: the least of a few runs."""
    with stub_aws("tests.bench.ingest_answers") as url:
        runs = [run_inside("power", environ("IngestFunction", url)) for _ in range(RUNS)]
    return min(run["cold_s"] for run in runs), min(run["warm_s"] for run in runs)


if __name__ == "__main__":
    main()

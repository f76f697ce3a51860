"""Row 4: our verification of a signed request beside the provider's own Python SDK.

What is compared is the check alone: reading the signature and its time, the digest, the comparison in
constant time. Ours starts from the request's headers and bytes; the SDK gets its arguments ready made
(`inside/verify_cases.py`). Both have first accepted the genuine request and refused a forged one. Of both
sizes the worse ratio is told. The last lines are told without a goal, because the gate does more than any
of these calls: it names the event and its type and strips credentials from the headers.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from doorbell_cli.stack.environment import project_root
from tests.bench.deployed import BenchError, environ, run_inside
from tests.bench.line import Line

GOAL = 1.0
PACKAGES = project_root() / ".bench" / "packages"
"""Where `requirements/bench.txt` is installed: last on the path, so that the layers' packages come first."""

SIZES = ("2kb", "200kb")


def lines() -> Iterator[Line]:
    if not PACKAGES.is_dir():
        raise BenchError(f"{PACKAGES} is missing: install requirements/bench.txt there")
    env = environ("IngestFunction", "http://127.0.0.1:9")
    found = run_inside("verify", {**env, "PYTHONPATH": f"{env['PYTHONPATH']}:{PACKAGES}"})
    for name, figures in found.items():
        yield Line(
            row="4",
            what=f"verify {name}: times the SDK's speed",
            against=f"{figures['sdk']}, 2 KB and 200 KB",
            ratio=min(figures[f"{size}_check_ratio"] for size in SIZES),
            goal=GOAL,
            bound="at least",
            figures=figures,
        )
    yield _worst(found, "gate", "the SDK's check alone")
    yield _worst(found, "whole", "the SDK's call that also parses the event")


def _worst(found: Mapping[str, Mapping[str, Any]], part: str, against: str) -> Line:
    """The whole gate where it compares worst."""
    ratios = {
        f"{name} {size}": figures[f"{size}_{part}_ratio"]
        for name, figures in found.items()
        for size in SIZES
        if f"{size}_{part}_ratio" in figures
    }
    worst = min(ratios, key=lambda name: ratios[name])
    return Line(
        row="4", what=f"whole gate, worst ({worst})", against=against, ratio=ratios[worst], figures=ratios
    )

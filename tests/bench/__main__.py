"""`make bench`: every row, or those named: `python -m tests.bench --row 4 --row 5`."""

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from doorbell_cli.stack.environment import project_root
from tests.bench import line as lines_of
from tests.bench.chart import draw
from tests.bench.deployed import as_built
from tests.bench.line import Line

ROWS = {
    1: "ingest_warm",
    2: "ingest_cold",
    3: "dispatcher",
    4: "verify",
    5: "fan_out",
    6: "sweeper",
    7: "calls",
    8: "local_stack",
    9: "memory",
    10: "neighbours",
    12: "one_of_many",
    13: "in_flight",
    14: "console",
    15: "targets",
}

PACKAGES = project_root() / ".bench" / "packages"
"""What requirements/bench.txt names: the chart's library, the providers' SDKs."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument(
        "--row", type=int, choices=ROWS, action="append", help="only this one; may be repeated"
    )
    parser.add_argument("--out", type=Path, default=project_root() / ".bench", help="folder for JSON and PNG")
    parser.add_argument(
        "--baseline", type=Path, help="folder of another build (.aws-sam/local/…): the same rows of it beside"
    )
    arguments = parser.parse_args()
    sys.path.append(str(PACKAGES))
    broken: list[int] = []
    lines = list(_measured(arguments.row or list(ROWS), broken))
    if arguments.baseline:
        with as_built(arguments.baseline):
            lines = lines_of.beside(lines, list(_measured(arguments.row or list(ROWS), broken)))
    _print(lines)
    arguments.out.mkdir(exist_ok=True)
    document = {"machine": _machine(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    (arguments.out / "bench.json").write_text(
        json.dumps({**document, "lines": [line.document() for line in lines]}, indent=1) + "\n"
    )
    draw(lines, arguments.out / "bench.png")
    print(f"written: {arguments.out}/bench.json, {arguments.out}/bench.png")
    for row in broken:
        print(f"row {row} ({ROWS[row]}) could not be measured: see above", file=sys.stderr)
    return 1 if broken else 0


def _measured(rows: list[int], broken: list[int]) -> Iterator[Line]:
    """A row that fails takes none of the others with it: it is told, and is one of the `broken`."""
    for row in rows:
        began = time.monotonic()
        try:
            yield from importlib.import_module(f"tests.bench.{ROWS[row]}").lines()
        except Exception:
            traceback.print_exc()
            broken.append(row)
            continue
        print(f"row {row} ({ROWS[row]}): {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _print(lines: list[Line]) -> None:
    table = Table("#", "what", "against", "ratio", "goal", "", "of the baseline")
    for line in lines:
        met = {None: "", True: "met", False: "NOT MET"}[line.met]
        beside = "" if line.of_baseline is None else f"{line.of_baseline:.2f}"
        table.add_row(line.row, line.what, line.against, f"{line.ratio:.2f}", line.goal_text, met, beside)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _machine() -> dict[str, str | int]:
    return {"processor": _processor(), "cores": os.cpu_count() or 0, "python": platform.python_version()}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return names[0].partition(":")[2].strip() if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())

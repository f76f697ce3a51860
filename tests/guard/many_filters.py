"""What an event costs whose tenant has a thousand subscriptions, each with a filter of its own, in
instructions for each of them: where they are filed by their account, and of four kinds that are not filed.
All are met for the first time.

    PYTHONPATH=layers/core:cli:. .venv/bin/python -m tests.guard.many_filters [FOLDER of another build]

It needs Valgrind, and takes some minutes.
"""

import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.bench.deployed import as_built, environ
from tests.bench.stub_aws import stub_aws
from tests.guard.counting import cost
from tests.guard.inside.stages import FEW

MANY = 1000
KINDS = {"accounts": "each filters an account of its own", "others": "each has another filter of its own"}


def instructions(kind: str, folder: Path) -> float:
    """For each of `MANY`."""
    with stub_aws("tests.bench.one_of_many_answers") as aws:
        env = environ("FanoutFunction", aws, TENANTS=f"{kind}-{MANY}")
        return cost("fanout_of_many", env, folder, FEW).request / MANY


def main() -> None:
    with as_built(Path(sys.argv[1])) if len(sys.argv) > 1 else nullcontext():
        for kind, meant in KINDS.items():
            with tempfile.TemporaryDirectory(prefix="doorbell-guard-") as folder:
                (inside := Path(folder, kind)).mkdir()
                print(f"{meant}: {instructions(kind, inside):,.0f}", flush=True)


if __name__ == "__main__":
    main()

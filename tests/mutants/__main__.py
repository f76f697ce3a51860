"""`make mutants`: one-line bugs, drawn by a seed over all rooms, and whether unit, integration and template
tests notice each; of use cases and domain, whether the simulation does.

A run is about one state of the code: a copy of the tree as it was when the run began, in .mutants/<seed>.
Stopped, it goes on where it was. `--report` tells what came of it so far.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Protocol

from tests.mutants.bug import Bug
from tests.mutants.covering import covering
from tests.mutants.drawing import draw
from tests.mutants.rooms import files_of
from tests.mutants.runs import Record, go_on
from tests.mutants.scores import survivors, table
from tests.mutants.template_places import Template
from tests.mutants.trials import MOST_SECONDS, Copy, Judge

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".mutants"
PACKAGES = HOME / "packages"
"""What requirements/mutants.txt names."""
SUITES = ("tests/unit", "tests/integration", "tests/template")


class Places(Protocol):
    def bug(self, line: int, chance: Random) -> Bug | None: ...


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which bugs are drawn (default 1)")
    parser.add_argument("--count", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--minutes", type=float, default=None, help="stop after so many")
    parser.add_argument("--processes", type=int, default=2, help="side by side (default 2)")
    parser.add_argument(
        "--seconds",
        type=float,
        default=MOST_SECONDS,
        help="of tests about each (default 40). Who survived fewer is tried again when a later run has more",
    )
    parser.add_argument("--report", action="store_true", help="only tell what came of it so far")
    given = parser.parse_args()
    sys.path.append(str(PACKAGES))
    home = HOME / str(given.seed)
    record = Record(home / "tried.jsonl")
    if not given.report:
        begun(home, given.processes)
        bugs = islice(drawn(home, given.seed), given.count)
        end = time.monotonic() + 60 * (given.minutes or 1e6)
        run(home, bugs, record, given.processes, given.seconds, end)
    print(survivors(record, home / "tree"))
    print(table(record))
    return 0


def begun(home: Path, processes: int) -> None:
    """The copy of the tree, and which test runs which line of it."""
    tree, coverage = home / "tree", home / "coverage"
    if not tree.exists():
        names = subprocess.check_output(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True
        )
        for name in filter(None, names.split("\0")):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    if not (home / "durations.xml").exists():
        print("All tests run once: which runs what", flush=True)
        code = "import sys, pytest; sys.path.append(sys.argv.pop(1)); sys.exit(pytest.main(sys.argv[1:]))"
        (home / "coveragerc").write_text(
            "[run]\nsource =\n  layers/core/doorbell\n  cli/doorbell_cli\n  functions\n"
            f"data_file = {coverage}\ncore = ctrace\nrelative_files = true\n"
        )
        options = ["--cov", f"--cov-config={home / 'coveragerc'}", "--cov-context=test", "--cov-report="]
        options += ["-q", "-n", str(processes), "--dist", "loadfile", "-p", "no:cacheprovider"]
        subprocess.run(
            [
                sys.executable,
                "-c",
                code,
                str(PACKAGES),
                *SUITES,
                *options,
                f"--junitxml={home / 'durations.xml'}",
            ],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(("layers/core", "cli", "."))},
            check=False,
        )


def drawn(home: Path, seed: int) -> Iterator[Bug]:
    """What a line was found to have is kept: a run that goes on need not look at it again."""
    tree, kept = home / "tree", home / "lines.jsonl"
    known = {}
    for text in kept.read_text().splitlines() if kept.exists() else ():
        path, line, bug = json.loads(text)
        known[path, line] = bug

    def bug_on(room: str, path: str, line: int, chance: Random) -> Bug | None:
        if (path, line) not in known:
            found = places(tree, room, path).bug(line, chance)
            known[path, line] = asdict(found) if found else None
            with kept.open("a") as file:
                file.write(json.dumps([path, line, known[path, line]]) + "\n")
        bug = known[path, line]
        return Bug(**bug) if bug else None

    def lines(path: str) -> int:
        return len((tree / path).read_text().splitlines())

    rooms = {room: {path: lines(path) for path in paths} for room, paths in files_of(tree).items()}
    return draw(rooms, bug_on, seed)


@lru_cache(maxsize=64)
def places(tree: Path, room: str, path: str) -> Places:
    from tests.mutants.python_places import Source

    text = (tree / path).read_text()
    return Template(room, path, text) if path.endswith(".yaml") else Source(room, path, text)


def run(home: Path, bugs: Iterator[Bug], record: Record, processes: int, seconds: float, end: float) -> None:
    paths = [path for found in files_of(home / "tree").values() for path in found]
    known = covering(home / "tree", home / "coverage", home / "durations.xml", paths)
    record.mend()
    with ExitStack() as stack:
        copies = [
            stack.enter_context(Copy(home / "tree", home / f"copy-{number}")) for number in range(processes)
        ]
        judges = [Judge(copy, known, seconds) for copy in copies]
        go_on(bugs, record, judges, lambda: time.monotonic() < end, seconds)


if __name__ == "__main__":
    raise SystemExit(main())

"""A run: one state of the code, the bugs that were drawn, and what became of each so far. It goes on where it
was left."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from tests.mutants.bug import Bug
from tests.mutants.trials import MOST_SECONDS, Verdict

type Judge = Callable[[Bug], Verdict]


@dataclass(frozen=True)
class Tried:
    bug: Bug
    verdict: Verdict


class Record:
    """A file with a line for each bug that was tried; one that was cut off counts as not tried. Of a bug that
    was tried again the last line holds."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()

    def __iter__(self) -> Iterator[Tried]:
        text = self._path.read_text() if self._path.exists() else ""
        found = {}
        for line in text.splitlines(keepends=True):
            if line.endswith("}\n"):
                told = json.loads(line)
                bug = Bug(**told["bug"])
                found[bug.name] = Tried(bug, Verdict(**told["verdict"]))
        yield from found.values()

    def add(self, tried: Tried) -> None:
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps({"bug": asdict(tried.bug), "verdict": asdict(tried.verdict)}) + "\n")

    def mend(self) -> None:
        """Without what was cut off in the middle."""
        whole = list(self)
        self._path.unlink(missing_ok=True)
        for tried in whole:
            self.add(tried)


def _tells(verdict: Verdict, seconds: float) -> bool:
    return verdict.noticed is not False or verdict.seconds >= seconds


def go_on(
    bugs: Iterator[Bug],
    record: Record,
    judges: Sequence[Judge],
    goes_on: Callable[[], bool],
    seconds: float = MOST_SECONDS,
) -> None:
    """Try those that were not tried yet, or survived fewer seconds, in their order, one with each judge at a
    time, while `goes_on`."""
    done, drawing = {tried.bug.name for tried in record if _tells(tried.verdict, seconds)}, Lock()

    def following() -> Bug | None:
        with drawing:
            return next((bug for bug in bugs if bug.name not in done), None)

    def work(judge: Judge) -> None:
        while goes_on() and (bug := following()) is not None:
            record.add(Tried(bug, judge(bug)))

    with ThreadPoolExecutor(len(judges)) as pool:
        list(pool.map(work, judges))

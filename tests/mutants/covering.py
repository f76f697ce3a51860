"""Which tests are asked about a line: those that ran it, those that run the least besides it first."""

import re
import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

TEMPLATE_TESTS = (
    "tests/template/",
    "tests/integration/test_functions_as_deployed",
    "tests/integration/test_roles",
)
LOADING_SECONDS, SHARED_SECONDS = 0.3, 40.0


class Covering:
    """`ran[path][line]` are the tests that ran it, `seconds[test]` how long each took; a test that failed
    when nothing was wrong is in neither. `names[path]` are tests of files that speak of the module."""

    def __init__(
        self,
        ran: Mapping[str, Mapping[int, set[str]]],
        seconds: Mapping[str, float],
        names: Mapping[str, set[str]],
    ) -> None:
        self._ran, self._seconds, self._names = ran, seconds, names
        breadth: Counter[str] = Counter()
        for lines in ran.values():
            for tests in lines.values():
                breadth.update(tests)
        self._breadth = breadth
        self._longest: dict[str, str] = {}
        for test in sorted(seconds, key=seconds.__getitem__):
            self._longest[test.partition("::")[0]] = test

    def ran(self, path: str, line: int) -> bool:
        return bool(self._ran.get(path, {}).get(line))

    def tests(self, path: str, line: int) -> list[str]:
        """Those that ran the line, or its file where none ran the line by itself; then those that name the
        file, and the unit tests of its room: what runs at import is on record for the first to import it."""
        if path == "template.yaml":
            return self._sorted({test for test in self._seconds if test.startswith(TEMPLATE_TESTS)})
        lines = self._ran.get(path, {})
        ran = set(lines.get(line, ())) or set().union(*lines.values())
        return self._sorted(ran) + self._sorted(
            (self._names.get(path, set()) | self._of_the_room(path)) - ran
        )

    def _sorted(self, tests: set[str]) -> list[str]:
        """Those first that run the least besides."""
        kept = (test for test in tests if test in self._seconds)
        return sorted(kept, key=lambda test: (self._breadth[test], self._seconds[test], test))

    def _of_the_room(self, path: str) -> set[str]:
        rooms = set(path.split("/")) - {"doorbell"}
        return {
            test for test in self._seconds if test.startswith("tests/unit/") and test.split("/")[2] in rooms
        }

    def seconds(self, tests: Iterable[str]) -> float:
        """What the tests of a file share is on record for the first that ran. Whoever is asked without that
        one has to make it, so the longest of each file counts too."""
        asked = set(tests)
        asked |= {
            self._longest[file] for file in {test.partition("::")[0] for test in asked} & set(self._longest)
        }
        return sum(self._seconds.get(test, 0.0) for test in asked)

    def within(self, tests: Sequence[str], seconds: float) -> list[str]:
        """The first of them that take no longer together; the very first, which tells most, in any case. One
        that takes too long by itself keeps no other from being asked, but for those of a file that makes
        what takes `SHARED_SECONDS`: each may have to make it."""
        long = {file for file, test in self._longest.items() if self._seconds[test] > SHARED_SECONDS}
        chosen = [*tests[:1]]
        seconds -= sum(self._seconds[test] for test in chosen)
        for test in tests[1:]:
            if self._seconds[test] <= seconds and test.partition("::")[0] not in long:
                seconds -= self._seconds[test]
                chosen.append(test)
        return chosen

    def parts(self, tests: Iterable[str], ends: Sequence[float]) -> list[list[str]]:
        """The same tests in their order, the next part where they took so many seconds; to load a file takes
        time too. Nearly every bug that is noticed is noticed by the first few."""
        parts: list[list[str]] = [[] for _ in (*ends, None)]
        passed, files = 0.0, set[str]()
        for test in tests:
            file = test.partition("::")[0]
            passed += self._seconds[test] + (0 if file in files else LOADING_SECONDS)
            files.add(file)
            parts[bisect_left(ends, passed)].append(test)
        return [part for part in parts if part]


def covering(tree: Path, coverage: Path, durations: Path, paths: Iterable[str]) -> Covering:
    """Of a run of all tests in `tree`, as pytest-cov (`--cov-context=test`) and `--junitxml` left it."""
    seconds = _seconds(tree, durations)
    ran = _ran(coverage, set(seconds))
    return Covering(ran, seconds, _speaking(tree, seconds, ran, list(paths)))


def _seconds(tree: Path, durations: Path) -> dict[str, float]:
    """Of those that passed. JUnit's names are those of pytest with dots for slashes."""
    found = {}
    for case in ElementTree.parse(durations).iter("testcase"):
        if not any(child.tag in ("failure", "error", "skipped") for child in case):
            found[_node_id(tree, case.attrib["classname"], case.attrib["name"])] = float(case.attrib["time"])
    return found


def _node_id(tree: Path, classname: str, name: str) -> str:
    parts = classname.split(".")
    for end in range(len(parts), 0, -1):
        path = "/".join(parts[:end]) + ".py"
        if (tree / path).is_file():
            return "::".join((path, *parts[end:], name))
    raise LookupError(classname)


def _ran(coverage: Path, known: set[str]) -> dict[str, dict[int, set[str]]]:
    from coverage.numbits import numbits_to_nums

    ran: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = """SELECT file.path, context.context, line_bits.numbits FROM line_bits
              JOIN file ON file.id = line_bits.file_id JOIN context ON context.id = line_bits.context_id"""
    with closing(sqlite3.connect(coverage)) as base:
        for path, context, bits in base.execute(rows):
            test = re.sub(r"\|(setup|run|teardown)$", "", context)
            if test in known:
                for line in numbits_to_nums(bits):
                    ran[path][line].add(test)
    return ran


def _speaking(
    tree: Path, tests: Iterable[str], ran: Mapping[str, Mapping[int, set[str]]], paths: Sequence[str]
) -> dict[str, set[str]]:
    """Tests whose file names the module; where none does, those that run a module that does."""
    of_test_files: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        of_test_files[test.partition("::")[0]].add(test)
    by_tests = _by_module(tree, of_test_files)
    by_users = _by_module(tree, {path: set().union(*ran[path].values()) for path in paths if path in ran})
    return {path: by_tests[_module(path)] or by_users[_module(path)] for path in paths}


def _by_module(tree: Path, files: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Of each module the tests of the files that name it."""
    found: dict[str, set[str]] = defaultdict(set)
    for file, tests in files.items():
        for module in _named_in((tree / file).read_text()):
            found[module] |= tests
    return found


def _named_in(text: str) -> set[str]:
    imports = re.findall(r"from (doorbell[\w.]*) import ([\w, ]+)", text)
    below = {
        f"{room}.{name.split()[0]}" for room, names in imports for name in names.split(",") if name.strip()
    }
    return below | set(re.findall(r"\bdoorbell(?:_cli)?(?:\.\w+)+", text))


def _module(path: str) -> str:
    return re.sub(r"^(layers/core|cli)/|(/__init__)?\.py$", "", path).replace("/", ".")

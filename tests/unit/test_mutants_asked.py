"""`make mutants`: which tests are asked about a bug, and what counts as noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.bug import Bug
from tests.mutants.covering import Covering
from tests.mutants.trials import Copy, Judge


def test_tests_that_ran_the_line_are_asked_those_that_run_least_besides_first() -> None:
    """Then those that speak of its file, and those of its room; none that failed without any bug."""
    ran = {"a.py": {1: {"broad", "narrow", "fails"}, 2: {"broad"}}, "b.py": {1: {"broad"}}}
    known = Covering(ran, {"broad": 1.0, "narrow": 9.0, "speaks": 0.1}, {"a.py": {"speaks"}})
    assert known.tests("a.py", 1) == ["narrow", "broad", "speaks"]
    assert known.tests("a.py", 2) == ["broad", "speaks"]
    assert known.tests("a.py", 3) == ["narrow", "broad", "speaks"], "that ran its file"
    assert known.within(["narrow", "broad", "speaks"], seconds=10) == ["narrow", "broad"]
    assert known.within(["broad", "narrow", "speaks"], seconds=3) == ["broad", "speaks"], "though one is long"
    assert known.within(["narrow", "broad"], seconds=3) == ["narrow"], "that tells most"
    of_room = Covering({}, {"tests/unit/store/t.py::a": 1.0, "tests/unit/cli/t.py::b": 1.0}, {})
    assert of_room.tests("layers/core/doorbell/store/events/c.py", 1) == ["tests/unit/store/t.py::a"]
    assert (known.ran("a.py", 2), known.ran("a.py", 3)) == (True, False)


def test_those_that_share_what_takes_too_long_are_not_asked_as_each_might_have_to_make_it() -> None:
    """But for the first, which tells most."""
    known = Covering({}, {"a.py::makes_it": 100.0, "a.py::uses_it": 0.1, "b.py::other": 2.0}, {})
    assert known.within(["b.py::other", "a.py::uses_it"], seconds=200) == ["b.py::other"]
    assert known.within(["a.py::uses_it", "b.py::other"], seconds=200) == ["a.py::uses_it", "b.py::other"]


def test_the_first_are_asked_alone_as_nearly_every_bug_is_noticed_by_them() -> None:
    """What one file more costs counts: it is loaded."""
    seconds = {"a::1": 0.1, "a::2": 0.1, "b::1": 0.1, "c::1": 3.0, "a::3": 0.1, "c::2": 30.0}
    parts = Covering({}, seconds, {}).parts(seconds, (1.0, 10.0))
    assert parts == [["a::1", "a::2", "b::1"], ["c::1", "a::3"], ["c::2"]]
    assert Covering({}, seconds, {}).parts(["c::2"], (1.0, 10.0)) == [["c::2"]]


def test_tests_have_time_for_what_they_share_with_one_that_is_not_asked() -> None:
    """It was made for that one when all ran, and is made for them now."""
    known = Covering({}, {"a.py::makes_it": 100.0, "a.py::uses_it": 0.1, "b.py::other": 2.0}, {})
    assert known.seconds(["a.py::uses_it", "b.py::other"]) == pytest.approx(102.1)
    assert known.seconds(["a.py::makes_it", "a.py::uses_it"]) == pytest.approx(100.1)
    assert known.seconds(["c.py::unknown"]) == 0


class Tree(Copy):
    """In which tests notice what they are said to; `fail` fail without any bug."""

    def __init__(self, notice: set[str], fail: set[str]) -> None:
        self.notice, self.fail, self.is_spoilt = notice, fail, False

    @contextmanager
    def spoilt(self, bug: Bug) -> Iterator[None]:
        self.is_spoilt = True
        yield
        self.is_spoilt = False

    def ask(self, seconds: float, **asked: Any) -> dict[str, Any]:
        found = [
            test for test in asked["tests"] if test in self.fail or (self.is_spoilt and test in self.notice)
        ]
        return {"verdict": "failed" if found else "passed", "by": next(iter(found), None)}


@pytest.mark.parametrize(("notice", "noticed"), [({"t::c"}, True), (set[str](), False)])
def test_a_test_that_fails_without_the_bug_too_has_noticed_nothing(notice: set[str], noticed: bool) -> None:
    known = Covering({"a.py": {1: {"t::a", "t::b", "t::c"}}}, {"t::a": 1, "t::b": 1, "t::c": 1}, {})
    judge = Judge(Tree(notice, {"t::a", "t::b"}), known)
    verdict = judge(Bug("store", "a.py", 1, 0, 1, "x"))
    assert (verdict.noticed, verdict.by) == (noticed, "t::c" if noticed else None)


PLACE = "layers/core/doorbell/waits.py"
SOUND = """def after(attempt: int) -> int:
    waited = 0
    while waited < attempt:
        waited += 1
    return waited
"""
TEST = """from doorbell.waits import after

def test_it_is_loaded_anew_each_time() -> None:
    assert after(3) == 3
"""


def test_a_trial_knows_a_bug_that_is_noticed_one_that_is_not_and_one_that_never_ends(tmp_path: Path) -> None:
    package = "layers/core/doorbell/__init__.py"
    files = {package: "", PLACE: SOUND, "tests/test_waits.py": TEST, "pytest.ini": "[pytest]\n"}
    for name, text in files.items():
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text(text)
    asked = ["tests/test_waits.py::test_it_is_loaded_anew_each_time"]
    with Copy(tmp_path / "tree", tmp_path / "copy") as copy:

        def told(before: str, after: str) -> str:
            with copy.spoilt(Bug.between("domain", PLACE, 1, SOUND, SOUND.replace(before, after))):
                verdict: str = copy.ask(3, tests=asked)["verdict"]
            return verdict

        assert told("waited < attempt", "waited <= attempt") == "failed"
        assert told("waited < attempt", "waited != attempt") == "passed"
        assert told("waited += 1", "waited += 0") == "timeout"
        assert copy.ask(3, tests=asked) == {"verdict": "passed", "by": None}

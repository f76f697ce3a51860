"""`make mutants`: which bugs are drawn, which tests are asked, and that a run goes on where it was left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mutants.bug import Bug
from tests.mutants.drawing import draw
from tests.mutants.prose import is_prose
from tests.mutants.rooms import files_of
from tests.mutants.runs import Record, go_on
from tests.mutants.scores import survivors, table
from tests.mutants.template_places import Template
from tests.mutants.trials import Copy, Verdict

ROOT = Path(__file__).parents[2]
ROOMS = {"domain": {"a.py": 40, "b.py": 4}, "store": {"c.py": 60}, "functions": {"d.py": 3}}
NOTICED = Verdict(True, "tests/t.py::test_it", 3)


def bug_on(room: str, path: str, line: int, chance: Random) -> Bug | None:
    """Each line can be spoilt in three ways, but for every fifth."""
    return Bug(room, path, line, line, line + 1, chance.choice("abc")) if line % 5 else None


def test_a_seed_draws_the_same_bugs_again_and_another_seed_draws_others() -> None:
    drawn = list(draw(ROOMS, bug_on, seed=7))
    assert drawn == list(draw(ROOMS, bug_on, seed=7))
    other = list(draw(ROOMS, bug_on, seed=8))
    assert [bug.line for bug in drawn[:20]] != [bug.line for bug in other[:20]]


def test_each_room_has_its_turn_until_it_has_no_more() -> None:
    drawn = [bug.room for bug in draw(ROOMS, bug_on, seed=7)]
    assert Counter(drawn) == {"domain": 36, "store": 48, "functions": 3}
    assert drawn[:9] == ["domain", "store", "functions"] * 3


def test_every_module_and_the_template_can_have_a_bug_and_no_test_can() -> None:
    found = [path for paths in files_of(ROOT).values() for path in paths]
    sources = {
        str(path.relative_to(ROOT))
        for name in ("layers", "cli", "functions")
        for path in (ROOT / name).rglob("*.py")
    }
    assert sorted(found) == sorted({*sources, "template.yaml"})


@given(sound=st.text("ab\n", max_size=12), spoilt=st.text("ab\n", max_size=12))
def test_a_bug_makes_of_the_one_text_the_other(sound: str, spoilt: str) -> None:
    assert Bug.between("domain", "a.py", 1, sound, spoilt).put_into(sound) == spoilt


def test_a_bug_of_the_template_changes_a_line_that_says_something() -> None:
    text = (ROOT / "template.yaml").read_text()
    template = Template("template", "template.yaml", text)
    drawn = [template.bug(line, Random(line)) for line in range(1, 600, 40)]
    found = [bug for bug in drawn if bug is not None]
    assert found
    for bug in found:
        assert bug.put_into(text) != text
        assert not text.splitlines()[bug.line - 1].strip().startswith("#")


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Settings, Webhooks: Doorbell's URL; copy the secret.", True),
        ("ours, 300 s both ways: the sender names none", True),
        ("its name", False),
        ("headers_too_large", False),
        ("tenant_day = :day AND created_at BETWEEN :since AND :until", False),
        ("attribute_exists(sk) AND #state = :pending", False),
        ("SET lease_id = :id, lease_until = :until", False),
        (r"^(\d+) of them (\d+)$", False),
        ('{"status": "accepted", "all": true, "of": 1}', False),
    ],
)
def test_what_only_people_read_is_not_put_in_capitals_as_that_is_no_bug(text: str, prose: bool) -> None:
    assert is_prose(text) is prose


def test_a_run_goes_on_where_it_was_left_also_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path, bugs, tried = tmp_path / "tried.jsonl", list(draw(ROOMS, bug_on, seed=1))[:6], list[Bug]()

    def judge(bug: Bug) -> Verdict:
        tried.append(bug)
        return NOTICED

    go_on(iter(bugs), Record(path), [judge], lambda: len(tried) < 4)
    assert tried == bugs[:4]
    path.write_text(path.read_text()[:-9])
    record = Record(path)
    record.mend()
    go_on(iter(bugs), record, [judge], lambda: True)
    assert tried == [*bugs[:4], *bugs[3:]]
    assert [one.bug for one in Record(path)] == bugs


def test_who_survived_a_few_seconds_of_tests_is_asked_about_again_where_there_are_more(
    tmp_path: Path,
) -> None:
    record, bugs, asked = Record(tmp_path / "tried.jsonl"), list(draw(ROOMS, bug_on, seed=1))[:3], list[Bug]()

    def judge(seconds: float) -> Callable[[Bug], Verdict]:
        def judged(bug: Bug) -> Verdict:
            asked.append(bug)
            return Verdict(bug == bugs[0] or seconds > 3, None, 1, seconds=seconds)

        return judged

    for seconds in (3.0, 3.0, 40.0, 3.0):
        go_on(iter(bugs), record, [judge(seconds)], lambda: True, seconds)
    assert asked == [*bugs, *bugs[1:]]
    assert [(one.bug, one.verdict.seconds) for one in record] == list(zip(bugs, (3, 40, 40), strict=True))
    assert all(one.verdict.noticed for one in record)


def test_the_sound_file_is_back_whatever_became_of_the_trial(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("limit = 1\n")
    copy, bug = Copy(tmp_path, tmp_path), Bug("domain", "a.py", 1, 8, 9, "2")
    before = path.stat().st_mtime_ns

    def fails(seen: list[str]) -> None:
        with copy.spoilt(bug):
            seen.append(path.read_text())
            raise RuntimeError

    seen = list[str]()
    with pytest.raises(RuntimeError):
        fails(seen)
    assert (seen, path.read_text(), path.stat().st_mtime_ns) == (["limit = 2\n"], "limit = 1\n", before)


def test_the_score_counts_each_room_and_survivors_are_shown_as_they_were_spoilt(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("limit = 1\n")
    verdicts = (
        NOTICED,
        Verdict(False, None, 5, left=2),
        Verdict(None, None, 1),
        Verdict(True, "simulation 3: lost", 2),
    )
    bugs = [Bug("domain", "a.py", 1, 8, 9, str(number)) for number in range(2, 6)]
    record = Record(tmp_path / "tried.jsonl")
    go_on(iter(bugs), record, [lambda bug: verdicts[int(bug.text) - 2]], lambda: True)
    row = "| {} | 4 | 1 | 1 | 1 | 1 | 4 |"
    assert table(record).splitlines()[2:] == [row.format(name) for name in ("domain", "all")]
    assert survivors(record, tmp_path) == "a.py:1 (5 tests, 2 more not asked)\n-limit = 1\n+limit = 3\n"

"""Globs: what they match, and at what cost."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.globs import compiled, fits

LETTERS = st.sampled_from("ab-]![?c^.*")
CLASSES = st.tuples(
    st.sampled_from(("", "!")),
    st.lists(st.sampled_from(("a", "b", "^", "!", "a-c", "-", "b-b")), min_size=1, max_size=3),
).map(lambda given: f"[{given[0]}{''.join(given[1])}]")
GLOBS = st.lists(LETTERS | CLASSES, max_size=8).map("".join)


def runs_backward(glob: str) -> bool:
    """Whether there may be a range whose end is before its beginning, in which the two differ."""
    ranges = zip(glob, glob[1:], glob[2:], strict=False)
    return any(dash == "-" and last < first for first, dash, last in ranges)


@given(GLOBS.filter(lambda glob: not runs_backward(glob)), st.text("ab-]![c^.", max_size=7))
def test_a_glob_matches_what_the_standard_library_takes_it_to_match(glob: str, text: str) -> None:
    assert fits(text, glob) is fnmatchcase(text, glob)


@given(
    pieces=st.lists(st.sampled_from(["?", "*", "[ab]", "[!a]", "a", "b"]), max_size=8),
    other=st.sampled_from(["a", "b", "c"]),
)
def test_a_glob_fits_what_is_written_by_it(pieces: list[str], other: str) -> None:
    """Most texts that are drawn by themselves fit no glob of several pieces."""
    by = {"?": other, "*": other * 2, "[ab]": "b", "[!a]": "c"}
    text = "".join(by.get(piece, piece) for piece in pieces)
    assert fits(text, "".join(pieces))


@pytest.mark.parametrize(("glob", "text"), [("*[c-a]*", "b"), ("[c-a!b]", "x"), ("[c-a!b]", "c")])
def test_a_range_that_runs_backward_holds_nothing(glob: str, text: str) -> None:
    assert not fits(text, glob)


class Counted(str):
    """A text that counts how often somebody goes on to its next character."""

    steps = 0

    def __iter__(self):  # type: ignore[no-untyped-def]
        for character in str.__iter__(self):
            self.steps += 1
            yield character


@pytest.mark.parametrize(
    "glob", ["*a" * 60 + "*b", "*?" * 100 + "b", "*[ab]*[!c]" * 20 + "b", "*" * 200 + "b"]
)
def test_a_glob_takes_one_step_for_each_character_whatever_it_is(glob: str) -> None:
    text = Counted("a" * 200)
    assert not fits(text, glob)
    assert text.steps == len(text)


def test_a_glob_is_compiled_once() -> None:
    assert compiled("inv*.paid") is compiled("inv*.paid")


def test_a_glob_of_nothing_but_a_class_is_a_glob() -> None:
    assert fits("ab", "a[bc]")
    assert not fits("a[bc]", "a[bc]")

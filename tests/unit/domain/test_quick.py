"""Quick classes are what dataclasses are that are frozen, but sooner made."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest

from doorbell.domain.quick import changed, quick


@dataclass(frozen=True, slots=True)
class Plain:
    name: str
    size: int
    parts: tuple[str, ...] = ()
    bag: list[int] = field(default_factory=list)


@quick
class Quick:
    name: str
    size: int
    parts: tuple[str, ...] = ()
    bag: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir(Quick):
    key: str
    more: int = 3


GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a", 1), {}),
    (("a",), {"size": 1}),
    ((), {"bag": [1], "size": 2, "name": "b"}),
    (("a", 1, ("c",), [2]), {}),
]


@pytest.mark.parametrize(("by_place", "by_name"), GIVEN)
def test_it_has_the_values_of_a_plain_one(by_place: tuple[Any, ...], by_name: dict[str, Any]) -> None:
    made, plain = Quick(*by_place, **by_name), Plain(*by_place, **by_name)
    assert asdict(made) == asdict(plain)
    assert repr(made) == repr(plain).replace("Plain", "Quick")
    assert type(made) is Quick


@pytest.mark.parametrize(
    ("by_place", "by_name"),
    [(("a",), {}), ((), {}), (("a", 1, (), [], 5), {}), (("a", 1), {"other": 1}), (("a", 1), {"name": "b"})],
)
def test_it_is_not_made_of_what_makes_no_plain_one(
    by_place: tuple[Any, ...], by_name: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Plain(*by_place, **by_name)
    with pytest.raises(TypeError, match="__init__"):
        Quick(*by_place, **by_name)


@pytest.mark.parametrize("made", [Quick("a", 1), Heir("a", 1, key="k"), changed(Quick("a", 1), size=2)])
def test_nothing_of_it_is_set_or_taken_away_afterwards(made: Quick) -> None:
    for one in fields(made):
        with pytest.raises(FrozenInstanceError):
            setattr(made, one.name, None)
        with pytest.raises(FrozenInstanceError):
            delattr(made, one.name)
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        made.other = 1  # type: ignore[attr-defined]


def test_what_each_has_of_its_own_is_made_for_each() -> None:
    assert Quick("a", 1).bag is not Quick("a", 1).bag


def test_it_is_equal_copied_and_kept_as_a_plain_one_is() -> None:
    made = Quick("a", 1, ("b",))
    assert made == Quick("a", 1, ("b",))
    assert made != Quick("a", 2, ("b",))
    assert copy.copy(made) == pickle.loads(pickle.dumps(made)) == made
    assert replace(made, size=2) == Quick("a", 2, ("b",))
    assert [str(one) for one in inspect.signature(Quick).parameters] == ["name", "size", "parts", "bag"]


def test_an_heir_that_is_a_dataclass_has_its_own_fields() -> None:
    made = Heir("a", 1, key="k")
    assert (made.name, made.key, made.more, type(made)) == ("a", "k", 3, Heir)
    assert replace(made, more=4) == Heir("a", 1, key="k", more=4)
    with pytest.raises(TypeError):
        Heir("a", 1, (), [], "k")  # type: ignore[call-arg]


def test_changed_is_replace() -> None:
    made = Quick("a", 1, ("b",), [1])
    assert changed(made, size=2, parts=()) == replace(made, size=2, parts=())
    assert changed(made) == made
    assert made == Quick("a", 1, ("b",), [1]), "the one before stays as it was"
    with pytest.raises(TypeError, match="'other'"):
        changed(made, other=1)


def test_what_does_more_than_set_its_fields_is_refused() -> None:
    class Checked:
        name: str

        def __post_init__(self) -> None:
            raise ValueError

    with pytest.raises(TypeError, match="Checked"):
        quick(Checked)

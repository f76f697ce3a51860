"""Items by their keys, however little DynamoDB gets to in a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.batch_get import TRIES
from doorbell.store.dynamodb.tables import marshal


class Table:
    """Gets to `each[n]` of the keys in call n; afterwards to all."""

    def __init__(self, each: Sequence[int]) -> None:
        self.each, self.asked = list(each), list[int]()

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        (asked,) = RequestItems.values()
        keys = asked["Keys"]
        self.asked.append(len(keys))
        most = self.each.pop(0) if self.each else len(keys)
        left = {"t": {**asked, "Keys": keys[most:]}} if keys[most:] else {}
        there = [key for key in keys[:most] if key["id"]["S"] != "gone"]
        return {"Responses": {"t": there}, "UnprocessedKeys": left}


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses = list[float]()
    monkeypatch.setattr("doorbell.store.dynamodb.batch_get.time.sleep", pauses.append)
    return pauses


def read(table: Table, *names: str) -> set[str]:
    return {found["id"] for found in batch_get.items(table, "t", [marshal({"id": name}) for name in names])}


def test_what_was_not_got_to_is_asked_for_on_and_on_while_it_becomes_less(paused: list[float]) -> None:
    """Sixteen megabytes are all of an answer: that is no reason to wait. Who is not there is got to, too."""
    names = ["gone", *(f"n{number}" for number in range(TRIES + 3))]
    table = Table([1] * len(names))
    assert read(table, *names) == set(names[1:])
    assert table.asked == list(range(len(names), 0, -1))
    assert paused == []


def test_a_table_without_room_is_left_alone_for_a_while_longer_each_time(paused: list[float]) -> None:
    table = Table([0] * (TRIES - 1))
    assert read(table, "a", "b") == {"a", "b"}
    assert len(paused) == TRIES - 1
    assert paused == sorted(paused)
    assert 0 < paused[0] < paused[-1] < 1


def test_a_table_that_gets_to_nothing_is_an_error_and_not_an_empty_answer(paused: list[float]) -> None:
    table = Table([0] * TRIES)
    with pytest.raises(Unavailable, match="UnprocessedKeys"):
        read(table, "a")
    assert len(table.asked) == TRIES


def test_a_hundred_are_asked_for_in_a_call(paused: list[float]) -> None:
    table = Table([])
    assert len(read(table, *(f"n{number}" for number in range(101)))) == 101
    assert table.asked == [100, 1]

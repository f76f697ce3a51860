"""Writes of several threads in one call: who waits for whom, and that everybody is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from doorbell.store.dynamodb import gathered
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.dynamodb.statements import Done, Statement

FOREVER = 30.0


class Client:
    """Answers every statement with its own text as an item. `sizes` are those of the calls."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.sizes, self.failure = list[int](), failure

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        self.sizes.append(len(Statements))
        if self.failure is not None:
            raise self.failure
        return {"Responses": [{"Item": {"text": {"S": one["Statement"]}}} for one in Statements]}


def named(number: int) -> Statement:
    return f"statement {number}", []


def told(number: int) -> Done:
    return Done(None, {"text": {"S": f"statement {number}"}})


def side_by_side(work: Any, count: int) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nobody goes because of the time. Who would have waited for ever was not told. Set: somebody waits."""
    not_told, waits = list[str](), threading.Event()

    class Patient(threading.Condition):
        def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
            while not predicate():
                waits.set()  # the lock is free no sooner than it does
                if not self.wait(FOREVER):
                    not_told.append(threading.current_thread().name)
                    break
            return predicate()

    monkeypatch.setattr(gathered, "Condition", Patient)
    yield waits
    assert not_told == []


@pytest.mark.usefixtures("patient")
def test_what_all_members_write_goes_in_one_call_and_each_has_its_own_answer() -> None:
    client = Client()
    writes = Gathered(client, 10)
    assert side_by_side(lambda n: writes.execute(named(n)), 10) == [told(n) for n in range(10)]
    assert client.sizes == [10]


@pytest.mark.usefixtures("patient")
def test_nobody_waits_for_a_member_whose_work_has_ended() -> None:
    client = Client()
    writes = Gathered(client, 3)
    come = threading.Barrier(3)

    def work(number: int) -> Done | None:
        with writes.member():
            come.wait()
            return None if number == 2 else writes.execute(named(number))

    assert side_by_side(work, 3) == [told(0), told(1), None]
    assert client.sizes == [2]


def test_who_waits_already_is_told_when_the_last_that_it_waits_for_has_ended(
    patient: threading.Event,
) -> None:
    client = Client()
    writes = Gathered(client, 2)
    with ThreadPoolExecutor(1) as pool, writes.member():
        first = pool.submit(writes.execute, named(0))
        assert patient.wait(FOREVER)
    assert first.result() == told(0)


@pytest.mark.usefixtures("patient")
def test_work_that_comes_when_all_has_ended_is_waited_for_where_it_is_expected() -> None:
    client = Client()
    writes = Gathered(client, 3)

    def work(number: int) -> Done:
        with writes.member():
            return writes.execute(named(number))

    side_by_side(work, 3)
    writes.expect(2)
    assert side_by_side(work, 2) == [told(0), told(1)]
    assert client.sizes == [3, 2]


@pytest.mark.usefixtures("patient")
def test_a_member_that_fails_has_ended_too() -> None:
    client = Client()
    writes = Gathered(client, 3)
    come = threading.Barrier(3)

    def work(number: int) -> Done | None:
        with suppress(ZeroDivisionError), writes.member():
            come.wait()
            return writes.execute(named(1 // number))
        return None

    assert side_by_side(work, 3) == [None, told(1), told(0)]
    assert client.sizes == [2]


def test_who_waits_for_a_slow_member_goes_after_a_while_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "LINGER_SECONDS", 0.5)
    client = Client()
    writes = Gathered(client, 10)
    assert side_by_side(lambda n: writes.execute(named(n)), 2) == [told(0), told(1)]
    assert client.sizes == [2]


@pytest.mark.usefixtures("patient")
def test_a_call_that_fails_answers_everybody() -> None:
    client = Client(ReadTimeoutError(endpoint_url="dynamodb"))
    writes = Gathered(client, 4)
    answers = side_by_side(lambda n: writes.execute(named(n)), 4)
    assert [done.failure for done in answers] == ["ReadTimeoutError"] * 4
    assert [done.is_told for done in answers].count(False) == 1, "it is one failure"


@pytest.mark.usefixtures("patient")
def test_a_bug_in_the_call_is_raised_once_and_leaves_nobody_waiting() -> None:
    writes = Gathered(Client(KeyError("a bug")), 4)

    def work(number: int) -> Done | None:
        try:
            return writes.execute(named(number))
        except KeyError:
            return None

    answers = side_by_side(work, 4)
    assert answers.count(None) == 1
    assert [one for one in answers if one is not None] == [Done("NotSent")] * 3


@pytest.mark.usefixtures("patient")
def test_no_call_has_more_statements_than_dynamodb_takes() -> None:
    client = Client()
    writes = Gathered(client, 50)
    assert side_by_side(lambda n: writes.execute(named(n)), 50) == [told(n) for n in range(50)]
    assert max(client.sizes) <= 25


@pytest.mark.usefixtures("patient")
def test_a_hundred_writes_of_one_moment_are_four_calls_that_are_under_way_at_once() -> None:
    at_once = threading.Barrier(4)

    class Side(Client):
        def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
            at_once.wait(30)
            return super().batch_execute_statement(Statements=Statements)

    client = Side()
    writes = Gathered(client, 100)
    assert side_by_side(lambda n: writes.execute(named(n)), 100) == [told(n) for n in range(100)]
    assert client.sizes == [25] * 4


@pytest.mark.usefixtures("patient")
def test_the_last_few_of_many_wait_for_none_whose_call_is_under_way() -> None:
    """Nor do they come back before: their answer is what the others wait for here."""
    last_were_sent = threading.Event()

    class Slow(Client):
        def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
            if len(Statements) == 25:
                assert last_were_sent.wait(30)
            else:
                last_were_sent.set()
            return super().batch_execute_statement(Statements=Statements)

    client = Slow()
    writes = Gathered(client, 30)
    assert side_by_side(lambda n: writes.execute(named(n)), 30) == [told(n) for n in range(30)]
    assert sorted(client.sizes) == [5, 25]


@pytest.mark.usefixtures("patient")
def test_several_writes_of_a_member_go_with_those_of_others_and_are_told_in_order() -> None:
    client = Client()
    writes = Gathered(client, 4)

    def work(number: int) -> list[Done]:
        return list(writes.execute_all([named(10 * number + n) for n in range(number)]))

    assert side_by_side(work, 4) == [[told(10 * number + n) for n in range(number)] for number in range(4)]
    assert client.sizes == [6]


@pytest.mark.usefixtures("patient")
def test_several_writes_of_a_member_may_end_up_in_two_calls() -> None:
    client = Client()
    writes = Gathered(client, 4)

    def work(number: int) -> list[Done]:
        return list(writes.execute_all([named(10 * number + n) for n in range(10)]))

    assert side_by_side(work, 4) == [[told(10 * number + n) for n in range(10)] for number in range(4)]
    assert client.sizes == [25, 15]


@pytest.mark.usefixtures("patient")
def test_members_gather_again_for_their_next_write() -> None:
    client = Client()
    writes = Gathered(client, 5)

    def work(number: int) -> list[Done]:
        with writes.member():
            return [writes.execute(named(number)), writes.execute(named(number + 10))]

    assert side_by_side(work, 5) == [[told(n), told(n + 10)] for n in range(5)]
    assert client.sizes == [5, 5]

"""Deliveries of one subscription that are sent in the same moment share a call; nobody is left waiting."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from doorbell.domain import company as module
from doorbell.domain.company import Company, Room

PATIENCE_SECONDS = 20.0
WIDE = Room(entries=100, size=10_000)


@dataclass
class Calls:
    """What was carried, in the order of the calls; each thing's answer is its own name."""

    made: list[list[str]] = field(default_factory=list)
    fails: Exception | None = None

    def __call__(self, things: Sequence[str]) -> Sequence[str]:
        self.made.append(list(things))
        if self.fails is not None:
            raise self.fails
        return [f"answer of {thing}" for thing in things]


@pytest.fixture(autouse=True)
def _who_waits_in_vain_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER_SECONDS", PATIENCE_SECONDS)


def side_by_side(work: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each came to, or what it raised."""
    found: dict[str, Any] = {}

    def run(name: str, one: Callable[[], Any]) -> None:
        try:
            found[name] = one()
        except Exception as error:
            found[name] = error

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in work.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS / 2)
    return found


def sharing(
    company: Company, calls: Calls, names: Mapping[str, str], room: Room = WIDE, size: int = 1
) -> dict[str, Callable[[], Any]]:
    """Each name shares under the key of its subscription."""

    def one(name: str, whose: str) -> Callable[[], Any]:
        def work() -> Any:
            with company.member(whose):
                return company.share(whose, name, size, room, calls)

        return work

    return {name: one(name, whose) for name, whose in names.items()}


def test_all_of_a_subscription_go_in_one_call_and_each_gets_its_own_answer() -> None:
    calls, names = Calls(), {f"d{n}": "acme/a" for n in range(10)}
    found = side_by_side(sharing(Company({"acme/a": 10}), calls, names))
    assert [sorted(call) for call in calls.made] == [sorted(names)]
    assert found == {name: f"answer of {name}" for name in names}


def test_two_subscriptions_never_share_a_call() -> None:
    calls, names = Calls(), {"d1": "acme/a", "d2": "acme/b", "d3": "acme/a", "d4": "globex/a"}
    side_by_side(sharing(Company({"acme/a": 2, "acme/b": 1, "globex/a": 1}), calls, names))
    assert sorted(sorted(call) for call in calls.made) == [["d1", "d3"], ["d2"], ["d4"]]


@pytest.mark.parametrize(("count", "sizes"), [(4, [4]), (5, [1, 4]), (9, [1, 4, 4])])
def test_a_call_takes_as_many_as_it_has_room_for_and_the_rest_go_in_another(
    count: int, sizes: list[int]
) -> None:
    calls = Calls()
    work = sharing(Company({"a": count}), calls, {f"d{n}": "a" for n in range(count)}, Room(4, 1000))
    assert len(side_by_side(work)) == count
    assert sorted(len(call) for call in calls.made) == sizes


@pytest.mark.parametrize(("size", "made"), [(250, 1), (251, 2)])
def test_a_call_takes_as_many_bytes_as_it_may_and_not_one_more(size: int, made: int) -> None:
    calls = Calls()
    work = sharing(Company({"a": 4}), calls, {f"d{n}": "a" for n in range(4)}, Room(10, 1000), size)
    assert len(side_by_side(work)) == 4
    assert len(calls.made) == made


def test_nobody_waits_for_a_delivery_that_ended_without_a_send() -> None:
    waits = threading.Event()

    class Told(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.set()
            return super().wait(timeout)

    company = Company({"a": 2}, signal=Told)

    def held_back() -> None:
        assert waits.wait(PATIENCE_SECONDS)
        with company.member("a"):
            pass

    found = side_by_side({**sharing(company, Calls(), {"d1": "a"}), "held": held_back})
    assert found["d1"] == "answer of d1"


def test_a_call_that_is_full_waits_for_nobody_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER_SECONDS", 5 * PATIENCE_SECONDS)
    calls = Calls()
    found = side_by_side(sharing(Company({"a": 9}), calls, {"d1": "a", "d2": "a"}, Room(2, 1000)))
    assert (len(found), len(calls.made)) == (2, 1)


def test_who_comes_too_late_is_not_waited_for_and_goes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER_SECONDS", 0.01)
    company, calls, first_is_sent = Company({"a": 2}), Calls(), threading.Event()
    first = sharing(company, calls, {"d1": "a"})["d1"]
    second = sharing(company, calls, {"d2": "a"})["d2"]

    def late() -> Any:
        assert first_is_sent.wait(PATIENCE_SECONDS)
        return second()

    def early() -> Any:
        answer = first()
        first_is_sent.set()
        return answer

    assert side_by_side({"early": early, "late": late}) == {"early": "answer of d1", "late": "answer of d2"}
    assert calls.made == [["d1"], ["d2"]]


def test_a_call_that_breaks_is_told_to_all_who_share_it() -> None:
    calls = Calls(fails=ZeroDivisionError("odd"))
    found = side_by_side(sharing(Company({"a": 3}), calls, {f"d{n}": "a" for n in range(3)}))
    assert len(calls.made) == 1
    assert sorted(type(one).__name__ for one in found.values()) == [
        "RuntimeError", "RuntimeError", "ZeroDivisionError"
    ]  # fmt: skip


def test_a_slow_call_of_one_subscription_keeps_no_other_waiting() -> None:
    company, calls, may_end = Company({"slow": 1, "quick": 1}), Calls(), threading.Event()

    def slow(things: Sequence[str]) -> Sequence[str]:
        assert may_end.wait(PATIENCE_SECONDS)
        return things

    def quick() -> Any:
        try:
            return sharing(company, calls, {"d2": "quick"})["d2"]()
        finally:
            may_end.set()

    def stuck() -> Any:
        with company.member("slow"):
            return company.share("slow", "d1", 1, WIDE, slow)

    assert side_by_side({"stuck": stuck, "quick": quick}) == {"stuck": "d1", "quick": "answer of d2"}

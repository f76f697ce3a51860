"""The threads of look-ups are used again and end when nobody needs them; one that hangs is in no way."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from time import monotonic, sleep

import pytest

from doorbell.egress import resolver as module
from doorbell.egress.errors import LOOKUPS_BUSY, GuardError
from doorbell.egress.resolver import SystemResolver


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def wait_until_one_is_idle(resolver: SystemResolver) -> None:
    deadline = monotonic() + 10
    while not resolver._helpers._idle:
        assert monotonic() < deadline
        sleep(0.001)


def test_look_ups_one_after_the_other_run_in_one_thread() -> None:
    threads: list[threading.Thread] = []

    def lookup(host: str) -> Sequence[str]:
        threads.append(threading.current_thread())
        return ["8.8.8.8"]

    resolver = SystemResolver(lookup)
    for _ in range(5):
        assert resolver("good.example", 5) == ["8.8.8.8"]
        wait_until_one_is_idle(resolver)
    assert len(set(threads)) == 1
    assert threads[0].daemon


def test_a_thread_that_hangs_is_not_waited_for(gate: threading.Event) -> None:
    def lookup(host: str) -> Sequence[str]:
        if host == "slow.example":
            gate.wait(30)
        return ["8.8.8.8"]

    resolver = SystemResolver(lookup)
    with pytest.raises(GuardError):
        resolver("slow.example", 0.02)
    assert resolver("good.example", 5) == ["8.8.8.8"]


def test_a_thread_that_failed_a_look_up_makes_the_next() -> None:
    def lookup(host: str) -> Sequence[str]:
        if host == "bad.example":
            raise OSError("no")
        return ["8.8.8.8"]

    resolver = SystemResolver(lookup)
    with pytest.raises(GuardError):
        resolver("bad.example", 5)
    assert resolver("good.example", 5) == ["8.8.8.8"]


def test_a_thread_that_nobody_needs_ends_and_the_next_look_up_has_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.01)
    threads: list[threading.Thread] = []

    def lookup(host: str) -> Sequence[str]:
        threads.append(threading.current_thread())
        return ["8.8.8.8"]

    resolver = SystemResolver(lookup)
    resolver("good.example", 5)
    threads[0].join(10)
    assert not threads[0].is_alive()
    assert resolver("good.example", 5) == ["8.8.8.8"]


def test_no_look_up_is_lost_to_a_thread_that_is_about_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.0)
    resolver = SystemResolver(lambda host: ["8.8.8.8"])
    for number in range(300):
        assert resolver(f"host{number % 7}.example", 5) == ["8.8.8.8"]


def test_where_no_thread_can_be_started_it_is_busy_and_the_name_is_looked_up_when_one_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    resolver = SystemResolver(lambda host: ["8.8.8.8"])
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        with pytest.raises(GuardError) as caught:
            resolver("good.example", 5)
    assert caught.value.code == LOOKUPS_BUSY
    assert resolver("good.example", 5) == ["8.8.8.8"]

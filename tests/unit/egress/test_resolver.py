"""Look-ups in helper threads: late, failing, shared and bounded. No sockets: the look-up is passed in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence

import pytest

from doorbell.domain.health import OWN_FAULTS
from doorbell.egress.errors import GuardError
from doorbell.egress.resolver import SystemResolver


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_look_up_that_hangs_is_left_behind_at_the_time_out(gate: threading.Event) -> None:
    def hang(host: str) -> Sequence[str]:
        gate.wait(30)
        return ["8.8.8.8"]

    with pytest.raises(GuardError) as refusal:
        SystemResolver(hang)("slow.example", 0.05)
    assert refusal.value.code == "timeout"


def test_a_name_that_hangs_holds_one_thread_however_many_ask(gate: threading.Event) -> None:
    started: list[str] = []

    def lookup(host: str) -> Sequence[str]:
        started.append(host)
        if host == "slow.example":
            gate.wait(30)
        return ["8.8.8.8"]

    resolver = SystemResolver(lookup, max_lookups=2)
    for _ in range(5):
        with pytest.raises(GuardError):
            resolver("slow.example", 0.02)
    assert started == ["slow.example"]
    assert resolver("good.example", 5) == ["8.8.8.8"]


def test_beyond_the_bound_a_new_name_fails_at_once(gate: threading.Event) -> None:
    def hang(host: str) -> Sequence[str]:
        gate.wait(30)
        return []

    resolver = SystemResolver(hang, max_lookups=2)
    for name in ("a.example", "b.example"):
        with pytest.raises(GuardError):
            resolver(name, 0.02)
    with pytest.raises(GuardError) as refusal:
        resolver("c.example", 5)
    assert refusal.value.code == "lookups_busy"
    assert refusal.value.code in OWN_FAULTS, "it says nothing of the endpoint"


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "Name or service not known"), UnicodeError(), OSError()]
)
def test_a_failing_look_up_is_a_dns_failure(error: Exception) -> None:
    def fail(host: str) -> Sequence[str]:
        raise error

    with pytest.raises(GuardError) as refusal:
        SystemResolver(fail)("nowhere.example", 5)
    assert refusal.value.code == "dns_failed"


def test_every_call_asks_anew() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    resolver = SystemResolver(lambda host: next(answers))
    assert [resolver("rebind.example", 5), resolver("rebind.example", 5)] == [["8.8.8.8"], ["127.0.0.1"]]

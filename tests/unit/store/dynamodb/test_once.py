"""What several threads need at the same moment is done once for all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

import pytest

from doorbell.store.dynamodb.cache import ByLot, TtlCache
from doorbell.store.dynamodb.once import OnceForAll
from tests.support.clocks import both
from tests.support.fakes import FakeClock, unavailable

THREADS = 10


class Loading:
    """`begun` is set when somebody loads; all loads end when `may_end` is set."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.count, self.problem = 0, problem
        self.begun, self.may_end, self._lock = Event(), Event(), Lock()

    def __call__(self) -> str:
        with self._lock:
            self.count += 1
        self.begun.set()
        self.may_end.wait(10)
        if self.problem is not None:
            raise self.problem
        return "page"


def test_ten_that_miss_the_same_page_read_it_once() -> None:
    once, cache, loading = OnceForAll(), TtlCache[str, str](30), Loading()
    ready = Barrier(THREADS + 1)

    def work() -> str:
        ready.wait(10)
        return once("key", lambda: cache.get("key", loading))

    with ThreadPoolExecutor(THREADS) as pool:
        found = [pool.submit(work) for _ in range(THREADS)]
        ready.wait(10)
        loading.begun.wait(10)
        loading.may_end.set()
        assert [one.result() for one in found] == ["page"] * THREADS
    assert loading.count == 1


def test_other_keys_wait_for_nobody() -> None:
    once, loading = OnceForAll(), Loading()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(once, "slow", loading)
        loading.begun.wait(10)
        assert once("other", lambda: "at once") == "at once"
        loading.may_end.set()
        assert slow.result() == "page"


def test_where_it_fails_each_tries_by_itself() -> None:
    once, loading = OnceForAll(), Loading(unavailable())
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once, "key", loading)
        loading.begun.wait(10)
        second = pool.submit(once, "key", lambda: "mine")
        loading.may_end.set()
        assert second.result() == "mine"
        with pytest.raises(type(unavailable())):
            first.result()
    assert once("key", lambda: "later") == "later"


def test_more_pages_than_are_kept_are_found_in_part() -> None:
    """Of a tenant with 30 pages where 24 are kept, the oldest is the one that is needed next."""
    cache, loads = ByLot[int, int](30, both(FakeClock()), 24), []
    for _ in range(20):
        for page in range(30):
            cache.get(page, lambda page=page: loads.append(page) or page)  # type: ignore[misc, func-returns-value]
    assert len(loads) < 0.6 * 20 * 30


def test_one_drawn_by_lot_is_never_the_one_that_was_just_read() -> None:
    cache = ByLot[int, int](30, both(FakeClock()), 2)
    for page in range(50):
        cache.get(page, lambda page=page: page)  # type: ignore[misc]

        def reads() -> int:
            raise AssertionError("it is read again")

        assert cache.get(page, reads) == page

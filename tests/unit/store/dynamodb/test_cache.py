"""What makes room in a cache, whatever was asked of it before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorbell.store.dynamodb.cache import TtlCache
from tests.support.clocks import both
from tests.support.fakes import FakeClock

SIZE, KEYS = 3, range(5)
ASKED = st.lists(st.tuples(st.sampled_from(["get", "put", "has", "there", "drop"]), st.sampled_from(KEYS)))


@given(asked=ASKED)
def test_who_was_asked_for_longest_ago_makes_room_however_it_was_asked_for(
    asked: list[tuple[str, int]],
) -> None:
    cache = TtlCache[int, int](30, both(FakeClock()), SIZE)
    kept = list[int]()  # who was asked for last stands last
    for how, key in asked:
        was_kept = key in kept
        if was_kept:
            kept.remove(key)
        if how in ("get", "put") or (was_kept and how != "drop"):
            kept = [*kept, key][-SIZE:]
        match how:
            case "get":
                assert cache.get(key, lambda key=key: key) == key  # type: ignore[misc]
            case "put":
                cache.put(key, key)
            case "has":
                assert cache.has(key) == was_kept
            case "there":
                assert cache.there(key) == ((key,) if was_kept else None)
            case "drop":
                cache.drop(key)
    assert [key for key in KEYS if cache.has(key)] == sorted(kept)

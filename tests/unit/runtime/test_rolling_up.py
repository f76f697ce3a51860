"""Which of a holder's keys an environment adds its counts to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doorbell.domain.rollups import SPREAD
from doorbell.runtime import rolling_up, together
from doorbell.runtime.settings import Settings
from doorbell.usecases.write_rollups import WriteRollups

CACHED = (rolling_up.key_number, rolling_up.write_rollups, rolling_up.count_refused, rolling_up.tally)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rolling_up, "settings", lambda: Settings(rollups_table="rollups"))
    monkeypatch.setattr(rolling_up, "hasty_client", lambda name: None)
    monkeypatch.setattr(together, "writes", lambda: None)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for one in CACHED:
        one.cache_clear()


def test_an_environment_adds_to_one_key_and_another_to_another() -> None:
    assert rolling_up.key_number() == rolling_up.key_number()
    found = set[int]()
    for _ in range(200):
        rolling_up.key_number.cache_clear()
        found.add(rolling_up.key_number())
    assert found == set(range(SPREAD))


def test_a_batch_is_written_on_the_environments_key(monkeypatch: pytest.MonkeyPatch) -> None:
    written = list[int]()
    monkeypatch.setattr(WriteRollups, "__call__", lambda self: written.append(self.store.number))
    monkeypatch.setattr(rolling_up, "key_number", lambda: 3)
    rolling_up.write_batch()
    assert written == [3]


def test_refusals_are_written_on_the_first_key_where_they_are_read() -> None:
    assert rolling_up.write_rollups().store.number == 0  # type: ignore[attr-defined]

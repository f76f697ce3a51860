"""The guard's own rules."""

import json
from pathlib import Path

import pytest

from tests.guard import budgets
from tests.guard.budgets import VARIABLE, over


@pytest.fixture(autouse=True)
def budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "budgets.json"
    file.write_text(json.dumps({"modules": {"ingest": {"botocore": 70}}}))
    monkeypatch.setattr(budgets, "FILE", file)
    monkeypatch.delenv(VARIABLE, raising=False)
    return file


def test_what_keeps_to_its_budget_or_stays_below_passes() -> None:
    assert over("modules", "ingest", {"botocore": 70}, {}) == {}
    assert over("modules", "ingest", {"botocore": 7}, {}) == {}


def test_what_is_above_its_budget_is_told_with_both_figures() -> None:
    told = over("modules", "ingest", {"botocore": 71}, {})
    assert told == {"botocore": "ingest, botocore: 71, where the budget is 70"}


def test_a_tolerance_is_a_share_of_the_budget() -> None:
    assert over("modules", "ingest", {"botocore": 72}, {"botocore": 0.03}) == {}
    assert over("modules", "ingest", {"botocore": 73}, {"botocore": 0.03})


@pytest.mark.parametrize(
    ("kind", "name", "figure"),
    [("modules", "ingest", "pydantic"), ("modules", "other", "botocore"), ("other", "ingest", "botocore")],
)
def test_what_has_no_budget_may_not_be_there_at_all(kind: str, name: str, figure: str) -> None:
    assert over(kind, name, {figure: 1}, {figure: 0.5})


def test_a_budget_is_written_only_where_that_is_asked_for(
    budget: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over("modules", "ingest", {"botocore": 80}, {})
    assert json.loads(budget.read_text()) == {"modules": {"ingest": {"botocore": 70}}}
    monkeypatch.setenv(VARIABLE, "1")
    assert over("modules", "ingest", {"botocore": 80}, {}) == {}
    assert json.loads(budget.read_text()) == {"modules": {"ingest": {"botocore": 80}}}

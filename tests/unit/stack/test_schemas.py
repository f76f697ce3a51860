"""A source's item is read by a build as its model reads it, only sooner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.store.items import models, quick
from doorbell.store.items.source import SourceItem
from doorbell_cli.stack import schemas
from tests.unit.store.items.test_source import FULL, LEAST

CORE = Path(__file__).parents[3] / "layers" / "core"


@pytest.fixture(scope="module", autouse=True)
def written() -> Iterator[ModuleType]:
    """What a build writes, where a build has it."""
    module = ModuleType(quick.WRITTEN)
    exec(schemas.of_a_source(), vars(module))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, quick.WRITTEN, module)
        quick._validator.cache_clear()
        yield module
    quick._validator.cache_clear()


def read(load: Any, item: Mapping[str, Any]) -> Source | tuple[str, str, str]:
    try:
        found: Source = load(item)
    except ConfigError as error:
        return error.item, error.field, error.problem
    return found


NAMES = [field.alias or name for name, field in SourceItem.model_fields.items()]
TEXTS = [
    "", "github", "GitHub", "a b", "ssm:/a", "ssm:a", "kms:AA==", "https://a.example/b", "10.0.0.0/8",
    "10.0.0.1/8", "preset:github", "application/json", "header", "body", "hash", "form", "fixed",
    *("x" * n for n in (64, 65, 256, 257, 1024, 1025, 4096, 4097)), "\ud800",
]  # fmt: skip
LIMITS = (0, 1, 199, 200, 299, 300, 8760, 86_400, 4_500_000)
SCALARS: list[Any] = [
    *TEXTS, None, True, False, b"", b"github", 1.5, float("nan"), float("inf"), Decimal(7), Decimal("0.5"),
    *LIMITS, *(limit + 1 for limit in LIMITS), -1,
]  # fmt: skip
LISTS: list[Any] = [
    [], (), set(), {"ssm:/a", "ssm:/b"}, frozenset({"ssm:/a"}),
    *([text] * n for text in ("ssm:/a", "10.0.0.0/8", "text/plain") for n in (1, 10, 11, 50, 51, 200, 201)),
    *([value] for value in SCALARS),
]  # fmt: skip
MAPS: list[Any] = [
    {}, *({f"k{n}": "v" for n in range(size)} for size in (1, 20, 21)),
    *({"a": value} for value in SCALARS), *({text: "v"} for text in TEXTS),
]  # fmt: skip
PART = {"dedupe": {"from": "header", "key": "k"}, "event_type": {"from": "body", "key": "k"}, "ack": {}}
PARTS = {
    name: [
        {**part, field: value}
        for field in ("from", "origin", "key", "window_hours", "status", "body", "content_type", "other")
        for value in [*SCALARS, [], {}]
    ]
    for name, part in PART.items()
}


def spoilt(name: str) -> Iterator[dict[str, Any]]:
    for base in (LEAST, FULL):
        yield {other: value for other, value in base.items() if other != name}
        for value in [*SCALARS, *LISTS, *MAPS, *PARTS.get(name, [])]:
            yield {**base, name: value}


@pytest.mark.parametrize("name", [*NAMES, "tennant_id"])
def test_guarantee_1_nothing_passes_that_the_model_refuses_and_all_else_reads_alike(name: str) -> None:
    """By the written rules alone: what they refuse would be read by the model."""
    validator = quick._validator()
    assert validator is not None
    for item in spoilt(name):
        expected = read(models.load_source, item)
        assert validator.isinstance_python(item) == isinstance(expected, Source), item
        assert read(quick.load_source, item) == expected, item


@given(
    st.sampled_from([LEAST, FULL]),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from([*SCALARS, *LISTS[:12]]), max_size=4),
)
def test_an_item_with_several_faults_is_what_the_model_says_of_it(
    base: dict[str, Any], changes: dict[str, Any]
) -> None:
    item = {**base, **changes}
    assert read(quick.load_source, item) == read(models.load_source, item)


@pytest.mark.parametrize("item", [LEAST, FULL])
def test_a_sound_item_needs_no_model(item: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = models.load_source(item)
    monkeypatch.delattr(models, "load_source")
    assert quick.load_source(item) == expected


@pytest.mark.parametrize("version", ["2.0.0", None])
def test_without_what_was_written_for_this_pydantic_core_the_model_reads(
    version: str | None, written: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version is None:
        monkeypatch.setattr(quick, "WRITTEN", "doorbell.store.items.not_there")
    else:
        monkeypatch.setattr(written, "PYDANTIC_CORE", version)
    quick._validator.cache_clear()
    assert quick._validator() is None
    assert quick.load_source(FULL) == models.load_source(FULL)
    quick._validator.cache_clear()


def test_what_only_pydantic_has_cannot_be_written_down() -> None:
    with pytest.raises(schemas.SchemaError, match="neither plain data nor a function"):
        schemas.written({"type": "function-plain", "function": print, "config": {}}, "2")


def test_a_build_reads_a_source_without_pydantic(tmp_path: Path) -> None:
    core = tmp_path / schemas.CORE
    shutil.copytree(CORE / "doorbell", core / "doorbell", ignore=shutil.ignore_patterns("*.pyc"))
    schemas.write_schemas(tmp_path)
    script = f"""
import sys
from doorbell.store.items.quick import load_source
print(load_source({json.dumps(LEAST)}).source_id)
print(sorted(name for name in sys.modules if name.partition(".")[0] == "pydantic"))
"""
    environment = {**os.environ, "PYTHONPATH": str(core)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [LEAST["source_id"], "[]"]

"""What a cold start loads, function by function: each module is time that a caller or a queue waits."""

import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.bench.deployed import environ
from tests.guard.budgets import RENEW, over
from tests.guard.counting import modules

FUNCTIONS = ("admin", "dispatcher", "fanout", "indexer", "ingest", "publish", "sweeper")
STANDARD = "the standard library"
TOLERANCE = {STANDARD: 0.05, "doorbell": 0.05}
"""Python's own differ a little from one patch release to the next; Doorbell's are small, and may be split."""
MADE_BY_PYTHON = ("__mp_main__", "_sysconfigdata_")

TRACING = ("aws_xray_sdk", "wrapt")
NOT_AT_A_COLD_START = {
    "ingest": (
        "annotated_types",
        "asyncio",
        "cryptography",
        "doorbell.egress",
        "doorbell.payloads",
        "doorbell.queues.envelopes",
        "doorbell.runtime.egress",
        "doorbell.runtime.outbound",
        "doorbell.store.items.models",
        "jsonschema",
        "pydantic",
        "pydantic_core",
        *TRACING,
    ),
    "publish": ("asyncio", "cryptography", "doorbell.egress", "jsonschema", *TRACING),
    "fanout": ("asyncio", "cryptography", "doorbell.egress", "jsonschema", *TRACING),
    "sweeper": ("asyncio", "cryptography", "doorbell.egress", "jsonschema", *TRACING),
    "dispatcher": TRACING,
    "indexer": ("asyncio", "cryptography", "doorbell.egress", "jsonschema", *TRACING),
    "admin": TRACING,
}
"""Loaded when first needed, if ever: what takes events in without these stays quick."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """The modules that a function loads; asked once for each."""
    folder = tmp_path_factory.mktemp("modules")

    @cache
    def ask(function: str) -> list[str]:
        return modules(environ(f"{function.capitalize()}Function", "http://127.0.0.1:1"), folder)

    return ask


def _package(module: str) -> str:
    name = module.partition(".")[0]
    return STANDARD if name in sys.stdlib_module_names or name.startswith(MADE_BY_PYTHON) else name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cold_start_loads_no_more_modules_than_its_budget(
    function: str, loaded: Callable[[str], list[str]]
) -> None:
    names = loaded(function)
    too_many = over("modules", function, Counter(map(_package, names)), TOLERANCE)
    there = ", ".join(name for name in names if _package(name) in too_many)
    assert not too_many, f"{'; '.join(too_many.values())}. {RENEW} What is loaded there: {there}"


@pytest.mark.parametrize("function", NOT_AT_A_COLD_START)
def test_what_is_heavy_and_seldom_needed_is_not_loaded_at_a_cold_start(
    function: str, loaded: Callable[[str], list[str]]
) -> None:
    heavy = [
        name
        for name in loaded(function)
        for unwanted in NOT_AT_A_COLD_START[function]
        if name == unwanted or name.startswith(f"{unwanted}.")
    ]
    assert not heavy, f"{function} loads {', '.join(heavy)} at a cold start: import it where it is needed"


def test_what_is_counted_was_compiled_before(tmp_path: Path) -> None:
    """As deployed: else most of what is counted would be Python's compiler."""
    folder = tmp_path / "ingest"
    folder.mkdir()
    modules(environ("IngestFunction", "http://127.0.0.1:1"), folder)
    assert list((tmp_path / "compiled").rglob("app.*.pyc"))


def test_what_a_provider_waits_for_first_is_answered_without_pydantic(aws: str, tmp_path: Path) -> None:
    """The source is held to the rules of its model, which the build has written down."""
    loaded = modules(environ("IngestFunction", aws), tmp_path, "answered")
    assert "doorbell.store.items.written" in loaded
    assert [name for name in loaded if name.partition(".")[0] in ("pydantic", "cryptography")] == []

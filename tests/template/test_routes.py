"""Whoever rings, with whatever method his provider uses, reaches ingest; everything else is behind IAM."""

import json
from collections.abc import Iterator
from importlib import import_module

import pytest

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.index import GROUPS
from tests.template.reading import ROOT
from tests.template.rendering import rendered
from tests.template.routes import Reached, reached

HERE = rendered()
INGEST = Reached("IngestFunction", needs_iam=False)
HANDSHAKES = ("GET", "HEAD", "OPTIONS", "POST")
"""`signatures/handshakes`: Meta and others ask with GET, Trello with HEAD, CloudEvents with OPTIONS."""


def entries() -> Iterator[Entry]:
    for group in GROUPS:
        module = import_module(f"doorbell.signatures.catalogue.{group}")
        for value in vars(module).values():
            if isinstance(value, tuple):
                yield from (one for one in value if isinstance(one, Entry))


METHODS = sorted({method for entry in entries() for method in entry.methods} | set(HANDSHAKES))


def test_providers_use_all_of_these_methods() -> None:
    recorded = json.loads((ROOT / "tests" / "vectors" / "provider_vectors.json").read_text())
    assert {one["method"] for one in recorded} <= set(METHODS)
    assert {"POST", "PUT", "PATCH", "DELETE", "GET"} <= set(METHODS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/in/github-main", "/in/github-main/", "/in/github-main/below"])
def test_every_method_that_a_provider_uses_reaches_ingest_with_or_without_a_slash(
    method: str, path: str
) -> None:
    assert reached(HERE, method, path) == INGEST


def test_events_of_ones_own_are_published_with_post_and_nothing_else() -> None:
    assert reached(HERE, "POST", "/events") == Reached("PublishFunction", needs_iam=True)
    assert reached(HERE, "GET", "/events") is None


def test_every_operation_that_is_described_reaches_its_function_and_needs_iam_but_a_ring() -> None:
    document = json.loads((ROOT / "openapi" / "admin.json").read_text())
    doors = {"/events": Reached("PublishFunction", needs_iam=True), "/in/{source_id}": INGEST}
    for path, operations in document["paths"].items():
        for method in operations:
            asked = path.replace("{", "a-").replace("}", "")
            wanted = doors.get(path, Reached("AdminFunction", needs_iam=True))
            assert reached(HERE, method.upper(), asked) == wanted


@pytest.mark.parametrize("path", ["/", "/in", "/in/", "/admin", "/event", "/events/a", "/other"])
def test_nothing_else_reaches_a_function(path: str) -> None:
    assert reached(HERE, "POST", path) is None

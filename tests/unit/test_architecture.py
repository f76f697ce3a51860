"""The shape of the code: imports point one way, cold paths stay light, the proof has one issuer."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "core" / "doorbell"
FUNCTIONS = ROOT / "functions"

MIDDLE = {"usecases", "store", "queues", "egress", "targets", "signatures", "payloads"}
MAY_IMPORT = {"domain": set[str](), "runtime": {"domain"} | MIDDLE} | {name: {"domain"} for name in MIDDLE}
OF_AWS = {"domain", "aws_errors", "aws_posts"}
MAY_IMPORT |= {"": {"domain"}, "store": OF_AWS, "queues": OF_AWS, "targets": OF_AWS}
MAX_LINES = 180
LONGER = {"usecases/ports.py": 200}
"""Signatures and their contracts only; cutting it in two would hide one half from the other."""
AWS = {"boto3", "botocore", "s3transfer"}
KNOW_AWS = {"runtime/wiring.py", "runtime/aws_tls.py", "aws_errors.py", "aws_posts.py"}

WINGS = {
    "store": {
        "dynamodb": set[str](),
        "items": {"dynamodb"},
        "configuration": {"items", "dynamodb"},
        "deliveries": {"dynamodb"},
        "events": {"deliveries", "health", "dynamodb"},
        "refused": {"dynamodb"},
        "rollups": {"dynamodb"},
        "secrets": {"items"},
        "health": {"dynamodb"},
        "routes": {"dynamodb"},
        "belongings": {"deliveries", "dynamodb", "events", "health", "refused", "rollups", "routes"},
        "endpoints": {"health", "dynamodb"},
        "bodies": {"dynamodb"},
    },
    "signatures": {
        "schemes": {"claim", "parsing"},
        "catalogue": {"schemes"},
        "special": {"schemes", "claim", "parsing"},
        "handshakes": {"schemes", "claim", "parsing", "special"},
        "signing": {"schemes", "claim", "catalogue", "special"},
        "diagnosis": {
            "catalogue",
            "claim",
            "gate",
            "proof_headers",
            "schemes",
            "special",
            "tokens_in_bodies",
        },
    },
}
"""What each folder of a room may import of that room, beside itself; `EVERYBODYS` is open to all. Files on
top of `signatures` are its face, or what all share: rings aside they may import all of it."""
EVERYBODYS = {"store": {"endpoints", "bodies"}}
FILES = sorted(PACKAGE.rglob("*.py"))
APPS = sorted(FUNCTIONS.glob("*/app.py"))
CLI = sorted((ROOT / "cli" / "doorbell_cli").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room(path: Path) -> str:
    """The package's folder a file is in; "" for `doorbell/__init__.py`."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else ""


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, wherever in the file it stands; `from a import b` is a and a.b."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} is a relative import"
            assert node.module is not None
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def doorbell_rooms(path: Path) -> Iterator[tuple[int, str]]:
    for line, module in imports(path):
        parts = module.split(".")
        if parts[0] == "doorbell" and len(parts) > 1:
            yield line, parts[1]


def test_the_package_is_where_this_test_looks() -> None:
    assert {room(path) for path in FILES} == {"", "domain", "runtime"} | MIDDLE
    assert {path.parent.name for path in APPS} == {
        "ingest",
        "publish",
        "inbox",
        "fanout",
        "dispatcher",
        "sweeper",
        "indexer",
        "admin",
        "backfill",
        "jobs",
    }


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    allowed = MAY_IMPORT.get(room(path), set()) | {room(path), "__version__"}
    wrong = [f"line {line}: doorbell.{other}" for line, other in doorbell_rooms(path) if other not in allowed]
    assert wrong == []


def wing(path: Path) -> str:
    """The folder, or the file, of its room that a file is in: `dynamodb` of `store/dynamodb/query.py`."""
    return path.relative_to(PACKAGE).with_suffix("").parts[1]


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in WINGS], ids=name_of)
def test_the_folders_of_a_room_import_one_way(path: Path) -> None:
    known = WINGS[room(path)]
    if wing(path) not in known:
        assert room(path) == "signatures" or wing(path) == "__init__"
        return
    allowed = known[wing(path)] | EVERYBODYS.get(room(path), set()) | {wing(path)}
    parts = ((line, module.split(".")) for line, module in imports(path))
    inside = [(line, p[2]) for line, p in parts if p[:2] == ["doorbell", room(path)] and len(p) > 2]
    assert [f"line {line}: {other}" for line, other in inside if other not in allowed] == []


def test_a_room_with_folders_has_few_files_beside_them() -> None:
    on_top = {name: {p.stem for p in (PACKAGE / name).glob("*.py")} - {"__init__"} for name in WINGS}
    assert on_top["store"] == {"endpoints", "bodies"}
    assert on_top["signatures"] == {
        "claim", "elements", "facts", "gate", "naming", "parsing", "proof_headers", "sender", "several",
        "source_check", "tokens_in_bodies", "verifier", "vouching",
    }  # fmt: skip


SOURCES = {"doorbell": PACKAGE.parent, "doorbell_cli": ROOT / "cli", "tests": ROOT}


def modules() -> dict[str, Path]:
    """Every file of the package, the CLI and the tests, by the name it is imported under."""
    found = {}
    for top, base in SOURCES.items():
        for path in sorted((base / top).rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def test_no_files_import_each_other_in_a_ring() -> None:
    """Imports for type checking count: who can be read only together with another is not below it."""
    known = modules()
    graph = {
        name: {module for _, module in imports(path) if module in known} - {name, name.rpartition(".")[0]}
        for name, path in known.items()
    }
    for name in graph:  # `from a.b import c` names a.b and a.b.c: the file meant is the longer one
        graph[name] -= {module.rpartition(".")[0] for module in graph[name]}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "domain"], ids=name_of)
def test_the_domain_is_standard_library_only(path: Path) -> None:
    tops = {module.partition(".")[0] for _, module in imports(path)} - {"doorbell"}
    assert tops <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", FILES + APPS, ids=name_of)
def test_boto3_is_known_to_store_queues_and_wiring_alone(path: Path) -> None:
    tops = {module.partition(".")[0] for _, module in imports(path)}
    knows = path.is_relative_to(PACKAGE) and (
        room(path) in ("store", "queues", "targets") or str(path.relative_to(PACKAGE)) in KNOW_AWS
    )
    assert knows or not tops & AWS


def test_the_way_to_targets_is_known_to_its_wiring_alone() -> None:
    """A stack without targets loads nothing of it: the wiring is asked for by name, inside functions."""
    users = {
        str(path.relative_to(PACKAGE))
        for path in FILES
        if room(path) != "targets" and any(other == "targets" for _, other in doorbell_rooms(path))
    }
    assert users == {"runtime/targets.py"}
    loaded = loaded_by("doorbell.runtime.dispatching") | loaded_by("doorbell.runtime.administering")
    assert not {module for module in loaded if module.startswith("doorbell.targets")}
    assert not {"doorbell.runtime.targets", "doorbell.domain.targets"} & loaded


@pytest.mark.parametrize("path", APPS, ids=name_of)
def test_a_function_is_one_short_file_that_imports_no_sibling(path: Path) -> None:
    assert [p.name for p in path.parent.iterdir() if p.suffix == ".py"] == ["app.py"]
    assert 15 <= len(path.read_text().splitlines()) <= 45
    tops = {module.partition(".")[0] for _, module in imports(path)}
    assert tops <= set(sys.stdlib_module_names) | {"doorbell"}
    assert {other for _, other in doorbell_rooms(path)} <= {"runtime", "domain", "usecases", "queues"}


def test_functions_are_no_packages() -> None:
    assert list(FUNCTIONS.rglob("__init__.py")) == []


@pytest.mark.parametrize("path", FILES + CLI, ids=name_of)
def test_a_file_can_be_seen_whole(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= LONGER.get("/".join(path.parts[-2:]), MAX_LINES)


def constructions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "_issue":
            yield "_issue"
        if isinstance(node, ast.Constant) and node.value == "_issue":
            yield "_issue"
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name == "VerifiedEvent":
                yield "VerifiedEvent("


def test_guarantee_1_only_the_verifier_issues_proofs_and_makes_events() -> None:
    verifier = PACKAGE / "signatures" / "verifier.py"
    assert set(constructions(verifier)) == {"_issue", "VerifiedEvent("}
    makers = [name_of(path) for path in FILES + APPS if path != verifier and list(constructions(path))]
    assert makers == []


def names_used(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text()))
    return {
        getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", "") or ""
        for node in tree
        if isinstance(node, ast.Name | ast.Attribute | ast.alias)
    }


def test_guarantee_1_only_who_has_a_proof_calls_the_verifier() -> None:
    """The gate; publish, by IAM; back-fill; Doorbell itself; and `vouching`, by which the others do."""
    makers = {"proven_event", "fetched_event", "vouched", "publish_event", "own_event", "inbox_event"}
    verifier = PACKAGE / "signatures" / "verifier.py"
    users = {
        str(path.relative_to(PACKAGE)) for path in FILES if names_used(path) & makers and path != verifier
    }
    assert users == {
        "signatures/gate.py",
        "signatures/vouching.py",
        "runtime/publishing.py",
        "runtime/own_events.py",
        "runtime/provider_lists.py",
        "runtime/taking_in.py",
    }
    assert [name_of(path) for path in APPS if names_used(path) & makers] == []


def loaded_by(module: str) -> set[str]:
    """The modules a fresh interpreter holds after `import module`, less those boto3 and Powertools bring
    along by themselves (Lambda's runtime loads boto3; every function logs)."""
    code = (
        "import sys, json\n"
        "import boto3, aws_lambda_powertools, aws_lambda_powertools.metrics\n"
        "before = set(sys.modules)\n"
        f"import {module}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return set(json.loads(done.stdout))


HEAVY = (
    "pydantic",
    "pydantic_core",
    "cryptography",
    "jwt",
    "jsonschema",
    "doorbell.payloads",
    "doorbell.egress",
)


def test_ingest_loads_nothing_heavy_before_a_request_needs_it() -> None:
    loaded = loaded_by("doorbell.runtime.inbound")
    heavy = sorted(m for m in loaded if any(m == name or m.startswith(f"{name}.") for name in HEAVY))
    assert "doorbell.signatures.gate" in loaded
    assert heavy == []


def test_ingest_loads_jmespath_only_because_boto3_does() -> None:
    jmespath = {module for module in loaded_by("doorbell.runtime.inbound") if module.startswith("jmespath")}
    assert jmespath == set()


@pytest.mark.parametrize("composition", ["fanning_out", "sweeping"])
def test_the_sweeper_and_fanout_load_neither_signatures_nor_egress(composition: str) -> None:
    loaded = loaded_by(f"doorbell.runtime.{composition}")
    assert not {m for m in loaded if m.startswith(("doorbell.signatures", "doorbell.egress", "cryptography"))}

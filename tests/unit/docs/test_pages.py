"""README is a door, docs are rooms: how long, how wide, and that every way leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.docs import PAGES, README, ROOT, anchors, blocks, code_in, fits, prose

MAX_README_LINES = 150
MAX_LINE_CHARS = 150
ROOMS = (
    "architecture configure console costs limits local operate performance proof providers receivers security"
)
EXAMPLES = [*ROOT.glob("examples/*/*.md"), *ROOT.glob("examples/*/*/README.md")]
ALL = sorted([*PAGES, *ROOT.glob("tests/**/README.md"), *ROOT.glob("findings/**/*.md"), *EXAMPLES])
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
PLACES = (
    "layers/",
    "cli/",
    "functions/",
    "tests/",
    "docs/",
    "events/",
    "openapi/",
    "requirements/",
    "examples/",
)
ONLY_BUILT = (".aws-sam", ".bench", ".mutants")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_readme_is_a_door() -> None:
    assert len(README.read_text().splitlines()) <= MAX_README_LINES


def test_every_room_is_there_and_readme_leads_to_it() -> None:
    assert {path.stem for path in PAGES if path != README} >= set(ROOMS.split())
    text = README.read_text()
    assert [name_of(path) for path in PAGES if path != README and f"({name_of(path)})" not in text] == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_no_line_but_a_tables_is_wider_than_a_screen(path: Path) -> None:
    lines = enumerate(path.read_text().splitlines(), 1)
    wide = [n for n, line in lines if len(line) > MAX_LINE_CHARS and not line.startswith("|")]
    assert wide == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_every_relative_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    lost = []
    for number, line in prose(path):
        for link in LINK.findall(line):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                lost.append(f"{number}: {link}")
    assert lost == []


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_links_to_the_web_are_by_https(path: Path) -> None:
    assert [link for _, line in prose(path) for link in LINK.findall(line) if link.startswith("http:")] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    """By its whole path, or below the package: `usecases/ports.py`, `…/store/items`, `gate.py`."""
    package, tool = ROOT / "layers/core/doorbell", ROOT / "cli/doorbell_cli"
    lost = []
    for number, line in prose(path):
        for name in code_in(line):
            if not _is_path(name):
                continue
            bare = name.removeprefix("…/").rstrip("/")
            found = any(list(place.glob(bare)) for place in (ROOT, package, tool, package / "signatures"))
            if not found and ("/" in bare or not list(package.rglob(bare))):
                lost.append(f"{number}: {name}")
    assert lost == []


def _is_path(name: str) -> bool:
    if not re.fullmatch(r"[\w./*…-]+", name) or name.startswith(("/", *ONLY_BUILT)):
        return False
    return name.startswith((*PLACES, "…/")) or name.endswith((".py", ".md"))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_block_says_what_it_is(path: Path) -> None:
    known = {"sh", "sh run", "sh run local", "text", "json", "yaml", "python", "js", "mermaid"}
    assert [block.id for block in blocks(path) if block.info not in known] == []


@pytest.mark.parametrize(
    ("printed", "shape", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "b\n", False),
        ("a\nb\n", "a\n", False),
        ("id evt_abc, 3 ms  \n", "id evt_…, … ms\n", True),
        ("id evt_abc\n", "id evt_…x\n", False),
        ("1\n2\n3\n", "1\n…\n3\n", True),
        ("1\n3\n", "1\n…\n3\n", True),
        ("1\n2\n4\n", "1\n…\n3\n", False),
        ("\n a.c \n", " a.c\n", True),
        (" abc\n", " a.c\n", False),
        ("a    3 \n", "a 3\n", True),
    ],
)
def test_a_shape_is_the_same_text_but_for_its_gaps(printed: str, shape: str, same: bool) -> None:
    assert fits(printed, shape) is same

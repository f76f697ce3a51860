"""README and docs/ as data: lines, headings, tables, fenced blocks; and how a block that is marked is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
ANYTHING = "…"
"""Within a line: any text. A line of it alone: any lines, or none."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `info` is what stands behind the backticks, `line` where they are."""

    page: Path
    line: int
    info: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Run:
    """A block that is run, and what it prints: the `text` block right after it, if there is one."""

    block: Block
    printed: str | None


def page(name: str) -> str:
    """By its path from the root."""
    return (ROOT / name).read_text()


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """(number, line) of what stands in no fenced block."""
    fenced = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def blocks(path: Path, info: str | None = None) -> list[Block]:
    found, begun, lines = list[Block](), None, path.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if begun is None:
            begun = number
            continue
        text = "\n".join(lines[begun : number - 1]) + "\n"
        found.append(Block(path, begun, lines[begun - 1].removeprefix("```").strip(), text))
        begun = None
    assert begun is None, f"{path}:{begun}: a block without an end"
    return [block for block in found if info is None or block.info == info]


def runs(path: Path, info: str) -> list[Run]:
    """The blocks of `info`, each with what it prints."""
    found = blocks(path)
    after = dict(pairwise(found))
    return [Run(b, _printed(b, after.get(b))) for b in found if b.info == info]


def _printed(block: Block, following: Block | None) -> str | None:
    """Only blank lines may stand between them."""
    if following is None or following.info != "text":
        return None
    between = block.page.read_text().splitlines()[
        block.line + block.text.count("\n") + 1 : following.line - 1
    ]
    return None if any(line.strip() for line in between) else following.text


def section(text: str, heading: str) -> str:
    """What stands under a heading (`## Source`), up to the next of its kind or above."""
    level = len(heading) - len(heading.lstrip("#"))
    _, there, rest = f"\n{text}".partition(f"\n{heading}\n")
    assert there, f"no heading {heading!r}"
    return re.split(rf"\n#{{1,{level}}} ", rest)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a section's first table, without its head."""
    lines = text[text.index("\n|") + 1 :].split("\n\n")[0].splitlines()
    cut = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return cut[2:]


def table(path: str, heading: str) -> list[list[str]]:
    return rows(section(page(path), heading))


def code_in(text: str) -> list[str]:
    """What stands between backticks within lines."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(path: Path) -> set[str]:
    """The names by which a page's headings are linked: lower case, without punctuation, blanks as dashes."""
    headings = [line.lstrip("#").strip() for _, line in prose(path) if re.match(r"#{1,6} ", line)]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def fits(printed: str, shape: str) -> bool:
    """Whether `printed` is of the shape: the same lines, but for `ANYTHING` and how many blanks there are."""
    patterns = ["(?:.*\n)*?" if line == ANYTHING else _line(line) for line in _lines(shape)]
    return re.fullmatch("".join(patterns), "".join(f"{line}\n" for line in _lines(printed))) is not None


def _lines(text: str) -> list[str]:
    """Without empty ones around, and with single blanks."""
    return [re.sub(" +", " ", line).strip() for line in text.strip().splitlines()]


def _line(shape: str) -> str:
    return ".*".join(re.escape(part) for part in shape.split(ANYTHING)) + "\n"

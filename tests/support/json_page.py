"""The keys of what commands print with `--json`, held to docs/json.md.

DOORBELL_WRITE_JSON=1 writes the page anew.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
BEGIN, END = "<!-- keys -->\n", "<!-- /keys -->\n"
BY_NAME = {
    "assumed", "by_reason", "dimensions", "failed", "headers", "held", "held_by", "known from", "options",
    "refused", "refused_last_hour", "skipped", "sources", "used_up",
}  # fmt: skip
"""Objects whose names are data: a reason, a header."""

type Shape = dict[str, Shape] | None


def shape(value: Any, name: str = "") -> Shape:
    """The names in it, of all items of a list together."""
    if isinstance(value, list):
        return merged(shape(one) for one in value)
    if not isinstance(value, dict):
        return None
    if name in BY_NAME:
        return {"*": merged(shape(one) for one in value.values())}
    return {key: shape(one, key) for key, one in value.items()}


def merged(shapes: Iterator[Shape]) -> Shape:
    found: dict[str, Shape] = {}
    for one in shapes:
        for name, below in (one or {}).items():
            found[name] = merged(iter((found.get(name), below)))
    return found or None


def told(one: Shape) -> str:
    return ", ".join(
        f"{name} ({told(below)})" if below else name for name, below in sorted((one or {}).items())
    )


def on_page() -> dict[str, str]:
    block = PAGE.read_text().partition(BEGIN)[2].partition(END)[0] if PAGE.exists() else ""
    return dict(re.findall(r"^\| `doorbell ([^`]+)` \| (.*) \|$", block, re.MULTILINE))


def hold_to_page(words: str, document: Any) -> None:
    """Or write the page."""
    found = told(shape(document)).replace("|", "\\|")
    if os.environ.get("DOORBELL_WRITE_JSON"):
        rows = {**on_page(), words: found}
        table = "".join(f"| `doorbell {name}` | {keys} |\n" for name, keys in sorted(rows.items()))
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(
            f"{before}{BEGIN}\n| command | keys |\n|---|---|\n{table}\n{END}{rest.partition(END)[2]}"
        )
    assert on_page()[words] == found
    assert found

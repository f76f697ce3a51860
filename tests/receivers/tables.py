"""The tables of what was measured, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.receivers.cases import all_cases
from tests.support.docs import ROOT

PLACES = (
    ("signatures", "docs/receivers.md", "## Signatures"),
    ("secrets", "docs/receivers.md", "## Secrets and headers"),
    ("bodies", "docs/configure.md", "### What their libraries do with it"),
)
"""What a table is of, and the page and heading under which it is the first."""

type Rows = Mapping[str, Sequence[str]]
"""A library's label → its verdicts, one for each case."""


def table(rows: Rows, of: str) -> str:
    """Of bodies only the newest of each library, and none that verifies no delivery: it is for who sets a
    subscription up."""
    cases = all_cases()
    at = [number for number, case in enumerate(cases) if case.table == of]
    chosen = _newest(rows) if of == "bodies" else rows
    lines = [["library", *(cases[number].column for number in at)]]
    lines += [[label, *(verdicts[number] for number in at)] for label, verdicts in chosen.items()]
    head, *body = [f"| {' | '.join(cells)} |\n" for cells in lines]
    return head + "|" + "---|" * (len(at) + 1) + "\n" + "".join(body)


def _newest(rows: Rows) -> Rows:
    """The last of each name and registry, if it accepts something."""
    last = {re.sub(r" \S+ ", " ", label): label for label in rows}
    return {label: rows[label] for label in last.values() if "yes" in rows[label][:2]}


def write_tables(rows: Rows) -> None:
    for of, page, heading in PLACES:
        path = ROOT / page
        before, there, after = path.read_text().partition(f"\n{heading}\n")
        assert there, f"{page}: no heading {heading}"
        text, tail = after.split("\n|", 1)[0], re.split(r"\n(?!\|)", after.split("\n|", 1)[1], maxsplit=1)[1]
        path.write_text(f"{before}\n{heading}\n{text}\n{table(rows, of)}{tail}")

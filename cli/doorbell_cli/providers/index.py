"""The catalogue as one small file, so that listing it loads none of its entries.

`python -m doorbell_cli.providers.index` writes it anew; a test holds the two together.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("index.json")


class Row(NamedTuple):
    """`needs`: what a source has to say besides its secret. `others`: further names of the same entry."""

    name: str
    title: str
    scheme: str
    dedupe: str
    event_type: str
    proof: str
    needs: Sequence[str]
    others: Sequence[str]


def rows() -> list[Row]:
    """As the file has them."""
    return [Row(*values) for values in json.loads(FILE.read_text())]


def found(part: str, among: Sequence[Row]) -> list[Row]:
    """Those with `part` in a name of theirs, in any case; signs and blanks do not count."""
    wanted = _plain(part)
    return [
        row for row in among if any(wanted in _plain(name) for name in (row.name, row.title, *row.others))
    ]


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def written() -> str:
    """What the file is to say."""
    lines = (json.dumps(row, ensure_ascii=False) for row in _rows())
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _rows() -> Iterator[Row]:
    from doorbell.signatures.catalogue import find, names
    from doorbell.signatures.catalogue.aliases import ALIASES
    from doorbell_cli.providers.texts import dedupe, event_type, needs, proof

    others = defaultdict(list)
    for other, name in ALIASES.items():
        others[name].append(other)
    for name in names():
        if (entry := find(name)) is not None:
            texts = (entry.title, proof(entry), dedupe(entry), event_type(entry), entry.proof)
            yield Row(name, *texts, needs(entry), others[name])


if __name__ == "__main__":
    FILE.write_text(written())

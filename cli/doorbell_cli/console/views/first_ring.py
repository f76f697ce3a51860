"""Whether a new source was rung."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from doorbell.domain.refused import Refused


@dataclass(frozen=True, slots=True)
class Ring:
    """`refused_id`: of the newest that was refused, "": none, or one was accepted. `href`: where to read
    on."""

    state: Literal["waiting", "refused", "accepted"]
    words: Sequence[str]
    refused_id: str = ""
    href: str = ""


def first_ring(source_id: str, tenant_id: str, accepted: int, refused: Sequence[Refused]) -> Ring:
    """`refused`: newest first. One that was accepted has the last word: the set-up is right then."""
    if accepted:
        href = f"/events?{urlencode({'tenant': tenant_id, 'source': source_id})}"
        return Ring("accepted", [f"It rang: {accepted:,} accepted."], href=href)
    if not refused:
        return Ring("waiting", ["Nobody has rung yet."])
    row = refused[0]
    href = f"/sources/{quote(source_id, safe='')}/refused/{quote(row.refused_id, safe='')}"
    return Ring("refused", [f"It rang, and was refused: {row.status} {row.code}."], row.refused_id, href)

"""A source's page: where to ring, how the provider is set up, and who was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.refused import Refused
from doorbell.signatures.catalogue import find
from doorbell.usecases.refused import Explained


@dataclass(frozen=True, slots=True)
class Turned:
    """A request that was turned away; `accepted_by` "": not let in since."""

    refused_id: str
    at: float
    status: int
    code: str
    source_ip: str
    accepted_by: str


@dataclass(frozen=True, slots=True)
class Source:
    source_id: str
    exists: bool
    enabled: bool
    url: str
    title: str
    setup: str
    docs: str
    item: Mapping[str, Any] | None
    problems: Sequence[tuple[str, str]]
    refused: Sequence[Turned]
    more_refused: bool


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """`words`: what was wrong with it. `body` is text as far as it is any; `shown` of its `size` bytes are
    kept."""

    source_id: str
    row: Turned
    method: str
    url: str
    headers: Mapping[str, str]
    words: Sequence[str]
    fits_now: bool
    not_acceptable: str
    body: str
    shown: int
    size: int
    event_ids: Sequence[str]


def source(
    source_id: str,
    url: str,
    item: Mapping[str, Any] | None,
    problems: Sequence[tuple[str, str]],
    refused: Sequence[Refused],
    more: bool,
) -> Source:
    provider = str((item or {}).get("provider", ""))
    entry = find(provider)
    return Source(
        source_id,
        item is not None,
        (item or {}).get("enabled", True) is not False,
        url,
        entry.title if entry is not None else provider,
        entry.setup if entry is not None else "",
        entry.docs if entry is not None else "",
        item,
        problems,
        [turned(row) for row in refused],
        more,
    )


def turned(row: Refused) -> Turned:
    by = row.accepted.by if row.accepted is not None else ""
    return Turned(row.refused_id, row.at, row.status, row.code, row.source_ip, by)


def refused_request(found: Explained) -> RefusedRequest:
    row = found.refused
    return RefusedRequest(
        row.source_id,
        turned(row),
        row.method,
        row.url,
        row.headers,
        found.words,
        found.fits_now is True,
        found.not_acceptable,
        row.body.decode(errors="replace"),
        len(row.body),
        row.size,
        row.accepted.event_ids if row.accepted is not None else (),
    )

"""A source's page: where to ring, how the provider is set up, and who was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.refused import Refused
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.usecases.configure import is_paused
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
    """`state` in words, and its tone. `handshake` "": its provider makes none."""

    source_id: str
    exists: bool
    enabled: bool
    state: tuple[str, str]
    paused: bool
    handshake: str
    url: str
    title: str
    setup: str
    docs: str
    item: Mapping[str, Any] | None
    problems: Sequence[tuple[str, str]]
    refused: Sequence[Turned]
    more_refused: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A source in the list of them; `state` and `tone` as on its page."""

    source_id: str
    provider: str
    state: str
    tone: str


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
    values: Mapping[str, Any],
    brought: bool | None = None,
) -> Source:
    """`values`: the item as it is written. `brought`: as `handshake_of` has it."""
    provider = str((item or {}).get("provider", ""))
    entry = find(provider)
    return Source(
        source_id,
        item is not None,
        values.get("enabled", True) is not False,
        state_of(values, bool(problems), None if item is None else provider),
        is_paused(values),
        "" if entry is None else handshake_of(entry, values, brought),
        url,
        entry.title if entry is not None else provider,
        entry.setup if entry is not None else "",
        entry.docs if entry is not None else "",
        item,
        problems,
        [turned(row) for row in refused],
        more,
    )


def listed(item: Mapping[str, Any], problems: Sequence[tuple[str, str]], values: Mapping[str, Any]) -> Listed:
    provider = str(item.get("provider", "–"))
    state, tone = state_of(values, bool(problems), provider)
    state = f"BROKEN: {problems[0][0]}: {problems[0][1]}" if problems else state
    return Listed(str(item["source_id"]), provider, state, tone)


def state_of(values: Mapping[str, Any], broken: bool, provider: str | None) -> tuple[str, str]:
    """In words, and its tone. `provider` None: there is no such source."""
    if provider is None:
        return "deleted: who rings gets 404", "yellow"
    if broken:
        return "BROKEN: who rings gets 503", "red"
    if values.get("enabled", True) is False:
        return f"disabled ({values.get('disabled_reason') or 'by hand'}): who rings gets 403", "yellow"
    if is_paused(values):
        return "PAUSED: it takes events in, and their deliveries wait", "yellow"
    return "takes events in", "green"


def handshake_of(entry: Entry, values: Mapping[str, Any], brought: bool | None) -> str:
    """What is known of it without the log. `brought`: whether there is the secret that it brings; None: that
    could not be read."""
    names = ", ".join(name.replace("_", " ") for name in (*entry.unsigned, *entry.signed))
    if not names:
        return ""
    if awaits(values):
        told = {
            True: "it came, and brought the secret",
            False: "WAITED FOR: it brings the secret",
            None: "it brings the secret; whether it came could not be read",
        }
        return f"{names}: {told[brought]}"
    return f"{names}: answered whenever it comes; the log of ingest has each"


def awaits(values: Mapping[str, Any]) -> bool:
    options = values.get("options")
    return isinstance(options, Mapping) and options.get("awaits_handshake") == "true"


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

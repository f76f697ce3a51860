"""An event of each element of a body. Loaded for sources that split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doorbell.domain.events import Several, VerifiedEvent, event_id_for
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.elements import TooMany, elements_of
from doorbell.signatures.facts import Facts

JSON = "application/json"


def each(
    event: VerifiedEvent,
    facts: Facts,
    source: Source,
    entry: Entry,
    alternatives: Sequence[Sequence[str]],
) -> VerifiedEvent | Several:
    """An event of each element: its key is the element's own, else the whole's and its place."""
    try:
        found = elements_of(facts, source, entry, alternatives)
    except TooMany:
        return Several(event, (event,), too_many=True)
    if not source.split and len(found) == 1:
        return event
    content_type = entry.each.content_type if entry.each is not None else JSON
    headers = {name: value for name, value in event.headers.items() if name != "content-encoding"}
    made = []
    for number, one in enumerate(found):
        key = one.key or f"{event.dedupe_key}\n{number}"  # no key has a line end: `naming.fitted`
        part = replace(
            event,
            ingest_id=f"{event.ingest_id}.{number}",
            event_id=event_id_for(source.tenant_id, source.source_id, key),
            event_type=one.types[0],
            event_types=one.types if len(one.types) > 1 else (),
            dedupe_key=key,
            content_type=content_type,
            headers={**headers, "content-type": content_type},
            body=one.text.encode("utf-8", "surrogatepass"),
            element=number,
            former_id=None,
        )
        made.append(part)
    return Several(event, tuple(made)) if made else event

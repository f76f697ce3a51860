"""The one place that issues a `Proof`: whoever calls these functions has checked the sender."""

from collections.abc import Sequence
from dataclasses import replace

from doorbell.domain.credentials import without_credentials
from doorbell.domain.errors import SignatureError
from doorbell.domain.events import (
    DEFAULT_WINDOW_HOURS,
    Proof,
    Several,
    Unsigned,
    VerifiedEvent,
    event_id_for,
)
from doorbell.domain.own_events import PROVIDER as OWN_PROVIDER
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.facts import Facts
from doorbell.signatures.naming import (
    dedupe_key,
    dedupe_locators,
    event_type,
    former_key,
    type_alternatives,
    type_locators,
    window_hours,
)
from doorbell.signatures.schemes.scheme import Scheme

HOUR = 3600
JSON = "application/json"


def proven_event(
    source: Source,
    entry: Entry,
    request: RawRequest,
    *,
    secrets: Sequence[str],
    ingest_id: str,
    now: float,
) -> VerifiedEvent | Several:
    """The event of a request whose check has just passed, without what its sender proved itself with where
    that is a secret; with `split`, an event of each element that it has. `SignatureError` for what cannot be
    the provider's event."""
    all_is_in_the_url = request.method == "GET" and not request.body
    request = _with_its_data(request)
    facts = Facts(request, _scheme(source, entry))
    if (entry.only_json or source.only_json) and not all_is_in_the_url and not _is_json_as_it_came(facts):
        raise SignatureError("signature_mismatch")
    locators = type_locators(source, entry)
    key = dedupe_key(facts, dedupe_locators(source, entry), locators, ingest_id)
    event = VerifiedEvent(
        proof=Proof._issue(f"signatures:{entry.name}"),
        ingest_id=ingest_id,
        event_id=event_id_for(source.tenant_id, source.source_id, key),
        tenant_id=source.tenant_id,
        source_id=source.source_id,
        provider=source.provider,
        event_type=event_type(facts, locators),
        dedupe_key=key,
        dedupe_window_seconds=window_hours(source, entry) * HOUR,
        received_at=now,
        content_type=request.headers.get("content-type", ""),
        headers=without_credentials(request.headers, secrets),
        body=request.body,
    )
    if entry.has_more or source.has_more or facts.looked_further:
        return _with_more(event, facts, source, entry, request)
    return event


def fetched_event(
    source: Source, entry: Entry, body: bytes, *, origin: str, said: str, ingest_id: str, now: float
) -> VerifiedEvent | Several:
    """The event of a body that has just been fetched over TLS, from its provider's own host `origin` and with
    the source's credential: that stands for a signature. `said` goes on record."""
    headers = {"content-type": JSON}
    request = RawRequest("POST", "", "", "", headers, body, "", now)
    event = proven_event(source, entry, request, secrets=(), ingest_id=ingest_id, now=now)
    if isinstance(event, Several):
        raise SignatureError("source_misconfigured")
    return replace(event, proof=Proof._issue(f"fetched:{origin}"), fetched=said)


def _scheme(source: Source, entry: Entry) -> Scheme | None:
    if entry.special != "declared":
        return entry.scheme
    from doorbell.signatures.special.declared import scheme_of

    return scheme_of(source)


def _with_more(
    event: VerifiedEvent, facts: Facts, source: Source, entry: Entry, request: RawRequest
) -> VerifiedEvent | Several:
    """What few have: several types, another key in the release before, a token in the body, events of its own
    for each element."""
    from doorbell.signatures.elements import types_of  # only for sources whose bodies may have several

    empty = entry.each.empty if entry.each is not None and source.event_type is None else ""
    types = types_of(facts, type_alternatives(source, entry), empty)
    key = event.dedupe_key
    if entry.dedupe_before or facts.looked_further:
        key = former_key(source, entry, request, event.ingest_id)
    event = replace(
        event,
        event_type=types[0],
        event_types=types if len(types) > 1 else (),
        former_id=event_id_for(source.tenant_id, source.source_id, key) if key != event.dedupe_key else None,
    )
    if entry.token_at:
        from doorbell.signatures.tokens_in_bodies import without_token  # for the few that put it there

        request = without_token(request, entry.token_at)
        headers = {name: text for name, text in event.headers.items() if name in request.headers}
        event, facts = replace(event, body=request.body, headers=headers), Facts(request)
    always = entry.each is not None and entry.each.always
    if not (source.split or always):
        return event
    from doorbell.signatures.several import each

    return each(event, facts, source, entry, type_alternatives(source, entry))


def _is_json_as_it_came(facts: Facts) -> bool:
    """What is JSON only once it is unpacked was never written as such: its sender signed something else."""
    return isinstance(facts.json(), dict | list) and not facts.looked_further


def _with_its_data(request: RawRequest) -> RawRequest:
    """What comes by GET says it in its query, which is signed where GET is taken: it goes on as the form that
    a POST would have been."""
    if request.method != "GET" or request.body:
        return request
    headers = {**request.headers, "content-type": "application/x-www-form-urlencoded"}
    return replace(request, body=request.raw_query.encode(), headers=headers)


def vouched(by: str, source_id: str, given: Unsigned) -> VerifiedEvent:
    """An event whose sender AWS has checked, or Doorbell itself: see `vouching`, the one that calls this."""
    return VerifiedEvent(
        proof=Proof._issue(by),
        ingest_id=given.ingest_id,
        event_id=event_id_for(given.tenant_id, source_id, given.event_key),
        tenant_id=given.tenant_id,
        source_id=source_id,
        provider=OWN_PROVIDER,
        event_type=given.event_type,
        dedupe_key=given.event_key,
        dedupe_window_seconds=DEFAULT_WINDOW_HOURS * HOUR,
        received_at=given.now,
        content_type=JSON,
        headers={"content-type": JSON, **given.headers},
        body=given.body,
        hops=given.hops,
    )

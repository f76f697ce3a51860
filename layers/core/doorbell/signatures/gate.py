"""The gate: every request that ingest lets through has passed here."""

from collections.abc import Callable, Sequence
from functools import partial

from doorbell.domain.errors import ConfigError, Refusal, SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import DEFAULT_MAX_BODY_BYTES, MAX_BODY_BYTES, Source
from doorbell.signatures import verifier
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.parameters import parameters_of
from doorbell.signatures.claim import Claim, Fetch
from doorbell.signatures.facts import special
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.digests import Check

_FROM_INPUT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What malformed bytes can make a parser raise. Here they become one refusal; nothing else is caught."""


class Gate:
    """Checks requests against their sources. `fetch` None: providers whose key must be fetched refuse."""

    def __init__(self, fetch: Fetch | None = None, *, trusted_certificates: bytes = b"") -> None:
        self._fetch = fetch
        self._trusted_certificates = trusted_certificates

    def check_source(self, source: Source) -> None:
        """Raise `ConfigError(item, field, problem)` for a source that could not be checked."""
        from doorbell.signatures.source_check import check_source

        check_source(source)

    def ack(self, source: Source, request: RawRequest, secrets: Callable[[], Sequence[str]]) -> Answer:
        """What the provider of an accepted event hears. `secrets` is called where they make the answer."""
        entry = _entry(source)
        if source.ack is None:
            made = special(entry.answers).reply(request, secrets()) if entry.answers else None
            return made or Answer(entry.ack.status, entry.ack.body, entry.ack.content_type)
        body = entry.ack.body if source.ack.body is None else source.ack.body
        kind = source.ack.content_type or entry.ack.content_type
        return Answer(source.ack.status, "" if source.ack.status == 204 else body, kind)

    def most_bytes(self, source: Source) -> int:
        """Of a body where the source does not say. Who never sends again is refused nothing that fits."""
        entry = find(source.provider)
        return MAX_BODY_BYTES if entry is not None and not entry.sends_again else DEFAULT_MAX_BODY_BYTES

    def examine(
        self,
        source: Source,
        request: RawRequest,
        secrets: Sequence[str],
        *,
        verify_token: str | None,
        ingest_id: str,
        now: float,
        events_only: bool = False,
    ) -> VerifiedEvent | Several | Answer | Learn:
        """A proven event, or several, or the answer to a handshake, or a handshake's secret to be stored.
        With `events_only` handshakes are refused: nothing is answered, learnt or visited.

        Raises `SignatureError` for whatever is not proven and `Refusal` for a method that the provider
        does not use. No input makes it raise anything else. Where the source itself is what is wrong the
        reason is `source_misconfigured` (its cause may be a `ConfigError`), `provider_unknown`,
        `secret_missing` or `secret_malformed`; no request brings these about at a sound source.
        """
        entry = _entry(source)
        claim = self.claim(source, entry, request, secrets, verify_token, now)
        try:
            return _examine(entry, claim, ingest_id, events_only)
        except ConfigError as error:
            raise SignatureError("source_misconfigured") from error
        except SignatureError:
            _require_options(source, entry)
            raise
        except _FROM_INPUT as error:
            _require_options(source, entry)
            raise SignatureError("request_malformed") from error

    def claim(
        self, source: Source, entry: Entry, request: RawRequest, secrets: Sequence[str],
        verify_token: str | None, now: float,
    ) -> Claim:  # fmt: skip
        return Claim(
            source,
            request,
            tuple(filter(None, secrets)),
            now,
            parameters_of(source, entry),
            source.tolerance_seconds,
            verify_token,
            self._fetch,
            self._trusted_certificates,
        )


def _entry(source: Source) -> Entry:
    entry = find(source.provider)
    if entry is None:
        raise SignatureError("provider_unknown")
    return entry


def _require_options(source: Source, entry: Entry) -> None:
    """Asked only when a request was refused: who is proven does not wait for it."""
    if entry.options:
        from doorbell.signatures.catalogue.options import require_options

        require_options(source, entry)


def _examine(
    entry: Entry, claim: Claim, ingest_id: str, events_only: bool
) -> VerifiedEvent | Several | Answer | Learn:
    greeting = _unsigned(entry, claim)
    if greeting is not None:
        return _unless(events_only, greeting)
    if claim.source.challenge is None:
        _check(entry, claim)
        if events_only and entry.signed:
            from doorbell.signatures.handshakes.unwanted import unvisited  # for people's tools

            claim = unvisited(claim)
        answer = _signed(entry, claim)
    else:
        from doorbell.signatures.handshakes.challenges import answer_of  # for sources that declare one

        answer = answer_of(claim, partial(_check, entry, claim))
    if answer is not None:
        return _unless(events_only, answer)
    return verifier.proven_event(
        claim.source, entry, claim.request, secrets=claim.secrets, ingest_id=ingest_id, now=claim.now
    )


def _check(entry: Entry, claim: Claim) -> None:
    if claim.request.method not in entry.methods:
        raise Refusal(405, "method_not_allowed", f"use {' or '.join(entry.methods)}")
    if entry.needs_secret and not claim.secrets:
        raise SignatureError("secret_missing")
    checker(entry)(claim)


def _unless(events_only: bool, answer: Answer | Learn) -> Answer | Learn:
    if events_only:
        from doorbell.signatures.handshakes.unwanted import refuse  # for people's tools

        refuse()
    return answer


def checker(entry: Entry) -> Check:
    """The function that proves claims of the entry's sources."""
    if entry.scheme is not None:
        return check_of(entry.scheme)
    check: Check = special(entry.special).check
    return check


def _unsigned(entry: Entry, claim: Claim) -> Answer | Learn | None:
    if not entry.unsigned:
        return None
    from doorbell.signatures.handshakes.unsigned import named

    found = (named(name)(claim) for name in entry.unsigned)
    return next((answer for answer in found if answer is not None), None)


def _signed(entry: Entry, claim: Claim) -> Answer | None:
    if not entry.signed:
        return None
    from doorbell.signatures.handshakes.signed import named

    found = (named(name)(claim) for name in entry.signed)
    return next((answer for answer in found if answer is not None), None)

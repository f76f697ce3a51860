"""The gate: every request that ingest lets through has passed here."""

from collections.abc import Sequence

from doorbell.domain.errors import ConfigError, Refusal, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures import verifier
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.claim import Claim, Fetch
from doorbell.signatures.digests import Check
from doorbell.signatures.facts import special

_FROM_INPUT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What malformed bytes can make a parser raise. Here they become one refusal; nothing else is caught."""

_SECONDS = ("leeway", "max_age", "age_without_exp")
"""Options, where a provider has them, that are whole numbers."""


class Gate:
    """Checks requests against their sources. `fetch` None: providers whose key must be fetched refuse."""

    def __init__(self, fetch: Fetch | None = None, *, trusted_certificates: bytes = b"") -> None:
        self._fetch = fetch
        self._trusted_certificates = trusted_certificates

    def check_source(self, source: Source) -> None:
        """Raise `ConfigError(item, field, problem)` for a source that could not be checked."""
        from doorbell.signatures.source_check import check_source

        check_source(source)

    def ack(self, source: Source) -> Answer:
        """What the provider of an accepted event hears."""
        entry = _entry(source)
        if source.ack is None:
            return Answer(entry.ack.status, entry.ack.body, entry.ack.content_type)
        body = entry.ack.body if source.ack.body is None else source.ack.body
        kind = source.ack.content_type or entry.ack.content_type
        return Answer(source.ack.status, "" if source.ack.status == 204 else body, kind)

    def examine(
        self,
        source: Source,
        request: RawRequest,
        secrets: Sequence[str],
        *,
        verify_token: str | None,
        ingest_id: str,
        now: float,
    ) -> VerifiedEvent | Answer | Learn:
        """A proven event, or the answer to a handshake, or a handshake's secret to be stored.

        Raises `SignatureError` for whatever is not proven and `Refusal` for a method that the provider
        does not use. No input makes it raise anything else. Where the source itself is what is wrong the
        reason is `source_misconfigured` (its cause may be a `ConfigError`), `provider_unknown`,
        `secret_missing` or `secret_malformed`; no request brings these about at a sound source.
        """
        entry = _entry(source)
        claim = self.claim(source, entry, request, secrets, verify_token, now)
        try:
            return _examine(entry, claim, ingest_id)
        except ConfigError as error:
            raise SignatureError("source_misconfigured") from error
        except SignatureError:
            _require_options(source, entry)
            raise
        except _FROM_INPUT as error:
            _require_options(source, entry)
            raise SignatureError("request_malformed") from error

    def claim(
        self,
        source: Source,
        entry: Entry,
        request: RawRequest,
        secrets: Sequence[str],
        verify_token: str | None,
        now: float,
    ) -> Claim:
        parameters = entry.parameters
        if entry.options:
            defaults = {name: option.default for name, option in entry.options.items()}
            parameters = {**defaults, **parameters, **source.options}
        return Claim(
            source,
            request,
            tuple(filter(None, secrets)),
            now,
            parameters,
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
    """`source_misconfigured` for options without which, or with which, nothing can be proven. Asked only
    when a request was refused: who is proven does not wait for it."""
    for name, option in entry.options.items():
        value = source.options.get(name)
        if option.required and not value:
            wrong = ConfigError(source.source_id, f"options.{name}", f"is missing: {option.meaning}")
            raise SignatureError("source_misconfigured") from wrong
        if name in _SECONDS and value and not _is_whole(value):
            wrong = ConfigError(source.source_id, f"options.{name}", "must be a whole number of seconds")
            raise SignatureError("source_misconfigured") from wrong


def _is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _examine(entry: Entry, claim: Claim, ingest_id: str) -> VerifiedEvent | Answer | Learn:
    greeting = _unsigned(entry, claim)
    if greeting is not None:
        return greeting
    if claim.request.method not in entry.methods:
        raise Refusal(405, "method_not_allowed", f"use {' or '.join(entry.methods)}")
    if entry.needs_secret and not claim.secrets:
        raise SignatureError("secret_missing")
    checker(entry)(claim)
    answer = _signed(entry, claim)
    if answer is not None:
        return answer
    return verifier.proven_event(
        claim.source, entry, claim.request, secrets=claim.secrets, ingest_id=ingest_id, now=claim.now
    )


def checker(entry: Entry) -> Check:
    """The function that proves claims of the entry's sources."""
    if entry.scheme is not None:
        return entry.scheme.check
    check: Check = special(entry.special).check
    return check


def _unsigned(entry: Entry, claim: Claim) -> Answer | Learn | None:
    if not entry.unsigned:
        return None
    from doorbell.signatures.handshakes.unsigned import HANDSHAKES

    found = (HANDSHAKES[name](claim) for name in entry.unsigned)
    return next((answer for answer in found if answer is not None), None)


def _signed(entry: Entry, claim: Claim) -> Answer | None:
    if not entry.signed:
        return None
    from doorbell.signatures.handshakes.signed import HANDSHAKES

    found = (HANDSHAKES[name](claim) for name in entry.signed)
    return next((answer for answer in found if answer is not None), None)

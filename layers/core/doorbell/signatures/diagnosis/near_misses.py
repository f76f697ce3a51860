"""What was wrong with a refused request, in words: for `show`, and never for an answer, where it would tell a
stranger what to try next. Of the secret, and of what would have been right, nothing is said.

A few dozen digests of at most 64 KiB; nothing is fetched, visited or learnt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.refused import Refused
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.claim import Claim
from doorbell.signatures.diagnosis import variants
from doorbell.signatures.diagnosis.words import WORDS, age
from doorbell.signatures.gate import Gate, checker
from doorbell.signatures.proof_headers import proof_headers
from doorbell.signatures.schemes.compiled import check_of, time_reader
from doorbell.signatures.schemes.digests import Check
from doorbell.signatures.schemes.scheme import NEVER, Scheme
from doorbell.signatures.schemes.timestamps import epoch_seconds
from doorbell.signatures.special.declared import scheme_of

FETCHING = frozenset({"sns", "paypal", "jwt_request"})
"""Special rules that may need a key from elsewhere: not asked here."""
OTHER_SECRET = ("Most likely it is signed with another secret: none of the near misses fits.",)
ITS_URL = "set the source's public_url to the one that the sender has."
_OF_THE_URL = frozenset({"@target-uri", "@authority", "@scheme", "@request-target", "@path"})
_FROM_INPUT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`fits_now`: the source's check, as it is now, passes; None: it was not asked. `words`: what was wrong,
    the likeliest first."""

    fits_now: bool | None
    words: tuple[str, ...]


def diagnose(source: Source, refused: Refused, secrets: Sequence[str]) -> Diagnosis:
    entry = find(source.provider)
    if entry is None:
        return Diagnosis(None, (WORDS["provider_unknown"],))
    claim = Gate().claim(source, entry, refused.request(), secrets, None, refused.at)
    said = WORDS.get(refused.code, refused.code.replace("_", " "))
    if entry.special in FETCHING:
        return Diagnosis(None, (said,))
    if refused.masked or refused.cut:
        return Diagnosis(None, (said, f"The check cannot be tried again: {refused.not_acceptable}."))
    scheme = _scheme(source, entry)
    reason = _reason(checker(entry), claim)
    if reason == "key_unavailable":
        return Diagnosis(None, (said,))
    if reason is None:
        return Diagnosis(True, (said, "With the source as it is now, its check passes."))
    return Diagnosis(False, tuple(_words(said, reason, claim, entry, scheme)))


def _words(said: str, reason: str, claim: Claim, entry: Entry, scheme: Scheme | None) -> Iterator[str]:
    yield WORDS.get(reason, said)
    if reason == "timestamp_out_of_tolerance":
        yield from _of_the_time(claim, entry, scheme)
    elif reason == "signature_missing":
        yield from _of_what_is_missing(claim, entry, scheme)
    elif reason == "part_missing" and entry.special == "http_signature":
        yield from _of_what_is_not_signed(claim)
    elif reason in ("signature_mismatch", "digest_mismatch"):
        fits = list(_near(claim, entry, scheme))
        yield from fits or (OTHER_SECRET if reason == "signature_mismatch" else ())
        if not fits and claim.source.public_url is None and _signs_the_url(claim, entry, scheme):
            yield f"Or for another URL than {claim.request.url.partition('?')[0]}: {ITS_URL}"


def _near(claim: Claim, entry: Entry, scheme: Scheme | None) -> Iterator[str]:
    check = checker(entry)
    others = (variants.of_the_request(claim), variants.of_the_secret(claim), variants.of_the_key(claim))
    for words, changed in chain(*others):
        if _reason(check, changed) is None:
            yield f"{words[0].upper()}{words[1:]}."
    for words, other in variants.of_the_scheme(scheme) if scheme is not None else ():
        if _reason(check_of(other), claim) is None:
            yield f"{words[0].upper()}{words[1:]}."


def _of_the_time(claim: Claim, entry: Entry, scheme: Scheme | None) -> Iterator[str]:
    if scheme is not None and scheme.timestamp is not None:
        written = time_reader(scheme)(claim.request)
        seconds = claim.now - epoch_seconds(written, scheme.timestamp.unit)
        allowed = claim.tolerance_or(scheme.timestamp.tolerance)
        yield f"The time is {age(seconds)}; the source takes {age(allowed, plain=True)}."
    if _reason(checker(entry), replace(claim, tolerance=NEVER)) is None:
        yield "The signature itself is right: look at the sender's clock, or it is an old request sent again."


def _of_what_is_missing(claim: Claim, entry: Entry, scheme: Scheme | None) -> Iterator[str]:
    wanted = scheme.signature.headers or (f"query parameter {scheme.signature.query}",) if scheme else ()
    if wanted:
        yield f"It is looked for in: {', '.join(wanted)}."
    there = sorted(proof_headers(entry.name, claim.request.headers))
    if there:
        yield f"These headers look like one: {', '.join(there)}. Is the source's provider right?"


def _of_what_is_not_signed(claim: Claim) -> Iterator[str]:
    signed = " ".join(_signed_parts(claim))
    required = claim.parameters.get("requires") or "content-digest"
    yield f"Signed are: {signed or 'none'}. Required are: {required}."


def _signs_the_url(claim: Claim, entry: Entry, scheme: Scheme | None) -> bool:
    if entry.special == "http_signature":
        return not _OF_THE_URL.isdisjoint(_signed_parts(claim))
    return scheme is not None and "url" in scheme.message


def _signed_parts(claim: Claim) -> list[str]:
    from doorbell.signatures.special.http_signature import first

    return [str(part).replace('"', "") for part in first(claim.request).covered.items]


def _scheme(source: Source, entry: Entry) -> Scheme | None:
    if entry.special != "declared":
        return entry.scheme
    try:
        return scheme_of(source)
    except (ConfigError, SignatureError):
        return None


def _reason(check: Check, claim: Claim) -> str | None:
    """Why the claim is not proven; None: it is."""
    try:
        check(claim)
    except SignatureError as error:
        return error.reason
    except ConfigError:
        return "source_misconfigured"
    except _FROM_INPUT:
        return "request_malformed"
    return None

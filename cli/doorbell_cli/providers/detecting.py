"""Which providers' a captured request can be, what is missing to verify it, and what a secret proves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from doorbell.domain.errors import DoorbellError, Refusal, SignatureError
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.gate import Gate
from doorbell.signatures.proof_headers import proof_headers
from doorbell.signatures.schemes.compiled import time_reader
from doorbell.signatures.schemes.scheme import NEVER
from doorbell.signatures.schemes.timestamps import epoch_seconds
from doorbell_cli.captured_requests import signs_url
from doorbell_cli.providers.captured import Captured
from doorbell_cli.providers.marks import Mark, mark_of

PROVEN = "proven"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`verdict`: `PROVEN`, the reason why not, or "" where no secret was given."""

    entry: Entry
    mark: Mark
    missing: tuple[str, ...]
    verdict: str = ""


def candidates(
    captured: Captured, now: float, secret: str = "", options: Mapping[str, str] | None = None
) -> list[Candidate]:
    """The likeliest first; with a secret, those that it proves."""
    found = []
    for name in names():
        entry = find(name)
        mark = mark_of(entry, captured.request) if entry is not None else None
        if entry is None or mark is None:
            continue
        verdict, hint = _tried(entry, captured, now, secret, options or {}) if secret else ("", ())
        found.append(Candidate(entry, mark, (*_missing(entry, mark, captured, now, secret), *hint), verdict))
    return sorted(found, key=lambda one: (one.verdict != PROVEN, -one.mark.weight))


def unknown_proofs(captured: Captured) -> Sequence[str]:
    """Headers that look like a proof, of a provider that nobody told us of."""
    return sorted(proof_headers("", captured.request.headers))


def _missing(entry: Entry, mark: Mark, captured: Captured, now: float, secret: str) -> tuple[str, ...]:
    found = [] if secret else [f"the secret: {entry.secret}"]
    found += [f"the header {name}" for name in mark.absent]
    found += [f"options.{name}: {one.meaning}" for name, one in entry.options.items() if one.required]
    if captured.is_respelt:
        found.append("the body as it was sent: the file has it parsed")
    if signs_url(entry) and not captured.has_host:
        found.append("the URL as the provider knows it: add --url")
    return (*found, *captured.gaps, *_age(entry, captured, now))


def _age(entry: Entry, captured: Captured, now: float) -> tuple[str, ...]:
    time = entry.scheme.timestamp if entry.scheme is not None else None
    if entry.scheme is None or time is None or time.tolerance >= NEVER:
        return ()
    try:
        signed = epoch_seconds(time_reader(entry.scheme)(captured.request), time.unit)
    except (SignatureError, KeyError):
        return ()
    off = now - signed
    if -time.tolerance <= off <= time.tolerance:
        return ()
    past = f"{off:.0f} s old" if off > 0 else f"{-off:.0f} s in the future"
    return (f"a newer request: its signed time is {past}, and {time.tolerance} s are allowed",)


def _tried(
    entry: Entry, captured: Captured, now: float, secret: str, options: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """The verdict whatever the request's age, and what had to be changed for it."""
    body = captured.request.body
    verdict = _judged(entry, captured, now, secret, options)
    if verdict == PROVEN or not body.endswith(b"\n"):
        return verdict, ()
    shorter = replace(captured, request=replace(captured.request, body=body.rstrip(b"\r\n")))
    if _judged(entry, shorter, now, secret, options) == PROVEN:
        return PROVEN, ("nothing: only the line end of the file's own, which was not sent",)
    return verdict, ()


def _judged(entry: Entry, captured: Captured, now: float, secret: str, options: Mapping[str, str]) -> str:
    known = {name: text for name, text in options.items() if name in entry.options}
    source = Source("detect", entry.name, secrets=("detect",), options=known, tolerance_seconds=NEVER)
    try:
        Gate().examine(source, captured.request, [secret], verify_token=None, ingest_id="detect", now=now)
    except SignatureError as error:
        return error.reason
    except Refusal as refusal:
        return refusal.code
    except DoorbellError as error:
        return str(error)
    return PROVEN

"""What one captured request is good for: the table of docs/security.md, made of the catalogue.

`python -m doorbell_cli.captured_requests docs/security.md` writes it between its two marks.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.naming import is_taken_once
from doorbell.signatures.schemes.scheme import NEVER, Scheme

BEGIN, END = "<!-- captured requests -->", "<!-- end -->"
TOKENS = frozenset({"token", "bearer", "graph"})
"""Special rules whose proof is a shared secret that travels."""
SIGN_THE_URL = frozenset({"contentful", "plivo", "twilio", "sinch"})
JOINS_FORMS = frozenset({"twilio", "mandrill", "plivo"})
"""Names and values of a form, one behind the other, with nothing between."""
OWN_WINDOW = {
    "linear": 60, "contentful": 30, "mailgun": 43_200, "sns": 604_800, "paypal": 604_800, "fal": 300,
    "http_signature": 300, "alexa": 150, "neon": 300,
}  # fmt: skip
"""Seconds within which special rules take a signed time."""


def table(entries: Sequence[Entry]) -> str:
    rows = (f"| `{e.name}` | {unsigned(e)} | {_key(e)} | {good_for(e)} |" for e in entries)
    return "\n".join(
        [
            "| provider | not signed | delivery key | a captured request is good for |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def unsigned(entry: Entry) -> str:
    if _is_token(entry):
        return "everything: the secret itself travels"
    if entry.special == "declared":
        return "what the source's scheme leaves out"
    parts = [] if entry.binds_body else ["all of the body" if _signs_no_body(entry) else "part of the body"]
    parts += [] if signs_url(entry) else ["rest of the URL" if signs_query(entry) else "URL"]
    parts += [] if window(entry) is not None else ["time"]
    parts += ["where a form's name ends"] if entry.name in JOINS_FORMS else []
    return ", ".join([*parts, "other headers"])


def good_for(entry: Entry) -> str:
    if _is_token(entry):
        return "any event, until the secret is changed"
    seconds = window(entry)
    until = "at any time" if seconds is None else f"for {_span(seconds)}"
    if not entry.binds_body and not all(_is_signed(entry, locator) for locator in entry.dedupe):
        return f"any event with the same signed parts, {until}"
    if entry.dedupe == ("each",):
        return f"the same event as a new one, {until}"
    if is_taken_once(entry):
        return "nothing while its event is kept: it is the same event again"
    if any(locator.startswith("header:") and not _is_signed(entry, locator) for locator in entry.dedupe):
        return f"the same event under a new key, {until}"
    hours = entry.window_hours
    known = f"known as a repetition for {_span(hours * 3600)}" if hours else "known as a repetition for a day"
    return (
        f"the same event, {until}; {known}"
        if seconds is None or seconds >= 3600
        else f"a repetition, {until}"
    )


def _is_token(entry: Entry) -> bool:
    """Whether the proof is the same for every request."""
    return entry.special in TOKENS or (entry.scheme is not None and entry.scheme.message == ("secret",))


def signs_url(entry: Entry) -> bool:
    scheme = entry.scheme
    return (
        entry.special in SIGN_THE_URL
        or not {"url_claim", "subject"}.isdisjoint(entry.parameters)
        or (scheme is not None and bool({"url", "path", "pathname"} & set(scheme.message)))
    )


def signs_query(entry: Entry) -> bool:
    """Some of its parameters, where the URL is not signed."""
    scheme = entry.scheme
    parts = scheme.message if scheme is not None else ()
    return any("query:" in part or part == "pairs" for part in parts)


def window(entry: Entry) -> int | None:
    """Seconds within which a signed time is taken; None where there is none."""
    if entry.scheme is not None:
        time = entry.scheme.timestamp
        return None if time is None or time.tolerance >= NEVER else time.tolerance
    if entry.special == "jwt_request":
        parameters = entry.parameters
        seconds = parameters.get("max_age") or parameters.get("age_without_exp")
        if seconds is None and "exp" not in parameters.get("requires", "exp").split():
            return None
        return int(seconds or 300)
    return OWN_WINDOW.get(entry.special)


def _key(entry: Entry) -> str:
    if entry.dedupe == ("each",):
        return "none: each is an event"
    parts = [f"{one}{'' if _is_signed(entry, one) else ' (not signed)'}" for one in map(str, entry.dedupe)]
    return " + ".join(parts).replace("|", " or ") or "hash of the body"


def _is_signed(entry: Entry, locator: str) -> bool:
    if entry.special in TOKENS:
        return False
    kind, _, name = locator.partition(":")
    scheme = entry.scheme
    if kind != "header":
        return _is_signed_part(entry, kind, name)
    if scheme is None:
        return entry.special in ("plivo", "paypal", "fal")
    signed = {n for part in scheme.message if part.startswith("header:") for n in part[7:].split("|")}
    signed |= set(scheme.timestamp.headers) if scheme.timestamp is not None else set()
    return set(name.split("|")) <= signed


def _is_signed_part(entry: Entry, kind: str, name: str) -> bool:
    """Of a body that is not signed whole, and of a query."""
    scheme = entry.scheme
    if scheme is None:
        return entry.binds_body or entry.parameters.get("body_claim") != "none"
    if kind == "query" and not signs_url(entry):
        return f"query:{name}" in scheme.message or "pairs" in scheme.message
    of_body = kind in ("body", "inside", "form", "list")
    return scheme.binds_body or not of_body or name in _signed_of_body(scheme)


def _signed_of_body(scheme: Scheme) -> set[str]:
    """Its signature is as good as what it signs."""
    return {part[5:] for part in scheme.message if part.startswith("body:")} | {scheme.signature.body}


def _signs_no_body(entry: Entry) -> bool:
    if entry.scheme is not None:
        return _signed_of_body(entry.scheme) == {""}
    return entry.parameters.get("body_claim") == "none"


def _span(seconds: int) -> str:
    for size, word in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds // size} {word if seconds > size else word[:-1]}"
    return f"{seconds} seconds"


def written(page: str) -> str:
    """The page with the table as the catalogue has it now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(list(_entries()))}\n{END}{after}"


def _entries() -> Iterator[Entry]:
    return (entry for name in names() if (entry := find(name)) is not None)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text()))

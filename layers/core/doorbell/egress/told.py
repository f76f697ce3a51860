"""What is told of an exchange afterwards: headers without credentials, and how long each part took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from doorbell.domain.credentials import is_credential
from doorbell.domain.outbound import OutboundRequest, Wire
from doorbell.egress.conversation import WireAnswer
from doorbell.egress.headers import credentials_in
from doorbell.egress.redaction import REDACTED, redacted
from doorbell.egress.seen import Seen, Step
from doorbell.egress.text import printable

SENT_BYTES: Final = 4 * 1024
ANSWERED_BYTES: Final = 2 * 1024
type Headers = tuple[tuple[str, str], ...]


def told(request: OutboundRequest, seen: Seen, answer: WireAnswer | None) -> Wire:
    hidden = credentials_in(request.headers, request.secrets)
    whole = frozenset(request.secrets)
    sent, sent_cut = _shown(request.headers, hidden, whole, SENT_BYTES)
    came = answer.headers.items() if answer is not None else ()
    answered, answered_cut = _shown(came, hidden, whole, ANSWERED_BYTES)
    before: Step = "secured" if "secured" in seen.times else "connected"
    return Wire(
        sent=sent,
        answered=answered,
        is_cut=sent_cut or answered_cut,
        signed_by=request.signed_by,
        address=None if seen.address is None else str(seen.address),
        is_kept=seen.is_kept,
        dns_ms=_between(seen, None, "resolved"),
        connect_ms=_between(seen, "resolved", "connected"),
        tls_ms=_between(seen, "connected", "secured"),
        first_byte_ms=_between(seen, "resolved" if seen.is_kept else before, "answered"),
    )


def _shown(
    headers: Iterable[tuple[str, str]], hidden: Sequence[str], whole: frozenset[str], most: int
) -> tuple[Headers, bool]:
    """The first that fit into so many bytes, and whether others did not."""
    shown, size = list[tuple[str, str]](), 0
    for name, value in headers:
        secret = is_credential(name.lower()) or value in whole
        text = REDACTED if secret else redacted(printable(value), hidden)
        size += len(name) + len(text.encode(errors="replace"))
        if size > most:
            return tuple(shown), True
        shown.append((name, text))
    return tuple(shown), False


def _between(seen: Seen, start: Step | None, end: Step) -> int | None:
    """Milliseconds; None: it did not come to that."""
    begun = 0.0 if start is None else seen.times.get(start)
    ended = seen.times.get(end)
    return None if begun is None or ended is None else round((ended - begun) * 1000)

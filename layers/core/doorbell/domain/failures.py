"""Kinds of failure, as people name them: a status (`404`), a class of them (`5xx`), `timeout`, `network`."""

from collections.abc import Container, Iterator

from doorbell.domain.outbound import ROLE, Outcome

TIMEOUT, NETWORK = "timeout", "network"
CLASSES = ("3xx", "4xx", "5xx")
WORDS = (*CLASSES, TIMEOUT, NETWORK)
NETWORK_ERRORS = frozenset(
    {"dns_failed", "connect_failed", "tls_failed", "connection_lost", "protocol_error", "headers_too_large"}
)
"""Codes of the egress side: the name, the connection, TLS, or an answer that is no HTTP."""
GONE = 410

OF_ONE_EVENT = ("400", "409", "413", "415", "422")
"""What an endpoint answers that has read one event and does not want that one."""


def kinds(outcome: Outcome) -> Iterator[str]:
    """All that a failure is called. Where a role was denied the endpoint was never asked."""
    if outcome.denied == ROLE:
        return
    if outcome.status is not None:
        yield str(outcome.status)
        yield f"{outcome.status // 100}xx"
    if outcome.error == TIMEOUT:
        yield TIMEOUT
    elif outcome.error in NETWORK_ERRORS:
        yield NETWORK


def is_any_of(outcome: Outcome, named: Container[str]) -> bool:
    return any(kind in named for kind in kinds(outcome))


def problem_with(kind: str) -> str | None:
    """Why `kind` names no failure that could be had."""
    if kind == str(GONE):
        return "410 always ends the delivery and disables the subscription: leave it out"
    if kind in WORDS or (kind.isascii() and kind.isdigit() and 300 <= int(kind) <= 599):
        return None
    return f"{kind!r} is no kind of failure: write a status from 300 to 599, or one of {', '.join(WORDS)}"


def in_words(count: int) -> str:
    """How many there were."""
    return "1 failure" if count == 1 else f"{count:,} failures"

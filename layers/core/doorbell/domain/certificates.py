"""May events ask the routing index alone? Only while nobody can be missing from it.

    certificate   all of a tenant were found on file, and what changed since the walk began is heard of
    canaries      what changes is heard of at once: one is let fly every minute in each of many partitions

A canary that is not heard for a few minutes means that changes may not be either: events ask everybody then,
and the index again when it is back. When it is away for longer than what changes is kept for, changes are
lost: certificates from before are worth nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from doorbell.domain.filing import Path
from doorbell.domain.routes import FORM

CANARIES: Final = 16
"""One for each partition at least, as good as surely: a new table has four."""
FRESH_SECONDS = 180.0
GAP_SECONDS = 12 * 3600.0
"""A stream keeps a record for 24 hours."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """`began_at`: when its walk did. `count`: of subscriptions that were walked."""

    began_at: float
    count: int
    form: int = FORM


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a tenant."""

    paths: frozenset[Path] = frozenset()
    certificate: Certificate | None = None
    withdrawals: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """When each canary was last heard, by number; since when none was away for too long."""

    at: Mapping[int, float]
    since: float = 0.0

    def is_fresh(self, now: float) -> bool:
        return all(self.at.get(number, 0.0) > now - FRESH_SECONDS for number in range(CANARIES))

    def later(self, number: int, at: float) -> "Heard":
        before = self.at.get(number)
        if before is not None and at <= before:
            return self
        is_gap = before is None or at - before > GAP_SECONDS
        return Heard({**self.at, number: at}, max(self.since, at) if is_gap else self.since)


class Withheld(StrEnum):
    """Why a tenant's events ask everybody."""

    NOT_HEARD = "not_heard"
    WITHDRAWN = "withdrawn"
    NONE = "none"
    OTHER_FORM = "other_form"
    BEFORE_GAP = "before_gap"


def withheld(about: About, heard: Heard, now: float) -> Withheld | None:
    """None: the index may be asked."""
    given = about.certificate
    if not heard.is_fresh(now):
        return Withheld.NOT_HEARD
    if given is None:
        return Withheld.WITHDRAWN if about.withdrawals else Withheld.NONE
    if given.form != FORM:
        return Withheld.OTHER_FORM
    return Withheld.BEFORE_GAP if given.began_at < heard.since else None

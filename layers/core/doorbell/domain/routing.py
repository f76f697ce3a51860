"""The routing record: who an event was promised to, and who nearly was.

Near misses are the subscriptions that name the event's source and type, and whose filter said no or failed.
Some are kept by name, all are counted. Of the others nothing is kept: there may be a hundred thousand, and
why one of them did not match is told when somebody asks (`usecases.explain`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from doorbell.domain.matching import Match, Reason

NAMED_NEAR_MISSES = 50
FORM = 2
"""Of the record as it is kept. Form 1 named everybody, with the reason. Who knows that one alone can read
this one, and goes on with its event."""


@dataclass(frozen=True, slots=True)
class RoutingPage:
    """What fan-out decided for some of a tenant's subscriptions, in order of their id.

    `matches`: those that matched, and near misses by name; in a record of form 1 everybody. `filtered` and
    `failed` count the near misses: the filter said no, or could not be evaluated. `after` is the id to go on
    from, None on the last page.
    """

    matches: tuple[Match, ...] = ()
    after: str | None = None
    filtered: int = 0
    failed: int = 0

    @classmethod
    def of(cls, found: Iterable[Match], after: str | None) -> "RoutingPage":
        """The record of all who were looked at."""
        kept: list[Match] = []
        counts = dict.fromkeys(Reason, 0)
        for one in found:
            counts[one.reason] += 1
            misses = counts[Reason.FILTER] + counts[Reason.FILTER_ERROR]
            if one.matched or (one.is_near_miss and misses <= NAMED_NEAR_MISSES):
                kept.append(one)
        return cls(tuple(kept), after, filtered=counts[Reason.FILTER], failed=counts[Reason.FILTER_ERROR])

    @property
    def matched(self) -> tuple[str, ...]:
        return tuple(match.subscription_id for match in self.matches if match.matched)

    @property
    def near_misses(self) -> tuple[Match, ...]:
        """Those that are named."""
        return tuple(match for match in self.matches if match.is_near_miss)

    def naming(self, most: int) -> "RoutingPage":
        """The same with so many near misses by name, at most."""
        left = frozenset(match.subscription_id for match in self.near_misses[most:])
        if not left:
            return self
        return replace(self, matches=tuple(m for m in self.matches if m.subscription_id not in left))

    def followed_by(self, page: "RoutingPage") -> "RoutingPage":
        """Both as one."""
        return RoutingPage(
            self.matches + page.matches,
            page.after,
            self.filtered + page.filtered,
            self.failed + page.failed,
        ).naming(NAMED_NEAR_MISSES)

    def to_json(self) -> dict[str, Any]:
        return {
            "v": FORM,
            "after": self.after,
            "matches": [[match.subscription_id, match.reason.value, match.detail] for match in self.matches],
            "filtered": self.filtered,
            "failed": self.failed,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RoutingPage":
        rows: Sequence[Sequence[str]] = value["matches"]
        matches = tuple(Match(row[0], Reason(row[1]), row[2]) for row in rows)
        if "v" not in value:
            reasons = [match.reason for match in matches]
            filtered, failed = reasons.count(Reason.FILTER), reasons.count(Reason.FILTER_ERROR)
            return cls(matches, value["after"], filtered, failed)
        return cls(matches, value["after"], value["filtered"], value["failed"])

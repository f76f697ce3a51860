"""Does a subscription want an event, and why (not)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from doorbell.domain.events import TYPE_CHARACTERS
from doorbell.domain.globs import fits
from doorbell.domain.subscriptions import Interest, Subscription

_CLASS_OR_NEVER_IN_TYPE = re.compile(rf"\[!?\]?[^\]]*\]|[^{TYPE_CHARACTERS}*?]")


OTHERS = "*"
"""Among an event's types: there are more than are on record. Whoever names types may want one of them."""


class Reason(StrEnum):
    MATCHED = "matched"
    DISABLED = "disabled"
    SOURCE = "source"
    EVENT_TYPE = "event_type"
    FILTER = "filter"
    FILTER_ERROR = "filter_error"


_NEAR_MISSES = (Reason.FILTER, Reason.FILTER_ERROR)


class FilterError(Exception):
    """A filter that could not be evaluated; the message says why."""


class NotQuick(Exception):
    """It takes longer than others should wait for; nothing is decided."""


@dataclass(frozen=True, slots=True)
class Match:
    """`detail` says what a filter failed on; empty otherwise."""

    subscription_id: str
    reason: Reason
    detail: str = ""

    @property
    def matched(self) -> bool:
        return self.reason is Reason.MATCHED

    @property
    def is_near_miss(self) -> bool:
        """Source and type are right; the filter said no, or failed."""
        return self.reason in _NEAR_MISSES


def type_glob(text: str) -> str:
    """A glob as the types are written that it is to match: a provider's "Push Hook" is `Push_Hook` here. What
    stands in brackets is a class of characters, and stays."""
    if text.isascii() and text.isidentifier():  # as most are: a name of letters, digits and _
        return text
    return _CLASS_OR_NEVER_IN_TYPE.sub(lambda found: found[0] if len(found[0]) > 1 else "_", text)


def match(
    subscription: Subscription | Interest,
    *,
    source_id: str,
    event_type: str,
    passes: Callable[[str], bool],
    event_types: Sequence[str] = (),
) -> Match:
    """`passes(filter)` evaluates a filter on the event's view; it may raise `FilterError`. `event_types`: all
    there are in the body, where it has several; one that fits is enough."""
    reason, detail = _reason(subscription, source_id, event_types or (event_type,), passes)
    return Match(subscription.subscription_id, reason, detail)


def _reason(
    subscription: Subscription | Interest,
    source_id: str,
    event_types: Sequence[str],
    passes: Callable[[str], bool],
) -> tuple[Reason, str]:
    if not subscription.enabled:
        return Reason.DISABLED, ""
    if subscription.sources and source_id not in subscription.sources:
        return Reason.SOURCE, ""
    if subscription.event_types and not _fits(event_types, subscription.event_types):
        return Reason.EVENT_TYPE, ""
    if subscription.filter is None:
        return Reason.MATCHED, ""
    try:
        return (Reason.MATCHED if passes(subscription.filter) else Reason.FILTER), ""
    except FilterError as error:
        return Reason.FILTER_ERROR, str(error)[:200]


def _fits(event_types: Sequence[str], globs: Sequence[str]) -> bool:
    for one in event_types:
        for glob in globs:
            if fits(one, glob):
                return True
    return OTHERS in event_types

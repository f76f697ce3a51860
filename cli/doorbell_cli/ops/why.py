"""Why a subscription did, or did not, get an event, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import StoredEvent
from doorbell.payloads.filters import Filters
from doorbell.runtime.admin_api import explanation_json
from doorbell.store.bodies import BodyBucket
from doorbell.store.items.models import load_subscription
from doorbell.usecases.explain import Explain, Explanation
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.reading import inspect
from doorbell_cli.ops.stories import reason_text
from doorbell_cli.output import Output, clock
from doorbell_cli.target import Target

OTHERS, SHOWN = 50, 5
"""Subscriptions that are asked at once, and names of a list that are told."""


def explain(target: Target) -> Explain:
    bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
    return Explain(inspect(target), SUBSCRIPTION.table(target), load_subscription, bodies, Filters())


def say_why(out: Output, found: Explanation) -> None:
    out.document(explanation_json(found))
    first, *others = words(found)
    out.say(f"{found.subscription_id}: {first}")
    for line in others:
        out.say(f"  {line}")


@dataclass(slots=True)
class Others:
    """Subscriptions that an event's record does not name, each with what it says of the event as it is now.
    `following`: the one to go on after, known when all have been gone through; None: there is none."""

    asking: Explain
    target: Target
    event_id: str
    after: str | None
    following: str | None = None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Three calls at the most, for `OTHERS` subscriptions. Refuses (404) an event that is not kept."""
        event = self.asking.inspect.page(self.event_id, None, 1).event
        tenant_id, named = event.incoming.tenant_id, {one.subscription_id for one in event.routing.matches}
        begin = None if self.after is None else (tenant_id, self.after)
        items, following = SUBSCRIPTION.table(self.target).page(tenant_id, limit=OTHERS, after=begin)
        for values in (item.values for item in items):
            if (name := str(values["subscription_id"])) not in named:
                yield name, _says(event, values, *self.asking.says(event, values))
        self.following = None if following is None else following[-1]


def _says(event: StoredEvent, values: Mapping[str, Any], now: Match | None, problem: str | None) -> str:
    if now is None:
        return f"it is broken, and left out: {problem}"
    if now.matched:
        return "it would match now: it was made or changed since, or its filter said no then"
    told = reason_text(now.reason, now.detail)
    if now.reason is Reason.SOURCE:
        return f"{told}: it names {_listed(values, 'sources')}, not {event.incoming.source_id}"
    if now.reason is Reason.EVENT_TYPE:
        return f"{told}: it names {_listed(values, 'event_types')}, and this is {event.incoming.event_type}"
    return told


def _listed(values: Mapping[str, Any], field: str) -> str:
    names = sorted(map(str, values.get(field) or ()))
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def words(found: Explanation) -> list[str]:
    """What is on record, what it says now, and whether it has changed since."""
    told = [_recorded(found), f"As it is now: {_now(found)}"]
    return [*told, _change(found)] if found.exists else told


def _recorded(found: Explanation) -> str:
    if found.then is not None and found.then.matched:
        return "it matched. Its deliveries are in the event's story."
    if found.then is not None:
        return f"it did not get the event: {reason_text(found.then.reason, found.then.detail)}."
    if not found.is_routed:
        return "fan-out has not come to it yet."
    return "it did not match, or was not there. The event's record names near misses only, and not all."


def _now(found: Explanation) -> str:
    if not found.exists:
        return "there is no such subscription."
    if found.now is None:
        return f"it is broken, and left out. {found.problem}"
    if found.now.matched:
        return "it would match."
    return f"{reason_text(found.now.reason, found.now.detail)}."


def _change(found: Explanation) -> str:
    if found.written_at is None:
        return "It does not say when it was last written, so it may have changed since the event."
    when = clock(found.written_at)
    if found.has_changed:
        return f"It has changed since the event, at {when}: it may have said something else then."
    return f"It was last written at {when}, before the event: it said the same then."

"""Why a subscription did, or did not, get an event, in words."""

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


def explain(target: Target) -> Explain:
    bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
    return Explain(inspect(target), SUBSCRIPTION.table(target), load_subscription, bodies, Filters())


def say_why(out: Output, found: Explanation) -> None:
    out.document(explanation_json(found))
    first, *others = words(found)
    out.say(f"{found.subscription_id}: {first}")
    for line in others:
        out.say(f"  {line}")


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

"""Home: how a tenant's endpoints stand, and what is wrong, grouped by endpoint and cause."""

from collections.abc import Sequence
from dataclasses import dataclass

from doorbell.domain.health import Circuit
from doorbell.domain.holders import source_held_by
from doorbell.domain.standing import Held, Standing, held_by
from doorbell_cli.ops import standings
from doorbell_cli.ops.stories import answer
from doorbell_cli.ops.why_held import WHY

ROWS = 100
"""Of each list on the page."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One endpoint with one cause. `since` and `last_at`: its first and its newest failure, epoch seconds,
    None: not known. `count`: deliveries that wait for it. `next_at` and `following`: what Doorbell
    does next."""

    subscription_id: str
    cause: str
    since: float | None
    last_at: float | None
    count: str
    next_at: float | None
    following: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    subscription_id: str
    state: str
    tone: str
    waiting: str
    failing: str
    lost: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why some deliveries wait; `oldest`: when the first of them was made, epoch seconds, and for whom."""

    why: str
    count: int
    oldest: float
    subscription_id: str


@dataclass(frozen=True, slots=True)
class Home:
    """`complete` false: the walk of what waits stopped after `looked_at`, and numbers are the least there can
    be. `held`: why deliveries wait, of those that were looked at, most first. `endpoints`: `ROWS` of all
    `subscriptions`, `following` is the next of them. `unlisted`: problems that `problems` leaves out."""

    tenant_id: str
    waiting: str
    failing: str
    lost: str
    held: Sequence[Waiting]
    problems: Sequence[Problem]
    endpoints: Sequence[Endpoint]
    complete: bool
    looked_at: int
    subscriptions: int
    following: str | None
    unlisted: int


def home(tenant_id: str, found: Sequence[Standing], now: float, first: str = "") -> Home:
    """`found`: in order of their id. `first`: the id from which on subscriptions are listed."""
    more = any(one.pending.more for one in found)
    lost_more = any(one.lost.more for one in found)
    problems = sorted((p for one in found if (p := _problem(one, now))), key=lambda p: -(p.last_at or now))
    listed = [one for one in found if one.subscription_id >= first]
    return Home(
        tenant_id,
        standings.count(sum(len(one.pending.rows) for one in found), more),
        standings.count(sum(len(one.pending.tried) for one in found), more),
        standings.count(sum(len(one.lost.rows) for one in found), lost_more),
        _held(found, now),
        problems[:ROWS],
        [_endpoint(one, now) for one in listed[:ROWS]],
        not more,
        found[0].pending.looked_at if found else 0,
        len(found),
        listed[ROWS].subscription_id if len(listed) > ROWS else None,
        len(problems[ROWS:]),
    )


def _held(found: Sequence[Standing], now: float) -> Sequence[Waiting]:
    held = dict[Held, list[tuple[float, str]]]()
    for one in found:
        for delivery in one.seen:
            reason = held_by(delivery, one.health, now)
            held.setdefault(reason, []).append((delivery.created_at, one.subscription_id))
    reasons = [Waiting(WHY[why], len(those), *min(those)) for why, those in held.items()]
    return sorted(reasons, key=lambda one: -one.count)


def _endpoint(one: Standing, now: float) -> Endpoint:
    state = standings.state(one, now)
    return Endpoint(
        one.subscription_id,
        str(state.value),
        state.style,
        standings.count(len(one.pending.rows), one.pending.more),
        standings.failing(one),
        standings.count(len(one.lost.rows), one.lost.more),
    )


def _problem(one: Standing, now: float) -> Problem | None:
    if one.exists and one.attempts_allowed is None:
        return _of_the_item(one, "Its item is broken, so nothing is sent to it", "until somebody repairs it")
    if one.exists and not one.enabled and one.off_reason:
        return _of_the_item(one, f"Doorbell disabled it: {one.off_reason}", "until it is enabled")
    if not one.failing and not one.health.failures:
        return None
    newest = one.failing[0] if one.failing else None
    attempt = newest.attempts[-1] if newest is not None else None
    next_at, following = _next(one, now)
    return Problem(
        one.subscription_id,
        answer(attempt) if attempt is not None else "it failed, and what failed was given up",
        one.health.failing_since,
        attempt.at if attempt is not None else None,
        standings.count(len(one.pending.rows), one.pending.more),
        next_at,
        following,
    )


def _of_the_item(one: Standing, cause: str, following: str) -> Problem:
    count = standings.count(len(one.pending.rows), one.pending.more)
    return Problem(one.subscription_id, cause, one.off_since, None, count, None, f"nothing, {following}")


def _next(one: Standing, now: float) -> tuple[float | None, str]:
    """What comes soonest of what was looked at."""
    if not one.exists or not one.enabled:
        return None, "nothing: what waits is cancelled as it comes up"
    if one.paused:
        return None, "nothing, until it is resumed"
    circuit, health, first = one.health.circuit(now), one.health, one.soonest
    if circuit is Circuit.OPEN:
        return health.parked_until, "parked: one probe"
    if circuit is Circuit.HALF_OPEN and health.probe_taken(now):
        return health.probe_until, "a probe is under way"
    if circuit is Circuit.HALF_OPEN:
        return None, "parked: the next delivery is a probe"
    if first is None:
        return None, "the next event is tried as usual"
    if first.is_paused:
        source_id = source_held_by(first)
        return (
            None,
            f"nothing, until the source {source_id} is resumed" if source_id else "its list is let out",
        )
    return max(first.next_attempt_at, now), f"attempt {first.next_attempt}"

"""How a subscription stands, in words for people."""

from collections import Counter
from collections.abc import Iterator, Mapping

from doorbell.domain.deliveries import Delivery
from doorbell.domain.failures import in_words
from doorbell.domain.health import Circuit
from doorbell.domain.standing import Listed, Lost, Standing
from doorbell.domain.subscriptions import scoped
from doorbell_cli.cells import Styled, clock
from doorbell_cli.ops.left_behind import left_behind
from doorbell_cli.ops.next_attempts import when_of
from doorbell_cli.ops.stories import answer
from doorbell_cli.ops.times import span
from doorbell_cli.ops.why_held import why_held


def facts(standing: Standing, now: float) -> Mapping[str, object]:
    """One subscription, a line for each fact."""
    told: dict[str, object] = {
        "subscription": scoped(standing.tenant_id, standing.subscription_id),
        "state": state(standing, now),
        "waiting": waiting(standing),
    }
    if standing.seen:
        told["held by"] = held(standing, now)
        told["oldest"] = f"{clock(_oldest(standing).created_at)}{_of_seen(standing)}"
        told["next look"] = f"{clock(_next_look(standing))} at the latest"
    if (behind := left_behind(standing, now)) is not None:
        told["not brought forward"] = Styled(behind, "yellow")
    if standing.listed is not None and standing.listed.count:
        told["waiting list"] = listed(standing, standing.listed, now)
    if standing.failing:
        told["failing"] = failing(standing)
        told["last error"] = Styled(last_error(standing.failing[0]), "red")
        told["next attempt"] = next_attempt(standing, now)
    told["lost"] = lost(standing.lost)
    return told


def state(standing: Standing, now: float) -> Styled:
    if not standing.exists:
        return Styled("deleted: what waits for it is cancelled as it comes up", "yellow")
    if not standing.enabled:
        since = f" since {clock(standing.off_since)}" if standing.off_since is not None else ""
        return Styled(f"disabled{since}: {standing.off_reason or 'by hand'}", "yellow")
    if standing.paused:
        since = f" since {clock(standing.paused_since)}" if standing.paused_since is not None else ""
        return Styled(f"PAUSED{since}{_kept(standing)}", "yellow")
    if standing.attempts_allowed is None:
        return Styled("BROKEN: `doorbell check` names the field", "red")
    health = standing.health
    circuit = health.circuit(now)
    in_a_row = f"{in_words(health.failures)} in a row since {clock(health.failing_since)}"
    if circuit is Circuit.OPEN:
        return Styled(f"PARKED until {clock(health.parked_until)}, then one probe; {in_a_row}", "red")
    if circuit is Circuit.HALF_OPEN and health.probe_taken(now):
        return Styled(f"PROBE under way until {clock(health.probe_until)}; {in_a_row}", "yellow")
    if circuit is Circuit.HALF_OPEN:
        return Styled(f"parked; the next delivery is a probe; {in_a_row}", "yellow")
    if health.failures:
        return Styled(in_a_row, "yellow")
    if health.wake is not None and not health.wake.closing:
        return Styled("draining: what waited for it goes out", "yellow")
    return Styled("healthy", "green")


def _kept(standing: Standing) -> str:
    """Until when: what waits is kept no longer."""
    return "" if standing.kept_until is None else f": what waits is kept until {clock(standing.kept_until)}"


def waiting(standing: Standing) -> str:
    pending, tried = standing.pending, len(standing.pending.tried)
    if not pending.rows and not pending.more:
        return "nothing"
    stopped = f" (of the first {pending.looked_at:,} pending deliveries of the stack)" if pending.more else ""
    parts = f"{tried:,} failed before, {_untried(standing):,} not tried yet"
    least = max(len(pending.rows), standing.listed.count if standing.listed is not None else 0)
    return f"{count(least, pending.more)}: {parts}{stopped}"


def held(standing: Standing, now: float) -> str:
    counted = Counter(why_held(delivery, standing.health, now) for delivery in standing.seen)
    return "; ".join(f"{number:,} {why}" for why, number in counted.most_common()) + _of_seen(standing)


def listed(standing: Standing, on_it: Listed, now: float) -> str:
    """With when the last of it will be out, as far as that can be said."""
    begin = f"{count(on_it.count, on_it.more)} since {clock(on_it.since)}"
    pace, seconds = f"{standing.pace:g} a second", standing.list_seconds
    lasts = "" if seconds is None or seconds < 1 else f", {span(seconds)} for all at that pace"
    if standing.paused:
        return f"{begin}; once resumed sent out at {pace} and faster{lasts}"
    if standing.health.circuit(now) is not Circuit.CLOSED:
        return f"{begin}; after a good probe sent out at {pace} and faster{lasts}"
    end = "" if seconds is None else f": the last by {clock(now + seconds)} at this pace"
    return f"{begin}; being sent out at {pace}{end}"


def failing(standing: Standing) -> str:
    return count(len(standing.pending.tried), standing.pending.more)


def attempts(delivery: Delivery, standing: Standing) -> str:
    allowed = standing.attempts_allowed
    return f"{delivery.attempts_made} of {allowed}" if allowed is not None else f"{delivery.attempts_made}"


def last_error(delivery: Delivery) -> str:
    """With the answer's text; of which delivery, and when."""
    attempt = delivery.attempts[-1]
    return f"{answer(attempt)} at {clock(attempt.at)} ({delivery.key.event_id})"


def next_attempt(standing: Standing, now: float) -> str:
    """The soonest of those that were looked at."""
    delivery = standing.soonest
    if delivery is None or not standing.exists or not standing.enabled:
        return "none: what waits is cancelled as it comes up"
    why, used = why_held(delivery, standing.health, now), f"{attempts(delivery, standing)} attempts used"
    return f"{when_of(delivery, standing.health, now)}: {why}; {used}"


def lost(found: Lost) -> str:
    if not found.rows:
        return (
            f"nothing since {clock(found.since)}"
            if not found.more
            else "none found; the search stopped early"
        )
    parts = "; ".join(_reasons(found))
    replayed = ""
    if found.replayed:
        of = "" if found.looked_up == len(found.rows) else f" of the newest {found.looked_up:,}"
        replayed = f"; {found.replayed:,}{of} replayed since"
    return f"{count(len(found.rows), found.more)} since {clock(found.since)}: {parts}{replayed}"


def count(number: int, more: bool) -> str:
    return f"{number:,}+" if more else f"{number:,}"


def _reasons(found: Lost) -> Iterator[str]:
    for (state_, reason), number in sorted(found.by_reason.items(), key=lambda one: -one[1]):
        yield f"{number:,} {state_}" + (f" ({reason})" if reason else "")


def _untried(standing: Standing) -> int:
    return len(standing.pending.rows) - len(standing.pending.tried)


def _oldest(standing: Standing) -> Delivery:
    found = standing.oldest
    assert found is not None
    return found


def _next_look(standing: Standing) -> float:
    """The sweeper's at the next delivery, or the wake's at the waiting list."""
    wake = standing.health.wake
    return min([row.due_at for row in standing.pending.rows[:1]] + ([wake.at] if wake is not None else []))


def _of_seen(standing: Standing) -> str:
    return "" if standing.sees_all else f" (of {len(standing.seen):,} looked at)"

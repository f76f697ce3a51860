"""What Doorbell's own events say: what happened, to whom, since when, what comes next, where to look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from doorbell.domain.incidents import Incident
from doorbell.domain.own_events import (
    DEAD_LETTERS,
    DISABLED,
    DRAINED,
    EXHAUSTED,
    LATE,
    ON_TIME,
    PARKED,
    RECOVERED,
    OwnEvent,
)


@dataclass(frozen=True, slots=True)
class Present:
    """How things are now: the kind of event that says so, and its numbers."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def of_incident(incident: Incident, present: Present, now: float) -> OwnEvent:
    facts = {**incident.detail, **present.facts}
    title, happened, comes, look, severity = _SAYS[present.kind](incident, facts, now)
    return OwnEvent(
        kind=present.kind,
        about=incident.about,
        key=f"doorbell/{incident.cause}/{incident.about}",
        title=title,
        text=told(happened, comes, look),
        severity=severity,
        since=iso(incident.since),
        count=max(1, incident.count),
        facts=facts,
    )


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


type _Says = tuple[str, str, str, str, str]
"""Title, what happened, what comes next, where to look, severity."""


def _parked(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    failures, until = int(facts.get("failures", 0)), facts.get("parked_until")
    since = iso(facts.get("failing_since") or incident.since)
    problem = f" {facts['problem']}." if "problem" in facts else ""
    one = f"one delivery as a test at {iso(until)}" if until and until > now else "one delivery as a test"
    return (
        f"Endpoint {incident.about} is parked",
        f"It failed {_times(max(failures, 1))} in a row. Since {since}.{problem}",
        f"Doorbell keeps what is for it, which uses up no attempt, and sends {one}.",
        f"doorbell status {incident.about}",
        "error",
    )


def _recovered(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    cancels, answers = bool(facts.get("cancels")), incident.kind == RECOVERED and not facts.get("cancels")
    changed = "Its subscription was switched off or removed" if cancels else "It was reset or changed"
    goes = "What is pending for it is cancelled" if cancels else "Doorbell sends out what waits, oldest first"
    return (
        f"Endpoint {incident.about} is no longer parked",
        f"{'It answers again' if answers else changed}. It was parked since {iso(incident.since)}.",
        f"{goes}.",
        f"doorbell status {incident.about}",
        "info",
    )


def _disabled(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    tenant, _, name = incident.about.partition("/")
    return (
        f"Subscription {incident.about} is switched off",
        f"Doorbell switched it off at {iso(incident.last_at)}: {facts.get('reason', 'no reason on record')}.",
        "What is pending for it is cancelled, and new events do not match it. When it is repaired: "
        f"doorbell subscriptions enable {incident.about}, then doorbell replay --subscription {name} "
        f"--tenant {tenant} --since 7d",
        f"doorbell status {incident.about}",
        "critical",
    )


def _exhausted(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    tenant, _, name = incident.about.partition("/")
    return (
        f"Endpoint {incident.about}: {_deliveries(incident.count)} given up",
        f"Their schedule or age is used up. Since {iso(incident.since)}. The last: {facts.get('event_id')}.",
        "Doorbell keeps the events and tries no more. When the endpoint is repaired: "
        f"doorbell replay --subscription {name} --tenant {tenant} --since 7d",
        f"doorbell deliveries list --subscription {name} --tenant {tenant}",
        "critical",
    )


def _dead_letters(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    return (
        f"{facts.get('messages', 1)} messages in the dead-letter queue {incident.about}",
        f"Doorbell failed on them five times. Since {iso(incident.since)}.",
        "They stay there for 14 days, and nobody handles them until they are sent back: doorbell dlq redrive",
        "doorbell dlq list",
        "critical",
    )


def _drained(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    return (
        f"The dead-letter queue {incident.about} is empty",
        f"It had messages since {iso(incident.since)}.",
        "Nothing is left to do.",
        "doorbell dlq list",
        "info",
    )


def _late(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    return (
        f"Deliveries are late by {int(facts.get('lag_seconds', 0))} s",
        f"What was due is sent later than planned. Since {iso(incident.since)}.",
        "The sweeper goes on every minute, the oldest first. The concurrency limit may be too low.",
        "doorbell check",
        "error",
    )


def _on_time(incident: Incident, facts: Mapping[str, Any], now: float) -> _Says:
    return (
        "Deliveries are on time again",
        f"They were late since {iso(incident.since)}.",
        "Nothing is left to do.",
        "doorbell status",
        "info",
    )


_SAYS = {
    PARKED: _parked,
    RECOVERED: _recovered,
    DISABLED: _disabled,
    EXHAUSTED: _exhausted,
    DEAD_LETTERS: _dead_letters,
    DRAINED: _drained,
    LATE: _late,
    ON_TIME: _on_time,
}


def told(happened: str, comes: str, look: str) -> str:
    return f"{happened}\nNext: {comes}\nLook: {look}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _deliveries(count: int) -> str:
    return "1 delivery" if count == 1 else f"{count} deliveries"

"""An endpoint's health: a breaker that parks the whole endpoint, tests it with one probe, and lets the
backlog out at a metered rate. Pure; times are epoch seconds."""

from dataclasses import replace
from enum import StrEnum
from hashlib import sha256

from doorbell.domain.failures import is_any_of
from doorbell.domain.outbound import ROLE, Outcome
from doorbell.domain.quick import quick
from doorbell.domain.retry_after import retry_after_seconds
from doorbell.domain.wakes import Wake, at_parking, at_recovery

BREAKER_FAILURES = 5
"""Consecutive failures that open the breaker. Attempts side by side are one step of the row: who began before
the last failure was counted says nothing of what came after it, and a success among them is not on record."""
PARK_BASE_SECONDS = 30.0
PARK_MAX_SECONDS = 3600.0
RETRY_AFTER_MAX_SECONDS = 24 * 3600.0
DISABLE_AFTER_SECONDS = 5 * 24 * 3600.0
DRAIN_PER_SECOND = 50.0
"""How fast a backlog is let out after an outage, unless the subscription has a rate limit of its own."""

OVERLOADED = frozenset({429, 502, 503, 504})

OWN_FAULTS = frozenset({
    "config_error", "secret_missing", "event_missing", "body_missing", "transform_failed", "compose_failed",
    "oauth_failed", "header_refused", "method_refused", "tls_config_invalid", "lookups_busy",
    "large_not_kept",
})  # fmt: skip
"""Errors from before the send: they say nothing of the endpoint."""


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@quick
class Health:
    """`failures` are consecutive. `failing_since` is the first of them. `parked_until` None = closed.
    `asked_until` is the same where the subscriber asked for it; any other moment says nothing: a release that
    does not know it leaves it there. `parks` counts the parkings since the last success. `probe_until` is the
    lease of the probe. `url_hash` tells the URL it is about. `wake` is that of the list of those who wait.
    `version` changes with every write and guards it, the wake included."""

    failures: int = 0
    failing_since: float | None = None
    parked_until: float | None = None
    parks: int = 0
    probe_until: float | None = None
    url_hash: str = ""
    version: int = 0
    wake: Wake | None = None
    asked_until: float | None = None

    def circuit(self, now: float) -> Circuit:
        if self.parked_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.parked_until else Circuit.HALF_OPEN

    def with_wake(self, wake: Wake | None) -> "Health":
        return replace(self, wake=wake)

    def probe_taken(self, now: float) -> bool:
        return self.probe_until is not None and now < self.probe_until


def speaks_of_endpoint(outcome: Outcome, ignores: tuple[str, ...]) -> bool:
    """Whether a failure does: not Doorbell's own faults, nor what the subscription says is about one
    event."""
    return outcome.error not in OWN_FAULTS and not is_any_of(outcome, ignores)


def parks_endpoint(outcome: Outcome) -> bool:
    """Whether an outcome speaks of the endpoint as a whole, not of this one event."""
    return outcome.error == "timeout" or outcome.status in OVERLOADED or outcome.denied == ROLE


def hash_of(url: str) -> str:
    return sha256(url.encode()).hexdigest()[:16]


def of_url(health: Health, url: str) -> Health:
    """What it says of `url`: nothing, when it is about another, as the subscription was pointed elsewhere."""
    if not health.url_hash or health.url_hash == hash_of(url):
        return health
    return Health(version=health.version, wake=health.wake)


def after_attempt(
    health: Health,
    outcome: Outcome,
    *,
    url: str,
    now: float,
    lease_until: float,
    ignores: tuple[str, ...] = (),
    known: Health | None = None,
) -> Health:
    if outcome.is_success:
        return after_success(health, now)
    wanted = retry_after_seconds(outcome.retry_after, now=now)
    return after_failure(
        health, outcome, url=url, retry_after=wanted, now=now, lease_until=lease_until,
        ignores=ignores, known=known,
    )  # fmt: skip


def after_success(health: Health, now: float) -> Health:
    """Closed, nothing counted; but a success that was sent before the endpoint was parked opens nothing."""
    if health.circuit(now) is Circuit.OPEN:
        return health
    wake = health.wake if health.parked_until is None else at_recovery(health.wake, now)
    return Health(version=health.version, wake=wake)


def after_failure(
    health: Health,
    outcome: Outcome,
    *,
    url: str,
    retry_after: float,
    now: float,
    lease_until: float,
    ignores: tuple[str, ...] = (),
    known: Health | None = None,
) -> Health:
    """`url` failed; what the subscription `ignores` says nothing of it. `retry_after`: what the subscriber
    asked for in seconds, 0 = nothing. `lease_until`: the lease under which it was sent, by which a probe is
    known, which always counts. `known`: the health with which the attempt began, None: `health`."""
    is_probe = health.probe_until == lease_until
    if not speaks_of_endpoint(outcome, ignores):
        return replace(health, probe_until=None) if is_probe else health
    if (is_told := outcome.is_told and not is_probe) and not parks_endpoint(outcome):
        return health
    is_next = is_probe or _knows_the_row(known or health, health)
    failures = health.failures + (is_next and not is_told)
    failing_since = now if health.failing_since is None else health.failing_since
    failed = replace(health, failures=failures, failing_since=failing_since, url_hash=hash_of(url))
    others_probe = health.probe_taken(now) and health.probe_until != lease_until
    if health.circuit(now) is Circuit.OPEN or others_probe:  # sent before it was parked: nothing new
        return failed
    failed = replace(failed, probe_until=None)
    if not parks_endpoint(outcome) and failures < BREAKER_FAILURES:
        return failed
    until = now + _parking(health.parks, retry_after)
    wake = at_parking(health.wake, until, now)
    asked = until if retry_after > 0 else None
    return replace(failed, parked_until=until, asked_until=asked, parks=health.parks + 1, wake=wake)


def _knows_the_row(known: Health, health: Health) -> bool:
    """All of it, or that it begins now."""
    is_same = known.failing_since == health.failing_since and known.failures >= health.failures
    return is_same or not health.failures


def _parking(parks: int, retry_after: float) -> float:
    """In seconds: as long as was asked for; longer each time where nothing was said."""
    if retry_after > 0:
        return min(retry_after, RETRY_AFTER_MAX_SECONDS)
    return min(PARK_BASE_SECONDS * 2.0 ** min(parks, 20), PARK_MAX_SECONDS)


def disables(health: Health, outcome: Outcome, ignores: tuple[str, ...], now: float) -> bool:
    """Whether the failure, which speaks of the endpoint, is one too many; `health` is that after it."""
    return speaks_of_endpoint(outcome, ignores) and should_disable(health, now)


def should_disable(health: Health, now: float) -> bool:
    """Nothing but failure for five days, and not just twice in a quiet week."""
    return (
        health.failing_since is not None
        and health.failures >= BREAKER_FAILURES
        and now - health.failing_since >= DISABLE_AFTER_SECONDS
    )

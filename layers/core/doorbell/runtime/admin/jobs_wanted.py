"""What a job is asked for, held against what its kind takes."""

from typing import Any

from doorbell.domain.deliveries import State
from doorbell.domain.errors import ConfigError
from doorbell.domain.previews import FIELDS
from doorbell.domain.replays import UNMATCHED, Selection
from doorbell.domain.trial_jobs import job_body
from doorbell.domain.trials import DATA
from doorbell.payloads.expressions import problem_with
from doorbell.runtime.admin.fields import epoch
from doorbell.runtime.admin.jobs_answers import JobWanted
from doorbell.store.items.models import Checks, load_subscription

ALL_ENDED = (State.EXHAUSTED.value, State.CANCELLED.value)
OF_REPLAYS = ("states", "would_match", "per_second")
OF_TESTS = ("event_type", "data", "wait_seconds")
TIMES = ("since", "until")
TAKES = {"replay": (*TIMES, *OF_REPLAYS), "preview": (*TIMES, *FIELDS), "test": OF_TESTS}
"""Beside the subscription."""


def selection_of(tenant_id: str, wanted: JobWanted, now: float, oldest: float) -> Selection:
    """Raises `ConfigError`, which names the field, also for one that another kind takes."""
    _refuse_foreign(wanted)
    if wanted.would_match and wanted.states is not None:
        raise ConfigError("job", "states", "is for deliveries; leave it out, or would_match")
    if wanted.since is None:
        raise ConfigError("job", "since", "is missing; say from when on")
    since = epoch(wanted.since)
    until = now if wanted.until is None else min(epoch(wanted.until), now)
    if since >= until:
        raise ConfigError("job", "since", "must be before until, and not in the future")
    period = max(since, oldest), max(until, oldest)
    return Selection(tenant_id, wanted.subscription_id, *period, _states(wanted))


def _refuse_foreign(wanted: JobWanted) -> None:
    for name in sorted({*TIMES, *OF_REPLAYS, *FIELDS, *OF_TESTS} - {*TAKES[wanted.kind]}):
        if name in wanted.model_fields_set:
            raise ConfigError("job", name, f"is not for a {wanted.kind}; leave it out")


def trial_of(tenant_id: str, wanted: JobWanted, now: float) -> tuple[Selection, str, str]:
    """Whom it is for and until when, the event's type and its body. Raises `ConfigError`, as
    `selection_of`."""
    _refuse_foreign(wanted)
    body = job_body(wanted.data if "data" in wanted.model_fields_set else DATA)
    until = now + wanted.wait_seconds
    return Selection(tenant_id, wanted.subscription_id, now, until, ()), wanted.event_type, body


def changes_of(tenant_id: str, wanted: JobWanted) -> dict[str, Any]:
    """The fields of a `Rule` that are given, by the same rules as a subscription's own; null is empty. Raises
    `ConfigError`."""
    given = {name: getattr(wanted, name) for name in FIELDS if name in wanted.model_fields_set}
    item = {
        "tenant_id": tenant_id,
        "subscription_id": wanted.subscription_id,
        "url": "https://preview.invalid/",  # nothing is sent
        "signing": "none",
        **{name: value for name, value in given.items() if value is not None},
    }
    sound = load_subscription(item, Checks(expression=problem_with))
    return {name: getattr(sound, name) for name in given}


def _states(wanted: JobWanted) -> tuple[str, ...]:
    if wanted.kind == "preview":
        return ()
    return (UNMATCHED,) if wanted.would_match else tuple(dict.fromkeys(wanted.states or ALL_ENDED))

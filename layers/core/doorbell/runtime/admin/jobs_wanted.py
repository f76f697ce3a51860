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
OF_PURGES = ("confirm", "run")
TIMES = ("since", "until")
TAKES = {
    "replay": ("subscription_id", *TIMES, *OF_REPLAYS),
    "preview": ("subscription_id", *TIMES, *FIELDS),
    "test": ("subscription_id", *OF_TESTS),
    "purge": OF_PURGES,
}


def selection_of(tenant_id: str, wanted: JobWanted, now: float, oldest: float) -> Selection:
    """Raises `ConfigError`, which names the field, also for one that another kind takes."""
    subscription_id = _for_one(wanted)
    if wanted.would_match and wanted.states is not None:
        raise ConfigError("job", "states", "is for deliveries; leave it out, or would_match")
    if wanted.since is None:
        raise ConfigError("job", "since", "is missing; say from when on")
    since = epoch(wanted.since)
    until = now if wanted.until is None else min(epoch(wanted.until), now)
    if since >= until:
        raise ConfigError("job", "since", "must be before until, and not in the future")
    period = max(since, oldest), max(until, oldest)
    return Selection(tenant_id, subscription_id, *period, _states(wanted))


def _refuse_foreign(wanted: JobWanted) -> None:
    others = {name for names in TAKES.values() for name in names} - {*TAKES[wanted.kind]}
    for name in sorted(others & wanted.model_fields_set):
        raise ConfigError("job", name, f"is not for a {wanted.kind}; leave it out")


def _for_one(wanted: JobWanted) -> str:
    """The subscription that it is for."""
    _refuse_foreign(wanted)
    if wanted.subscription_id is None:
        raise ConfigError("job", "subscription_id", "is missing; say whom it is for")
    return wanted.subscription_id


def removes(tenant_id: str, wanted: JobWanted) -> bool:
    """Whether a purge is meant to remove, and not to count. Raises `ConfigError`."""
    _refuse_foreign(wanted)
    if wanted.confirm != tenant_id:
        said = "is missing" if wanted.confirm is None else "is another tenant's"
        raise ConfigError(
            "job", "confirm", f'{said}; repeat the tenant whose data it is about: "{tenant_id}"'
        )
    return wanted.run


def trial_of(tenant_id: str, wanted: JobWanted, now: float) -> tuple[Selection, str, str]:
    """Whom it is for and until when, the event's type and its body. Raises `ConfigError`, as
    `selection_of`."""
    subscription_id = _for_one(wanted)
    body = job_body(wanted.data if "data" in wanted.model_fields_set else DATA)
    until = now + wanted.wait_seconds
    return Selection(tenant_id, subscription_id, now, until, ()), wanted.event_type, body


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

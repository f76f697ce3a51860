"""What a job is asked for, held against what its kind takes."""

from typing import Any

from doorbell.domain.deliveries import State
from doorbell.domain.errors import ConfigError
from doorbell.domain.previews import FIELDS
from doorbell.domain.replays import UNMATCHED, Selection
from doorbell.payloads.expressions import problem_with
from doorbell.runtime.admin.fields import epoch
from doorbell.runtime.admin.jobs_answers import JobWanted
from doorbell.store.items.models import Checks, load_subscription

ALL_ENDED = (State.EXHAUSTED.value, State.CANCELLED.value)
OF_REPLAYS = ("states", "would_match", "per_second")


def selection_of(tenant_id: str, wanted: JobWanted, now: float, oldest: float) -> Selection:
    """Raises `ConfigError`, which names the field, also for one that another kind takes."""
    foreign = OF_REPLAYS if wanted.kind == "preview" else FIELDS
    for name in foreign:
        if name in wanted.model_fields_set:
            raise ConfigError("job", name, f"is not for a {wanted.kind}; leave it out")
    if wanted.would_match and wanted.states is not None:
        raise ConfigError("job", "states", "is for deliveries; leave it out, or would_match")
    since = epoch(wanted.since)
    until = now if wanted.until is None else min(epoch(wanted.until), now)
    if since >= until:
        raise ConfigError("job", "since", "must be before until, and not in the future")
    period = max(since, oldest), max(until, oldest)
    return Selection(tenant_id, wanted.subscription_id, *period, _states(wanted))


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

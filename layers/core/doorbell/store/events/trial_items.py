"""Of a job's item what is a test's own. Its body is at most 4 KiB, the text of its answer 1 KiB: a write unit
for each KiB of them and step, beside the one for the rest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from doorbell.domain.deliveries import Attempt
from doorbell.domain.replays import Selection
from doorbell.domain.trial_jobs import Outcome, TrialJob


def trial_values(work: TrialJob) -> dict[str, Any]:
    return {
        "event_type": work.event_type,
        "body": work.body,
        "made_at": work.made_at,
        "look_at": work.look_at,
        "outcome": None if work.outcome is None else work.outcome.value,
        "attempt": None if work.attempt is None else asdict(work.attempt),
        "reason": work.reason,
    }


def trial_from(job_id: str, selection: Selection, values: Mapping[str, Any]) -> TrialJob:
    outcome, attempt = values.get("outcome"), values.get("attempt")
    return TrialJob(
        job_id=job_id,
        selection=selection,
        event_type=values["event_type"],
        body=values["body"],
        made_at=values.get("made_at"),
        look_at=values.get("look_at"),
        outcome=None if outcome is None else Outcome(outcome),
        attempt=None if attempt is None else Attempt(**attempt),
        reason=values["reason"],
        finished_at=values.get("written_at"),
    )

"""What a replay of many would do: how many, to whom, how fast, at what cost, and what it leaves out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.log import Missed
from doorbell.domain.replays import ReplayJob
from doorbell.usecases.left_out import LeftOut
from doorbell_cli.cells import clock
from doorbell_cli.ops.bill import replay_cost
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.times import span


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job would do. `more`: it would do more than that, not all was looked at."""

    count: int
    facts: Mapping[str, Any]
    examples: Sequence[str]
    left_out: LeftOut
    more: bool


def plan_of(replayer: Replayer, job: ReplayJob, most: int | None = None) -> Plan:
    """By reading alone; `most`: of deliveries that are counted."""
    estimate = replayer.many(job.selection).estimate(job.selection, most)
    left_out = replayer.left_out(job.selection)
    subscription = replayer.subscriptions().get(job.selection.tenant_id, job.selection.subscription_id)
    ended = "recorded" if job.selection.would_match else "ended"
    facts = {
        "deliveries": estimate.count,
        "to": f"{job.selection.subscription_id} at {subscription.url if subscription else '-'}",
        f"{ended} between": f"{clock(job.selection.since)} and {clock(job.selection.until)}",
        "per_second": job.per_second,
        "takes": span(estimate.count / job.per_second),
        "events_read": estimate.looked,
        "cost_usd": round(replay_cost(estimate.count, estimate.looked), 6),
        "skipped": dict(estimate.skipped),
    }
    examples = [_example(row) for row in estimate.examples]
    return Plan(estimate.count, facts, examples, left_out, estimate.more)


def _example(row: Missed) -> str:
    """For an event without a delivery `reason` is its type, and it ended when it was recorded."""
    return f"{row.key.event_id} ({row.reason}, {clock(row.ended_at)})"

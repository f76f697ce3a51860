"""A replay of many: what it would do, and what a job has done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from doorbell.domain.replays import ReplayJob
from doorbell.runtime.admin_api import iso
from doorbell_cli.cells import shown
from doorbell_cli.ops.left_out import left_out_text
from doorbell_cli.ops.replay_plans import Plan as Counted
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.standings import count


@dataclass(frozen=True, slots=True)
class Plan:
    """`count` as it is said, "0" for none. `fields`: what the form sends when it is agreed to."""

    count: str
    facts: Mapping[str, str]
    examples: Sequence[str]
    left_out: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Job:
    """`last_slot`: when the last that is written is sent, epoch seconds; None: none is written."""

    job_id: str
    tenant_id: str
    subscription_id: str
    finished: bool
    written: int
    skipped: str
    per_second: float
    begun_at: float
    last_slot: float | None
    states: str


def plan(
    made: ReplayJob, replayer: Replayer, counted: Callable[[Replayer, ReplayJob, int], Counted], most: int
) -> Plan:
    found, chosen = counted(replayer, made, most), made.selection
    number = count(found.count, found.more)
    facts = {name.replace("_", " "): shown(value) for name, value in found.facts.items()}
    fields = {
        "job": made.job_id,
        "since": iso(chosen.since) or "",
        "until": iso(chosen.until) or "",
        "state": chosen.states[0] if len(chosen.states) == 1 else "",
        "rate": f"{made.per_second:g}",
    }
    left_out = left_out_text(found.left_out)
    facts |= {"deliveries": number, "cost usd": f"{found.facts['cost_usd']:.6f}"}
    return Plan(number, facts, found.examples, left_out, fields)


def job(found: ReplayJob) -> Job:
    chosen = found.selection
    return Job(
        found.job_id,
        chosen.tenant_id,
        chosen.subscription_id,
        found.finished_at is not None,
        found.created,
        shown(dict(found.skipped)),
        found.per_second,
        chosen.until,
        found.started_at + (found.position - 1) / found.per_second if found.position else None,
        " and ".join(chosen.states),
    )

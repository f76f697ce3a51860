"""What to turn: each knob's saving for a load, as the difference of two bills."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import Load

SHORT_DAYS, MANY_SIDE_BY_SIDE = 7, 50


@dataclass(frozen=True, slots=True)
class Lever:
    """`price`: what is lost with it."""

    knob: str
    usd: float
    price: str


def total(load: Load) -> float:
    return sum(line.usd for line in bill(load))


def levers(load: Load) -> list[Lever]:
    """All that save anything, the largest first."""
    now = total(load)
    found = (Lever(knob, now - total(turned), price) for knob, turned, price in _turned(load))
    return sorted((lever for lever in found if lever.usd > 0), key=lambda lever: -lever.usd)


def _turned(load: Load) -> Iterator[tuple[str, Load, str]]:
    if load.dashboard:
        yield "CloudWatchDashboard=false", replace(load, dashboard=False), "metrics that no alarm watches"
    yield "LogLevel=WARNING", replace(load, quiet=True), "the lines of each event and attempt"
    yield "PlatformLogs=false", replace(load, platform_logs=False), "durations and memory of each invocation"
    yield "History=undelivered", replace(load, history="undelivered"), "delivered ones in lists"
    yield "RollupDays=0", replace(load, rollups=False), "doorbell stats, and --measured"
    if load.retention_days > SHORT_DAYS:
        shorter = replace(load, retention_days=SHORT_DAYS)
        yield f"RetentionDays={SHORT_DAYS}", shorter, "events of more than a week ago"
    if load.kept_in == "secretsmanager":
        yield "ssm: references of secrets", replace(load, kept_in="ssm"), "rotation by Secrets Manager"
    if load.side_by_side < MANY_SIDE_BY_SIDE:
        many = replace(load, side_by_side=MANY_SIDE_BY_SIDE)
        yield "DispatcherBatchSize=100", many, "a second and more of latency; saves where queues are full"

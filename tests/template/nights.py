"""An alarm's state, minute by minute, for what a metric says in a quiet night and in a bad one.

What a metric says is a list of samples for each minute; an alarm sees one number for each of its periods.
M of its last N numbers decide; a period without samples counts as the alarm says.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarm-evaluation
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUIET_MINUTES, BAD_MINUTES = 60, 30
"""Whoever is on call hears of a fault within half an hour."""
STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda samples: sum(samples) / len(samples),
    "SampleCount": len,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}

type Minute = Sequence[float]
type Says = Callable[[int], Minute]
"""The samples of the nth minute."""


@dataclass(frozen=True)
class Night:
    """`quiet`: as it is when nobody has to get up. `bad`: as it is from the minute 0 of a fault on."""

    quiet: Says
    bad: Says


@dataclass(frozen=True)
class Watch:
    """What an alarm does with numbers, whichever way it is written."""

    statistic: str
    period: int
    threshold: float
    comparison: str
    periods: int
    needed: int
    missing: str

    def alarmed(self, minutes: Sequence[Minute]) -> list[bool]:
        """For each period that `minutes` fill, whether it is in alarm at its end."""
        step = self.period // 60
        filled = range(0, len(minutes) - step + 1, step)
        breaching = [
            self._breaches([s for minute in minutes[at : at + step] for s in minute]) for at in filled
        ]
        return [
            sum(breaching[max(0, end - self.periods) : end]) >= self.needed
            for end in range(1, len(breaching) + 1)
        ]

    def _breaches(self, samples: Minute) -> bool:
        if not samples:
            return self.missing == "breaching"
        value = STATISTICS[self.statistic](samples)
        return COMPARISONS[self.comparison](value, self.threshold)


def watch(alarm: Mapping[str, Any]) -> Watch:
    """Of a rendered alarm on a metric."""
    return Watch(
        statistic=alarm["Statistic"],
        period=alarm["Period"],
        threshold=float(alarm["Threshold"]),
        comparison=alarm["ComparisonOperator"],
        periods=alarm["EvaluationPeriods"],
        needed=alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
        missing=alarm.get("TreatMissingData", "missing"),
    )


def minutes(says: Says, count: int) -> list[Minute]:
    return [says(number) for number in range(count)]


def goes_off(alarm: Mapping[str, Any], before: Iterable[Minute], night: Iterable[Minute]) -> bool:
    """Whether it goes off in the night, and not before."""
    quiet = list(before)
    states, one = watch(alarm).alarmed([*quiet, *night]), watch(alarm)
    calm = len(quiet) * 60 // one.period
    return not any(states[:calm]) and any(states[calm:])

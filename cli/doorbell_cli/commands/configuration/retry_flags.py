"""The flags of `subscriptions put` that are the field `retry`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

PresetOption = Annotated[str | None, typer.Option("--retry-preset", help="Name of a schedule.")]
ScheduleOption = Annotated[
    str | None, typer.Option("--retry-schedule", help="Seconds before each attempt: 0,5,300.")
]
_KINDS = "a status, 3xx, 4xx, 5xx, timeout, network"
GiveUpOnOption = Annotated[
    str | None, typer.Option("--give-up-on", help=f"End a delivery at once after these: {_KINDS}.")
]
OnlyOnOption = Annotated[
    str | None, typer.Option("--retry-only-on", help="Try again after these alone: 5xx,timeout,network.")
]
IgnoresOption = Annotated[
    str | None,
    typer.Option(
        "--breaker-ignores",
        help="Failures that do not count against the endpoint: 400,422; none = all count.",
    ),
]
_EITHER = ("preset", "schedule")
NONE = "none"


def retry_of(
    preset: str | None, schedule: str | None, give_up_on: str | None, only_on: str | None, ignores: str | None
) -> dict[str, Any] | None:
    """What of `retry` is given; None: nothing."""
    if preset is not None and schedule is not None:
        raise typer.BadParameter("Name a preset or a schedule, not both.", param_hint="--retry-schedule")
    given: dict[str, Any] = {
        "preset": preset,
        "schedule": _seconds(schedule),
        "give_up_on": _kinds(give_up_on),
        "only_on": _kinds(only_on),
        "breaker_ignores": _kinds(ignores),
    }
    return {name: value for name, value in given.items() if value is not None} or None


def into_retry(before: Mapping[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """`fields` with what was in `retry` already: a schedule takes a preset's place, and the other way round;
    so do the two lists that exclude each other."""
    there, given = before.get("retry"), fields.get("retry")
    if not isinstance(there, Mapping) or not isinstance(given, Mapping):
        return fields
    gone = {
        name for pair in (_EITHER, ("give_up_on", "only_on")) if set(pair) & given.keys() for name in pair
    }
    kept = {name: value for name, value in there.items() if name not in gone}
    return {**fields, "retry": {**kept, **given}}


def _kinds(text: str | None) -> list[str] | None:
    if text is None:
        return None
    return [] if text == NONE else [part.strip() for part in text.split(",")]


def _seconds(schedule: str | None) -> list[float] | None:
    try:
        return None if schedule is None else [float(part) for part in schedule.split(",")]
    except ValueError:
        raise typer.BadParameter("Must be seconds: 0,5,300.", param_hint="--retry-schedule") from None

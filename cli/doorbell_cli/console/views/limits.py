"""A subscription's limit of deliveries in flight, and secrets, as far as that is on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.places import Places
from doorbell.domain.presets import PAGERDUTY, signing_of
from doorbell_cli.ops.counts import duration
from doorbell_cli.secret_text import shown_reference

SENT = {"github": "not sent: signing github has room for one"}
"""What becomes of a further secret, by signing; else it signs too."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """`references`: what stands in each one's place, and what it is for. `rotating`: the second overlaps with
    the first. `unchanged_since`: the item's last change, epoch seconds: its references are as they were then.
    When a secret itself was made is not known to who may not read it. None: not known either."""

    references: Sequence[tuple[str, str]]
    rotating: bool
    unchanged_since: float | None


def in_flight(values: Mapping[str, Any], places: Places, now: float) -> str:
    """`values`: a sound item. Who is in flight is counted only where there is a limit."""
    most = values.get("max_in_flight")
    if most is None:
        return "not counted: it has no max_in_flight"
    stay = places.stay_seconds
    held = "" if stay is None else f"; of late each stayed {duration(round(stay * 1000))}"
    return f"{len(places.live(now)):,} of {most:,}{held}"


def secrets_of(values: Mapping[str, Any]) -> Secrets:
    """`values`: a sound item."""
    found = [shown_reference(text) for text in values.get("secrets") or ()]
    first, further = _uses(values)
    uses = [first, *[further] * len(found)]
    return Secrets(list(zip(found, uses, strict=False)), len(found) > 1, _written(values))


def secrets_of_source(values: Mapping[str, Any]) -> Secrets:
    """`values`: a sound item. Whoever signs with any of them is let in."""
    found = [shown_reference(text) for text in values.get("secrets") or ()]
    return Secrets([(text, "lets rings in") for text in found], len(found) > 1, _written(values))


def _written(values: Mapping[str, Any]) -> float | None:
    written = values.get("updated_at", values.get("created_at"))
    return float(written) if isinstance(written, int | float) else None


def _uses(values: Mapping[str, Any]) -> tuple[str, str]:
    signing = signing_of(values)
    if values.get("preset") == PAGERDUTY:
        return "the routing key", "not used"
    if signing == "none":
        return "signs nothing: signing is none", "not used"
    return f"signs ({signing})", SENT.get(signing, "signs too, until the rotation is finished")

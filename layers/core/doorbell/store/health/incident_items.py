"""An incident of its item's attributes (`incidents` says which they are)."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.incidents import Cause, Incident, Ringing


def incident_from(cause: Cause, about: str, values: Mapping[str, Any]) -> Incident | None:
    """None: there is no such item, or an end alone is on it."""
    if "since" not in values:
        return None
    return Incident(
        cause=cause,
        about=about,
        kind=values["kind"],
        since=values["since"],
        last_at=values["last_at"],
        count=values["noted"],
        version=values["version"],
        detail=values["detail"],
        told=values.get("told", ""),
        told_at=values.get("told_at", 0.0),
        told_count=values.get("told_noted", 0),
        number=values.get("told_number", 0),
        ringing=Ringing(**values["ringing"]) if "ringing" in values else None,
        wake_at=values.get("wake_at"),
    )

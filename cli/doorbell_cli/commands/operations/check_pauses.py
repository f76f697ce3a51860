"""What is paused, since when, and until when what waits for it is kept: a pause is easily forgotten."""

from collections.abc import Iterator, Mapping
from typing import Any

from doorbell.usecases.configure import is_paused
from doorbell_cli.cells import clock
from doorbell_cli.commands.operations.findings import Finding
from doorbell_cli.ops.source_standings import standing_of
from doorbell_cli.ops.standings import count
from doorbell_cli.target import Target


def paused(where: str, name: str, values: Mapping[str, Any]) -> Finding:
    """Of a subscription."""
    return Finding(where, _since(values), f"Until when what waits is kept: doorbell status {name}")


def paused_source(target: Target, where: str, values: Mapping[str, Any]) -> Iterator[Finding]:
    """Reads its list where it is paused: a dozen Queries at most."""
    if not is_paused(values):
        return
    standing, waits = standing_of(target, values), "no delivery waits for it"
    if standing.listed.count:
        number = count(standing.listed.count, standing.listed.more)
        waits = f"deliveries that wait: {number}, the oldest is kept until {clock(standing.kept_until)}"
    yield Finding(where, f"{_since(values)}; {waits}", f"doorbell sources resume {values['source_id']}")


def _since(values: Mapping[str, Any]) -> str:
    return f"paused since {clock(float(values['paused_at']))}" if values.get("paused_at") else "paused"

"""`doorbell check` reminds of a pause: since when, and until when what waits for it is kept."""

from __future__ import annotations

import time

from doorbell.domain.shelves import shelf_of
from doorbell.store.deliveries.delivery_items import delivery_key, parse_key
from tests.integration.cli.conftest import Shell
from tests.support.clocks import DAY, date, noon

KEPT = noon(9)


def told(shell: Shell, code: int) -> str:
    found = [one for one in shell.json("check", code=code)["findings"] if one["where"] == "source gh"]
    return found[0]["problem"] if found else ""


def held(shell: Shell, number: int) -> None:
    """A delivery that waits for the source, and is kept for nine days."""
    key = parse_key(f"evt_p{number:04d}", "delivery#billing")
    at = time.time() - 60
    shell.put(
        "Events",
        **delivery_key(key),
        tenant_id="acme",
        state="pending",
        attempts=[],
        attempts_made=0,
        next_attempt_at=at,
        created_at=at,
        shelf=shelf_of("acme/source#gh", key),
        shelf_at=at,
        paused_at=at,
        expires_at=KEPT,
    )


def test_a_paused_source_is_named_with_what_waits_for_it(shell: Shell) -> None:
    shell.target.client("ssm").put_parameter(Name="/doorbell/gh", Value="x" * 24, Type="SecureString")
    source = {"source_id": "gh", "provider": "github", "tenant_id": "acme", "secrets": ["ssm:/doorbell/gh"]}
    shell.put("Sources", **source)
    assert told(shell, 0) == ""
    shell.put("Sources", **source, paused=True, paused_at=1_790_000_000.0)
    assert told(shell, 1) == "paused since 2026-09-21 14:13:20; no delivery waits for it"
    for number in range(3):
        held(shell, number)
    assert f"deliveries that wait: 3, the oldest is kept until {date(KEPT - DAY)}" in told(shell, 1)

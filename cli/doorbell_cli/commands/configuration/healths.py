"""The health of subscriptions' endpoints, as lists and `show` tell it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doorbell.domain.failures import in_words
from doorbell.domain.health import Circuit, Health
from doorbell.domain.subscriptions import scoped
from doorbell.runtime.admin_api import iso
from doorbell_cli.configuration import endpoints, now
from doorbell_cli.output import Styled, clock, progress
from doorbell_cli.target import Target

HEALTH_SHOWN_FOR = 500
"""One read for each: a list of more does without."""


def healths(target: Target, items: list[dict[str, Any]]) -> list[Health | None]:
    """The health of each subscription; None for all when there are very many."""
    if len(items) > HEALTH_SHOWN_FOR:
        return [None] * len(items)
    table = endpoints(target)
    names = [scoped(str(item.get("tenant_id")), str(item.get("subscription_id"))) for item in items]
    with progress("Reading the health of endpoints", len(names)) as bar, ThreadPoolExecutor(8) as pool:
        found: list[Health | None] = []
        for health in pool.map(table.health, names):
            found.append(health)
            bar.step()
    return found


def health_document(health: Health) -> dict[str, Any]:
    circuit = health.circuit(now())
    return {
        "circuit": circuit.value,
        "consecutive_failures": health.failures,
        "failing_since": iso(health.failing_since),
        "parked_until": iso(health.parked_until),
    }


def health_text(health: Health | None) -> Styled:
    if health is None:
        return Styled(None, "")
    circuit, failures = health.circuit(now()), in_words(health.failures)
    if circuit is Circuit.OPEN:
        return Styled(f"PARKED until {clock(health.parked_until)}, {failures}", "red")
    if circuit is Circuit.HALF_OPEN:
        return Styled(f"parked, the next delivery is a probe, {failures}", "yellow")
    if health.failures:
        return Styled(f"{failures} since {clock(health.failing_since)}", "yellow")
    return Styled("healthy", "")

"""Admin: `/admin/…`, IAM auth. Sources, subscriptions, event types, events, deliveries, replay."""

from typing import Any

from doorbell.runtime import administering, wiring

admin = administering.admin()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The answer in payload format 2.0; nothing is raised but by Doorbell's own faults."""
    try:
        return admin(event, context)
    finally:
        wiring.metrics().flush()

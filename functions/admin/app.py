"""Admin: `/admin/…`, IAM auth. Sources, subscriptions, event types, events, deliveries, replay.

Powertools' resolver finds the route: `runtime/admin/api.py`.
"""

from typing import Any

from doorbell.runtime import administering
from doorbell.runtime.invocation import invocation

admin = administering.admin()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The answer in payload format 2.0; nothing is raised but by Doorbell's own faults."""
    return admin(event, context)

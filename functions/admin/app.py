"""Admin: `/admin/…`, IAM auth. What became of an event, and replay."""

from typing import Any

from doorbell.runtime import administering, wiring
from doorbell.runtime.admin_api import build

app = build(administering.inspect(), administering.replay())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    try:
        return app.resolve(event, context)
    finally:
        wiring.metrics().flush()

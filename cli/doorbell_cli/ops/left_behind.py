"""What waits for a subscription that is off, and was not brought forward: AWS said no, the item was written
by hand, or there were more than are brought."""

from doorbell.domain.standing import Standing
from doorbell.domain.subscriptions import scoped
from doorbell.usecases.bring_forward import SOON_SECONDS
from doorbell_cli.cells import clock


def left_behind(standing: Standing, now: float) -> str | None:
    """None: nothing is. Those on the endpoint's list go out with it."""
    later = [row.due_at for row in standing.pending.rows if row.due_at > now + SOON_SECONDS]
    number = len(later) - (standing.listed.count if standing.listed is not None else 0)
    if number <= 0 or (standing.exists and standing.enabled):
        return None
    said = (
        f"{number:,}: each is cancelled when it comes up by its own schedule, the last by {clock(later[-1])}"
    )
    name = scoped(standing.tenant_id, standing.subscription_id)
    return f"{said}. Sooner: doorbell subscriptions disable {name}" if standing.exists else said

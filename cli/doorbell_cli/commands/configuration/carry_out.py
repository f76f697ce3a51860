"""What a plan says is done."""

from doorbell.usecases.configure import goes_off, is_paused, since_paused, starts_anew
from doorbell_cli.commands.configuration.plan import Change
from doorbell_cli.configuration import SUBSCRIPTION, forget_health, now, resumed
from doorbell_cli.ops.bringing_forward import switched_off
from doorbell_cli.target import Target


def carry_out(target: Target, change: Change) -> None:
    """Raises `Conflict` when the item was changed after the plan was made."""
    table = change.kind.table(target)
    if change.verb == "delete" and change.seen is not None:
        table.delete(change.seen)
        switched_off(target, change.kind, change.seen.values)
    elif change.verb in ("create", "update"):
        before = change.seen.values if change.seen is not None else {}
        table.put(since_paused(before, change.values, now()), change.seen, now())
        if is_paused(before) and not is_paused(change.values):
            resumed(target, before)
        if change.kind is SUBSCRIPTION and starts_anew(before, change.values):  # a source has no health
            forget_health(target, before, change.values)
        elif goes_off(before, change.values):
            switched_off(target, change.kind, change.values)

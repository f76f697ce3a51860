"""`doorbell replay` of one event: to whom, and the replays themselves."""

from collections.abc import Sequence

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.errors import Refusal
from doorbell.runtime.admin_api import delivery_json
from doorbell_cli.ops.opened import Opened
from doorbell_cli.output import Output

type Last = dict[str, Delivery]
"""Subscription id → the newest delivery of an event to it."""


def replay_event(
    out: Output, opened: Opened, event_id: str, subscription_id: str | None, dry_run: bool
) -> None:
    """To `subscription_id`, or to all whose last delivery ended without success. `dry_run`: say to whom."""
    story = opened.inspect()(event_id)
    last: Last = {d.key.subscription_id: d for d in sorted(story.deliveries, key=_generation)}
    chosen = [subscription_id] if subscription_id else _missed_by(last)
    if not chosen:
        raise Refusal(
            409, "nothing_missed", "nobody missed this event; name a --subscription to send it anyway"
        )
    if dry_run:
        _preview(out, opened, event_id, chosen, last)
        return
    made = [opened.replay()(event_id, name) for name in chosen]
    rows = [(d.key.subscription_id, d.key.generation, d.state.value) for d in made]
    document = [delivery_json(delivery) for delivery in made]
    out.rows(["subscription", "replay", "state"], rows, document=document)


def _generation(delivery: Delivery) -> int:
    return delivery.key.generation


def _missed_by(last: Last) -> list[str]:
    return [name for name, delivery in last.items() if delivery.state in (State.EXHAUSTED, State.CANCELLED)]


def _preview(out: Output, opened: Opened, event_id: str, chosen: Sequence[str], last: Last) -> None:
    """By reading alone. Refuses what the replay would refuse."""
    rows: list[dict[str, str | int | None]] = []
    for name in chosen:
        planned = opened.replay().plan(event_id, name)
        subscription = opened.subscriptions().get(planned.tenant_id, name)
        row = {
            "subscription": name,
            "url": subscription.url if subscription else None,
            "last": last[name].state.value if name in last else None,
            "replay": planned.key.generation,
        }
        rows.append(row)
    out.rows(list(rows[0]), [list(row.values()) for row in rows], document=rows)

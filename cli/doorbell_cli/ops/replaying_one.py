"""`doorbell replay` of one event: to whom, and the replays themselves."""

from collections.abc import Sequence

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.errors import Refusal
from doorbell.domain.sources import ID
from doorbell.runtime.admin_api import delivery_json
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.replaying import require_enabled
from doorbell_cli.output import Output

type Last = dict[str, Delivery]
"""Subscription id → the newest delivery of an event to it."""


def replay_event(
    out: Output, replayer: Replayer, event_id: str, subscription_id: str | None, dry_run: bool
) -> None:
    """To `subscription_id` (or `tenant/id`), or to all that are there and whose last delivery ended without
    success. `dry_run`: say to whom."""
    story = replayer.inspect()(event_id)
    tenant_id = story.event.incoming.tenant_id
    last: Last = {d.key.subscription_id: d for d in sorted(story.deliveries, key=_generation)}
    if subscription_id is not None:
        chosen = [_named(replayer, tenant_id, subscription_id)]
    else:
        missed = _missed_by(last)
        chosen = [name for name in missed if _takes(replayer, tenant_id, name)]
        for name in (name for name in missed if name not in chosen):
            out.note(f"Left out: {name} missed this event, and is disabled or deleted now.")
    if not chosen:
        raise Refusal(
            409,
            "nothing_missed",
            "No enabled subscription missed this event. Name a --subscription to send it anyway.",
        )
    if dry_run:
        _preview(out, replayer, event_id, chosen, last)
        return
    made = [replayer.one()(event_id, name) for name in chosen]
    rows = [(d.key.subscription_id, d.key.generation, d.state.value) for d in made]
    document = [delivery_json(delivery) for delivery in made]
    out.rows(["subscription", "replay", "state"], rows, document=document)


def _named(replayer: Replayer, tenant_id: str, text: str) -> str:
    """The id. Refuses a subscription that is unknown, off or another tenant's: it would be cancelled."""
    tenant, slash, name = text.rpartition("/")
    if slash and tenant != tenant_id:
        raise Refusal(
            404, "unknown_subscription", f"The event belongs to tenant {tenant_id}, not to {tenant}."
        )
    if not ID.fullmatch(name):
        raise Refusal(404, "unknown_subscription", f"{name!r} is not the id of a subscription.")
    require_enabled(replayer, tenant_id, name)
    return name


def _takes(replayer: Replayer, tenant_id: str, name: str) -> bool:
    subscription = replayer.subscriptions().get(tenant_id, name)
    return subscription is not None and subscription.enabled


def _generation(delivery: Delivery) -> int:
    return delivery.key.generation


def _missed_by(last: Last) -> list[str]:
    return [name for name, delivery in last.items() if delivery.state in (State.EXHAUSTED, State.CANCELLED)]


def _preview(out: Output, replayer: Replayer, event_id: str, chosen: Sequence[str], last: Last) -> None:
    """By reading alone. Refuses what the replay would refuse."""
    rows: list[dict[str, str | int | None]] = []
    for name in chosen:
        planned = replayer.one().plan(event_id, name)
        subscription = replayer.subscriptions().get(planned.tenant_id, name)
        row = {
            "subscription": name,
            "url": subscription.url if subscription else None,
            "last": last[name].state.value if name in last else None,
            "replay": planned.key.generation,
        }
        rows.append(row)
    out.rows(list(rows[0]), [list(row.values()) for row in rows], document=rows)

"""Doorbell's own events that have no end: each says what happened, and another of the kind is another."""

from doorbell.domain.own_events import CONFIG_ERROR, REFUSALS, REPLAYED, OwnEvent
from doorbell.domain.own_texts import iso, told


def refusals(source_id: str, reason: str, count: int, now: float) -> OwnEvent:
    return OwnEvent(
        kind=REFUSALS,
        about=source_id,
        key=f"doorbell/refusals/{source_id}/{reason}",
        title=f"Source {source_id} refuses requests",
        text=told(
            f"{count} requests or more within five minutes, by {iso(now)}. Reason: {reason}.",
            "Doorbell goes on refusing what it cannot prove, and keeps some of it for you to look at.",
            f"doorbell refused list {source_id}",
        ),
        severity="warning",
        since=iso(now),
        count=count,
        facts={"source_id": source_id, "reason": reason},
    )


def config_error(item: str, field_name: str, problem: str, now: float) -> OwnEvent:
    named = f"{item}, field {field_name}" if field_name else item
    return OwnEvent(
        kind=CONFIG_ERROR,
        about=item,
        key=f"doorbell/config/{item}",
        title=f"Broken item: {item}",
        text=told(
            f"{named}: {problem}. Met at {iso(now)}.",
            "Doorbell leaves it out until it is repaired. Its neighbours are not harmed.",
            "doorbell check",
        ),
        severity="error",
        since=iso(now),
        facts={"item": item, "field": field_name, "problem": problem},
    )


def replay_done(name: str, count: int, job: str, now: float) -> OwnEvent:
    tenant, _, _ = name.partition("/")
    return OwnEvent(
        kind=REPLAYED,
        about=name,
        key=f"doorbell/replay/{job}",
        title=f"Replay for {name} is written",
        text=told(
            f"{count} deliveries were written, by {iso(now)}.",
            "The sweeper sends each when its slot comes.",
            f"doorbell status {name}" if tenant else "doorbell status",
        ),
        severity="info",
        since=iso(now),
        count=count,
        facts={"job": job},
    )

"""The details of attempts, for people and for programs."""

from collections.abc import Sequence
from typing import Any

from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.outbound import Wire
from doorbell.runtime.details_json import details_json
from doorbell_cli.output import Output, clock


def with_details(delivery: dict[str, Any], kept: Sequence[AttemptDetails]) -> dict[str, Any]:
    """Each attempt with its `details`, null where none are kept."""
    own = {one.number: details_json(one) for one in kept if one.key.generation == delivery["generation"]}
    attempts = [{**attempt, "details": own.get(attempt["number"])} for attempt in delivery["attempts"]]
    return {**delivery, "attempts": attempts}


def say_details(out: Output, kept: Sequence[AttemptDetails]) -> None:
    if not kept:
        out.say("No details of its attempts are kept.")
    for one in kept:
        wire, replay = one.wire, f" of replay {one.key.generation}" if one.key.generation else ""
        out.say()
        out.say(f"attempt {one.number}{replay}, {clock(one.at)}", "bold")
        out.say(f"  to {wire.address or 'no address'}: {_times(wire)}, {one.total_ms} ms in all")
        if wire.signed_by:
            out.say(f"  signed by {', '.join(wire.signed_by)}")
        for mark, headers in ((">", wire.sent), ("<", wire.answered)):
            for name, value in headers:
                out.say(f"  {mark} {name}: {value}")
        if wire.is_cut:
            out.say("  Not all headers are kept.")


def _times(wire: Wire) -> str:
    named = {
        "DNS": wire.dns_ms,
        "connect": wire.connect_ms,
        "TLS": wire.tls_ms,
        "first byte": wire.first_byte_ms,
    }
    told = [f"{name} {took} ms" for name, took in named.items() if took is not None]
    return ", ".join([*(["kept connection"] if wire.is_kept else []), *told]) or "nothing was reached"

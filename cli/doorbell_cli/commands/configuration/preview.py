"""`doorbell subscriptions preview`: recorded events through a changed subscription, before it is written."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from doorbell.domain.matching import Reason
from doorbell.domain.subscriptions import Subscription
from doorbell.store.items.models import load_subscription
from doorbell_cli.commands.configuration.flags import from_file
from doorbell_cli.commands.configuration.items import refuse_broken
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.job_card import job_card
from doorbell_cli.ops.jobs import ask_for_preview
from doorbell_cli.ops.previewing import Tally, tally_of
from doorbell_cli.ops.stories import reason_text
from doorbell_cli.ops.times import period
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail, progress
from doorbell_cli.target import StackOption, connected

MOST = 10_000


def preview(
    file: Annotated[Path, typer.Argument(help="The subscription as it would be; - is stdin.")],
    since: Annotated[str, typer.Option(help="How far back: 30m, 24h, 7d, or a time.")] = "7d",
    limit: Annotated[
        int | None, typer.Option(help="Look at this many events at most, the newest. Without: 10,000.")
    ] = None,
    background: Annotated[
        bool, typer.Option("--background", help="Let the stack look, at all of them, and do not wait for it.")
    ] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which recorded events a changed subscription would have matched, and which not and why.

    Reads each event once: about half a read unit for each 4 KiB, $0.13 for a million small ones (us-east-1).
    With --background the stack reads them, and tries the transform too: `doorbell jobs` shows the result.
    """
    if background and limit is not None:
        fail("--limit is not for --background, which looks at all. Say --since.", Exit.USAGE)
    start, end = period(since, "now", time.time())
    with connected(stack) as target:
        out, documents = Output(as_json), []
        for values in from_file(file, SUBSCRIPTION):
            refuse_broken(target, SUBSCRIPTION, values)
            subscription = load_subscription({**values, "enabled": True})
            if background:
                asked = ask_for_preview(out, target, subscription, start, end)
                if not as_json:
                    out.fields(job_card(asked), document=None)
                documents.append(asked)
                continue
            with progress(f"Reading events of tenant {subscription.tenant_id}") as bar:
                tally = tally_of(target, subscription, start, end, MOST if limit is None else limit, bar.step)
            if not as_json:
                _say(out, subscription, tally, since)
            documents.append(_document(subscription, tally))
        out.document(documents[0] if len(documents) == 1 else documents)


def _say(out: Output, subscription: Subscription, tally: Tally, since: str) -> None:
    out.say(f"subscription {subscription.endpoint_id}, events since {since}:")
    out.say(f"  would have matched {tally.matched:,} of {tally.seen:,} (did match then: {tally.before:,})")
    if tally.unknown:
        out.say(f"  {tally.unknown:,} more events could not be checked: their bodies have expired")
    for matched, title in (
        (True, "would have matched, for example"),
        (False, "would not have matched, for example"),
    ):
        if tally.samples[matched]:
            out.say(f"{title}:")
            columns = ["event", "at", "type", "source", "why"]
            out.rows(columns, [_cells(sample) for sample in tally.samples[matched]], document=None)


def _cells(sample: dict[str, Any]) -> list[object]:
    why = reason_text(Reason(sample["reason"]), sample["detail"])
    return [sample["event_id"], clock(sample["at"]), sample["event_type"], sample["source_id"], why]


def _document(subscription: Subscription, tally: Tally) -> dict[str, Any]:
    return {
        "subscription": subscription.endpoint_id,
        "events": tally.seen,
        "would_match": tally.matched,
        "did_match": tally.before,
        "bodies_gone": tally.unknown,
        "samples": {"matching": _documents(tally, True), "not_matching": _documents(tally, False)},
    }


UNTOLD = ("at", "matched", "before")
"""Of a sample, for people alone."""


def _documents(tally: Tally, matched: bool) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in sample.items() if name not in UNTOLD}
        for sample in tally.samples[matched]
    ]

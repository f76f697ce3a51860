"""`doorbell backfill`: the rings that never came."""

import time
from typing import Annotated

import typer

from doorbell.domain.backfill import Listed, NotPossible, Verdict
from doorbell.usecases.ports_of_backfill import Report
from doorbell_cli.ops.backfilling import back_fill, provider_list, source_named
from doorbell_cli.ops.times import moment, span
from doorbell_cli.output import Exit, JsonOption, Output, clock, fail
from doorbell_cli.target import StackOption, connected

SHOWN = 200
TOLD = {Verdict.BRING, Verdict.GIVEN_UP, Verdict.OLD}
WORDS = {
    Verdict.BRING: "missing",
    Verdict.GIVEN_UP: "missing for good",
    Verdict.OLD: "missing, older than the dedupe window",
}


def backfill(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Its id. It needs a `backfill`.")],
    since: Annotated[
        str | None, typer.Option(help="Look at the list since then; without, since the last time.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is missing; ask for nothing.")] = False,
    origin: Annotated[
        list[str] | None, typer.Option(help="The provider's API may be here too: https://github.example.com")
    ] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the provider's own list of a source with the record, and bring what is missing.

    GitHub and GitLab: of a hook's deliveries, those that are not on record are asked to be delivered again.
    They come in by the front door, proven as always. GitLab does five a minute: run it again. Stripe: the
    account's events of the endpoint's types that are not on record are taken from the list; the event says
    so. No event comes twice. One that is refused again and again is asked for three times.

    Safe to repeat and to interrupt: it goes on where it stopped. Exit 1 if an event is missing for good, or
    if the provider wants to be left alone for a while. Your credentials must be able to read the source's
    `credentials_ref`, and to read and write the events table.
    """
    out, now, told = Output(as_json), time.time(), list[tuple[Listed, Verdict]]()

    def watch(row: Listed, found: Verdict) -> None:
        if found in TOLD:
            told.append((row, found))

    with connected(stack) as target:
        try:
            one = source_named(target, source)
            start = None if since is None else moment(since, now)
            with provider_list(target, one, origin or []) as asked:
                report = back_fill(target)(one, asked, since=start, dry_run=dry_run, watch=watch)
        except NotPossible as error:
            fail(f"{source} cannot be back-filled: {error}", Exit.PROBLEM)
    _say(out, source, report, told, dry_run)
    if report.later is not None or report.given_up or report.counted[Verdict.GIVEN_UP]:
        raise typer.Exit(int(Exit.PROBLEM))


def _say(out: Output, source: str, report: Report, told: list[tuple[Listed, Verdict]], dry_run: bool) -> None:
    rows = [(clock(row.at), row.key, row.event_type, row.answered, WORDS[found]) for row, found in told]
    events = [
        {"at": row.at, "key": row.key, "type": row.event_type, "answered": row.answered, "found": found.value}
        for row, found in told
    ]
    document = {**report.counts(), "later_seconds": report.later, "why": report.why or None, "events": events}
    out.rows(
        ["listed", "id", "type", "answered", "what"],
        rows[:SHOWN],
        document=document,
        empty=f"No event of {source} is missing. The list has {report.counted.total()}.",
        spare=["answered"],
    )
    if len(rows) > SHOWN:
        out.say(f"… and {len(rows) - SHOWN} more. --json has them all.")
    if dry_run and report.counted[Verdict.BRING]:
        out.say(f"{report.counted[Verdict.BRING]} would be asked for. Nothing was.", "yellow")
    if report.asked:
        out.say(f"Asked for {report.asked}. They are on their way.", "green")
    if report.brought:
        out.say(f"{report.brought} that were asked for before are here now.", "green")
    if report.later is not None:
        out.note(f"Stopped: {report.why}. Run it again in {span(report.later)}; it goes on there.")

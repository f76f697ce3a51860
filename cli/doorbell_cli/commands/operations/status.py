"""`doorbell status`: what waits, what fails and why, what is lost."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Refusal
from doorbell.domain.standing import Standing
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries.shelf_count import PAGES
from doorbell.store.health.reads import OnRecord
from doorbell_cli.commands.configuration.items import key_from
from doorbell_cli.commands.operations.refusing import say_refused
from doorbell_cli.commands.typed import LONGEST_WATCH_SECONDS, refuse_typed
from doorbell_cli.configuration import SUBSCRIPTION, now
from doorbell_cli.ops.conditions import as_json, in_words, last_day
from doorbell_cli.ops.next_attempts import when_of
from doorbell_cli.ops.standing_documents import standing_json
from doorbell_cli.ops.standings import attempts, count, facts, state
from doorbell_cli.ops.status_reading import health_reads, status_reader
from doorbell_cli.ops.stories import answer
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output, Styled
from doorbell_cli.target import StackOption, connected

SHOWN = 5
"""Failing deliveries of one subscription, newest failure first: one screen."""
WATCH_SECONDS = 5.0
CLEARED = "\x1b[2J\x1b[H"
"""A terminal's screen, with the cursor at its beginning."""


def status(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[SUBSCRIPTION]", help="Its id, or TENANT/ID. Without: all of the tenant."),
    ] = None,
    tenant: Annotated[str, typer.Option(help="The tenant.")] = DEFAULT,
    since: Annotated[str, typer.Option(help="What was lost since: 24h, 7d, 2026-11-23, …")] = "7d",
    watch: Annotated[bool, typer.Option("--watch", help="Look again every 5 s, until Ctrl-C.")] = False,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--for", min=0, max=LONGEST_WATCH_SECONDS, help="With --watch: stop after this many seconds."
        ),
    ] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """What waits and why, what fails and since when, what is lost: one subscription, or all of a tenant.

    Of a tenant also which sources refused requests in the last hour, and why. (`sources list --json` has that
    for programs.)

    It reads at most 20,000 of the stack's pending deliveries. Where it stops before the end it says so, and
    numbers have a plus.
    """
    if not watch:
        refuse_typed(context, ["seconds"], "Goes with --watch.")
    if name is not None and "/" in name:
        refuse_typed(context, ["tenant"], "Leave it out: the name says the tenant.")
    start, _ = period(since, "now", time.time())
    with connected(stack) as target:
        reader, out = status_reader(target, scanned=PAGES), Output(as_json)

        def look() -> None:
            if name is None:
                _say_all(out, tenant, reader.all(tenant, start))
                say_refused(target, out, tenant)
                return
            given, subscription_id = key_from(SUBSCRIPTION, name)
            of_tenant = given if "/" in name else tenant
            record = health_reads(target).of_one(scoped(of_tenant, subscription_id))
            _say_one(out, reader.of(of_tenant, subscription_id, start), record)

        if watch:
            _again_and_again(look, seconds)
        else:
            look()


def _again_and_again(look: Callable[[], None], seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    try:
        while True:
            if sys.stdout.isatty():
                typer.echo(CLEARED, nl=False)
            look()
            if end is not None and time.monotonic() >= end:
                return
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        return


def _say_one(out: Output, standing: Standing, record: OnRecord) -> None:
    at = now()
    day = last_day(record, standing, at)
    document = {**standing_json(standing, at), "last_day": as_json(day)}
    if not standing.exists and not standing.pending.rows and not standing.lost.rows:
        raise Refusal(
            404,
            "unknown_subscription",
            f"There is no subscription {standing.tenant_id}/{standing.subscription_id}, and no delivery to "
            "one. `doorbell subscriptions list` shows what there is.",
        )
    out.fields({**facts(standing, at), "last day": in_words(day)}, document=document)
    if out.as_json or not standing.failing:
        return
    rows = [
        (one.key.event_id, attempts(one, standing), _error(one), when_of(one, standing.health, at))
        for one in standing.failing[:SHOWN]
    ]
    out.rows(["event", "attempts", "last error", "next attempt"], rows, document=None)
    if len(standing.pending.tried) > SHOWN:
        of = f"--tenant {standing.tenant_id} --subscription {standing.subscription_id}"
        out.say(f"More: doorbell deliveries list --state failing {of}")


def _say_all(out: Output, tenant: str, standings: Sequence[Standing]) -> None:
    at = now()
    telling = [one for one in standings if _tells(one)]
    rows = [
        (
            one.subscription_id,
            state(one, at),
            count(len(one.pending.rows), one.pending.more),
            count(len(one.pending.tried), one.pending.more),
            Styled(_error(one.failing[0]) if one.failing else None, "red"),
            count(len(one.lost.rows), one.lost.more),
        )
        for one in telling
    ]
    out.rows(
        ["subscription", "state", "waiting", "failing", "last error", "lost"],
        rows,
        document=[standing_json(one, at) for one in standings],
        empty=f"Nothing waits, nothing fails, nothing is lost in tenant {tenant}.",
    )
    if telling and len(standings) > len(telling):
        out.say(f"{len(standings) - len(telling):,} more: nothing waits, nothing fails, nothing is lost.")
    if any(one.pending.more for one in standings):
        out.note(f"It stopped after {standings[0].pending.looked_at:,} pending deliveries of the stack.")


def _tells(standing: Standing) -> bool:
    troubled = bool(standing.health.failures) or standing.attempts_allowed is None
    switched_off = not standing.enabled and standing.off_reason is not None
    return bool(standing.pending.rows or standing.lost.rows or troubled or switched_off)


def _error(delivery: Delivery) -> str:
    return answer(delivery.attempts[-1])

"""`doorbell cost`: a month's bill, by service, from counted calls and a dated price list."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from doorbell_cli.commands.operations import cost_compared
from doorbell_cli.commands.operations.cost_flags import Histories, KeptIn, Kinds, refuse_unpriced
from doorbell_cli.commands.operations.cost_numbers import count, milliseconds, share, size
from doorbell_cli.ops.bill import audit_cost, bill
from doorbell_cli.ops.billed import Billed
from doorbell_cli.ops.billed_beside import compared
from doorbell_cli.ops.counted import CALLS_FILE, Load, prices
from doorbell_cli.ops.levers import levers
from doorbell_cli.ops.measured import Measured, measured
from doorbell_cli.ops.targets_priced import MOST_IN_A_CALL
from doorbell_cli.ops.written import written
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.target import StackOption, connected

LEVERS = 2


def cost(
    context: typer.Context,
    events: Annotated[str, typer.Option(help="Events in a month: 500k, 10M, 1G.")] = "10M",
    fanout: Annotated[str, typer.Option(help="Subscribers each event goes to.")] = "3",
    body: Annotated[str, typer.Option(help="A body's size: 800B, 4KB, 1MB.")] = "4KB",
    retries: Annotated[
        str,
        typer.Option("--retries", "--failures", help="Deliveries that need one more attempt: 5%."),
    ] = "5%",
    outages: Annotated[
        str, typer.Option(help="Deliveries that find their endpoint down and wait for it: 1%.")
    ] = "0%",
    latency: Annotated[str, typer.Option(help="How long subscribers take to answer: 200ms, 2s.")] = "200ms",
    providers: Annotated[str, typer.Option(help="Kinds of sources: github, stripe, …")] = "1",
    secrets: Annotated[
        str, typer.Option(help="Secrets in use, of sources and subscriptions: 500, 2k.")
    ] = "10",
    kept_in: Annotated[
        KeptIn, typer.Option(help="Where they are: SSM, Secrets Manager, or encrypted in the items by KMS.")
    ] = KeptIn.SSM,
    history: Annotated[
        Histories, typer.Option(help="The parameter History: undelivered files no delivered deliveries.")
    ] = Histories.ALL,
    target: Annotated[Kinds, typer.Option(help="Where deliveries go: a URL, or a target.")] = Kinds.HTTPS,
    per_call: Annotated[
        int, typer.Option(min=1, max=MOST_IN_A_CALL, help="Deliveries to a queue that go in a call.")
    ] = 1,
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="The parameter CloudWatchDashboard: with a dashboard.")
    ] = False,
    from_counts: Annotated[
        bool,
        typer.Option("--measured", help="Take the load from the counts of a stack's last seven days."),
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Put last month's bill beside it. Cost Explorer charges 0.01 USD for each page of it.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Pay Cost Explorer without asking.")] = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """What a month costs, by service, with the price list's date, and the two largest levers.

    The AWS calls and DynamoDB units of an event, an attempt, a retry and a sweep are counted by a test from
    what the functions do, and kept in a file that the test holds to; the price list has its date and sources.
    What no test can count (compression, batch sizes, durations) is listed under the bill. No free tiers.

    With --measured the events, deliveries, failures, outages, answers, providers and secrets are a stack's
    own, and so are its parameters. The days are fewer where the stack is younger or keeps counts no longer.
    At most 50 sources and 50 subscriptions are read; if there are more it says so. Bodies are counted
    nowhere: give --body.

    With --compare Cost Explorer is asked what AWS billed for the last month, by service: of this stack, where
    its tag aws:cloudformation:stack-name is an active cost allocation tag, and of all that these credentials
    see. Your credentials need ce:GetCostAndUsage.
    """
    refuse_unpriced(context)
    out = Output(as_json)
    load = Load(
        count(events, "--events"),
        count(fanout, "--fanout"),
        size(body, "--body"),
        share(retries, "--retries"),
        secrets=count(secrets, "--secrets"),
        kept_in=kept_in.value,
        latency_ms=milliseconds(latency, "--latency"),
        providers=count(providers, "--providers"),
        outages=share(outages, "--outages", most=1),
        history=history.value,
        target=target.value,
        per_call=per_call,
        dashboard=dashboard,
    )
    found = billed = None
    if from_counts or compare:
        with connected(stack) as there:
            billed = cost_compared.billed(there, yes) if compare else None
            found = measured(there, load) if from_counts else None
    _say(out, found.load if found else load, found, billed)


def _say(out: Output, load: Load, found: Measured | None, billed: Billed | None) -> None:
    lines, audit, turned, units = bill(load), audit_cost(load), levers(load)[:LEVERS], written(load)
    listed, calls = prices(), json.loads(CALLS_FILE.read_text())
    total = sum(line.usd for line in lines)
    beside = [] if billed is None else compared(lines, billed)
    document: dict[str, Any] = {
        "load": asdict(load),
        "lines": [asdict(line) for line in lines],
        "total_usd": round(total, 2),
        "per_million_events_usd": round(total / load.events * 1e6, 2) if load.events else None,
        "audit": asdict(audit),
        "write_units_of_a_delivered_event": {"all": units.all, **asdict(units)},
        "levers": [asdict(lever) for lever in turned],
        "measured": None if found is None else found.json(),
        "billed": None if billed is None else cost_compared.document(billed, beside),
        "prices": {"region": listed["region"], "as_of": listed["as_of"], "note": listed["note"]},
        "assumed": listed["assumed"],
        "counted": calls["measured"],
    }
    rows = [(n.service, n.what, f"{n.quantity:,.0f}", f"{n.usd:,.2f}") for n in lines]
    rows.append(("total", "", "", f"{total:,.2f}"))
    rows.append(("audit", audit.what, f"{audit.quantity:,.0f}", f"{audit.usd:,.2f}"))
    out.rows(["service", "what", "quantity", "USD a month"], rows, document=document)
    if found is not None:
        _say_measured(out, load, found)
    if billed is not None:
        cost_compared.say(out, billed, beside)
    out.say(units.text())
    for one in turned:
        out.say(f"Lever: {one.knob} saves {one.usd:,.2f} USD a month. You give up: {one.price}.")
    out.say(f"Prices: {listed['region']}, {listed['as_of']}. {listed['note']}")
    out.say(f"Calls counted on {calls['measured']['on']}: {calls['measured']['by']}")
    assumed = {**listed["assumed"], "swept": load.swept, "side_by_side": load.side_by_side}
    out.say("Assumed: " + ", ".join(f"{name} {value}" for name, value in assumed.items()))


def _say_measured(out: Output, load: Load, found: Measured) -> None:
    out.say(
        f"Measured: {load.events:,.0f} events a month, {load.fanout:.2f} deliveries each, {load.retries:.1%} "
        f"failed attempts, {load.outages:.1%} waited, answers in {load.latency_ms:,.0f} ms, "
        f"{load.providers:.0f} provider(s), {load.secrets:.0f} secret(s) in {load.kept_in}."
    )
    out.say(
        f"Read: the counts of {found.days:.3g} days of {found.sources} of {found.listed_sources} source(s) "
        f"and {found.subscriptions} of {found.listed_subscriptions} subscription(s). Each tenant's own "
        "events and inbox are two of the sources."
    )
    if not found.is_counted:
        out.note("The stack makes no counts (RollupDays=0). What happens is not in this bill.")
    if len(found.secrets) > 1:
        there = ", ".join(f"{name} {number}" for name, number in found.secrets.items())
        out.note(f"Secrets are in several places ({there}). All are priced as of {load.kept_in}.")
    if found.not_priced:
        out.note(f"Not in this bill, and switched on: {', '.join(found.not_priced)}.")
    if not found.is_whole:
        out.note("What was not read is not in this bill.")

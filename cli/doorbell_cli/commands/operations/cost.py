"""`doorbell cost`: a month's bill, by service, from counted calls and a dated price list."""

import json
import re
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from doorbell_cli.ops.bill import audit_cost, bill
from doorbell_cli.ops.counted import CALLS_FILE, Load, prices
from doorbell_cli.output import JsonOption, Output

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)")
_LONGEST = 20
"""Digits. No bill is so long, and `float` ends at 308."""
_COUNTS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


class KeptIn(StrEnum):
    SSM = "ssm"
    SECRETS_MANAGER = "secretsmanager"
    KMS = "kms"


class Histories(StrEnum):
    ALL = "all"
    UNDELIVERED = "undelivered"


def cost(
    events: Annotated[str, typer.Option(help="Events in a month: 500k, 10M, 1G.")] = "10M",
    fanout: Annotated[str, typer.Option(help="Subscribers each event goes to.")] = "3",
    body: Annotated[str, typer.Option(help="A body's size: 800B, 4KB, 1MB.")] = "4KB",
    retries: Annotated[str, typer.Option(help="Deliveries that need one more attempt: 5%.")] = "5%",
    secrets: Annotated[
        str, typer.Option(help="Secrets in use, of sources and subscriptions: 500, 2k.")
    ] = "10",
    kept_in: Annotated[
        KeptIn, typer.Option(help="Where they are: SSM, Secrets Manager, or encrypted in the items by KMS.")
    ] = KeptIn.SSM,
    history: Annotated[
        Histories, typer.Option(help="The parameter History: undelivered files no delivered deliveries.")
    ] = Histories.ALL,
    dashboard: Annotated[
        bool, typer.Option("--dashboard", help="The parameter CloudWatchDashboard: with a dashboard.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """What a month costs, by service, with the price list's date.

    The AWS calls and DynamoDB units of an event, an attempt, a retry and a sweep are counted by a test from
    what the functions do, and kept in a file that the test holds to; the price list has its date and sources.
    What no test can count (compression, batch sizes, durations) is listed under the bill. No free tiers.
    """
    out = Output(as_json)
    load = Load(
        count(events),
        count(fanout),
        size(body),
        share(retries),
        secrets=count(secrets),
        kept_in=kept_in.value,
        history=history.value,
        dashboard=dashboard,
    )
    lines, audit = bill(load), audit_cost(load)
    listed, calls = prices(), json.loads(CALLS_FILE.read_text())
    total = sum(line.usd for line in lines)
    document = {
        "load": asdict(load),
        "lines": [asdict(line) for line in lines],
        "total_usd": round(total, 2),
        "per_million_events_usd": round(total / load.events * 1e6, 2) if load.events else None,
        "audit": asdict(audit),
        "prices": {"region": listed["region"], "as_of": listed["as_of"], "note": listed["note"]},
        "assumed": listed["assumed"],
        "counted": calls["measured"],
    }
    rows = [(n.service, n.what, f"{n.quantity:,.0f}", f"{n.usd:,.2f}") for n in lines]
    rows.append(("total", "", "", f"{total:,.2f}"))
    rows.append(("audit", audit.what, f"{audit.quantity:,.0f}", f"{audit.usd:,.2f}"))
    out.rows(["service", "what", "quantity", "USD a month"], rows, document=document)
    out.say(f"Prices: {listed['region']}, {listed['as_of']}. {listed['note']}")
    out.say(f"Calls counted on {calls['measured']['on']}: {calls['measured']['by']}")
    out.say("Assumed: " + ", ".join(f"{name} {value}" for name, value in listed["assumed"].items()))


def count(text: str) -> float:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a number. Examples: 500k, 10M, 1G.")
    return float(found[1]) * _COUNTS[found[2].lower()]


def size(text: str) -> float:
    """Bytes; KB and MB are of 1024."""
    found = _NUMBER.fullmatch(text.strip().rstrip("bB"))
    if found is None or len(found[1]) > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a size. Examples: 800B, 4KB, 1MB.")
    return float(found[1]) * {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}[found[2].lower()]


def share(text: str) -> float:
    try:
        value = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a share. Examples: 5%, 0.05.") from None
    if not 0 <= value <= 10:
        raise typer.BadParameter("Retries must be between 0 and 10 (1000%).")
    return value

"""`doorbell verify`: known requests through the gate that ingest uses."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from doorbell_cli.conformance import handshakes as handshake_cases
from doorbell_cli.conformance import vectors as vector_cases
from doorbell_cli.conformance.vectors import Outcome
from doorbell_cli.output import printable

VectorsFile = Annotated[
    Path | None, typer.Option("--vectors", exists=True, dir_okay=False, help="Requests with known answers.")
]
HandshakesFile = Annotated[
    Path | None, typer.Option("--handshakes", exists=True, dir_okay=False, help="Challenges with answers.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")]


def verify(vectors: VectorsFile = None, handshakes: HandshakesFile = None, as_json: AsJson = False) -> None:
    """Run a file of requests or of handshakes; exit 1 when an answer is not the expected one, 2 when a case
    cannot be read."""
    if vectors is None and handshakes is None:
        raise typer.BadParameter("give --vectors or --handshakes")
    outcomes = [*_run(vectors, vector_cases.run), *_run(handshakes, handshake_cases.run)]
    if as_json:
        typer.echo(json.dumps(summary(outcomes)))
    else:
        _print(outcomes)
    if not all(outcome.agreed for outcome in outcomes):
        raise typer.Exit(1)


def _run(path: Path | None, judge: Callable[[Mapping[str, Any]], Outcome]) -> list[Outcome]:
    if path is None:
        return []
    try:
        cases = json.loads(path.read_text())
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{path} is not JSON: {error}") from error
    if isinstance(cases, dict):
        cases = cases.get("vectors") or cases.get("handshakes")
    if not isinstance(cases, list) or not cases:
        raise typer.BadParameter(f"{path} holds no list of cases")
    return [_judged(path, number, case, judge) for number, case in enumerate(cases, 1)]


def _judged(path: Path, number: int, case: object, judge: Callable[[Mapping[str, Any]], Outcome]) -> Outcome:
    if not isinstance(case, Mapping):
        raise typer.BadParameter(f"{path}: case {number} is no object")
    try:
        return judge(case)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise typer.BadParameter(f"{path}: case {number} is malformed: {why}") from error


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    disagreed = [asdict(outcome) for outcome in outcomes if not outcome.agreed]
    return {"cases": len(outcomes), "agreed": len(outcomes) - len(disagreed), "disagreed": disagreed}


def _print(outcomes: list[Outcome]) -> None:
    table = Table("provider", "cases", "agreed", "disagreed")
    for provider in sorted({outcome.provider for outcome in outcomes}):
        own = [outcome for outcome in outcomes if outcome.provider == provider]
        wrong = [_line(outcome) for outcome in own if not outcome.agreed]
        name, lines = Text(printable(provider)), Text(printable("\n".join(wrong)))
        table.add_row(name, str(len(own)), str(len(own) - len(wrong)), lines)
    agreed = sum(outcome.agreed for outcome in outcomes)
    table.add_section()
    table.add_row("all", str(len(outcomes)), str(agreed), str(len(outcomes) - agreed))
    Console().print(table)


def _line(outcome: Outcome) -> str:
    return f"{outcome.case}: expected {outcome.expected}, got {outcome.got} ({outcome.reason})"

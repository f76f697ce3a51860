"""`doorbell verify`: known requests through the gate that ingest uses."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from doorbell_cli.conformance import handshakes as handshake_cases
from doorbell_cli.conformance import vectors as vector_cases
from doorbell_cli.conformance.vectors import Outcome
from doorbell_cli.output import JsonOption, Output

VectorsFile = Annotated[
    Path | None, typer.Option("--vectors", exists=True, dir_okay=False, help="Requests with known answers.")
]
HandshakesFile = Annotated[
    Path | None, typer.Option("--handshakes", exists=True, dir_okay=False, help="Challenges with answers.")
]


def verify(
    vectors: VectorsFile = None, handshakes: HandshakesFile = None, as_json: JsonOption = False
) -> None:
    """Run a file of requests or of handshakes; exit 1 when an answer is not the expected one, 2 when a case
    cannot be read."""
    if vectors is None and handshakes is None:
        raise typer.BadParameter("Add --vectors or --handshakes.")
    outcomes = [*_run(vectors, vector_cases.run), *_run(handshakes, handshake_cases.run)]
    _print(outcomes, Output(as_json))
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
        raise typer.BadParameter(f"{path} contains no list of cases.")
    return [_judged(path, number, case, judge) for number, case in enumerate(cases, 1)]


def _judged(path: Path, number: int, case: object, judge: Callable[[Mapping[str, Any]], Outcome]) -> Outcome:
    if not isinstance(case, Mapping):
        raise typer.BadParameter(f"{path}: case {number} is not an object.")
    try:
        return judge(case)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise typer.BadParameter(f"{path}: case {number} is malformed: {why}") from error


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    disagreed = [asdict(outcome) for outcome in outcomes if not outcome.agreed]
    return {"cases": len(outcomes), "agreed": len(outcomes) - len(disagreed), "disagreed": disagreed}


def _print(outcomes: list[Outcome], out: Output) -> None:
    agreed, cases = Counter[str](), Counter[str]()
    for outcome in outcomes:
        cases[outcome.provider] += 1
        agreed[outcome.provider] += outcome.agreed
    rows = [(provider, cases[provider], agreed[provider]) for provider in sorted(cases)]
    out.rows(("provider", "cases", "agreed"), rows, document=summary(outcomes))
    for outcome in outcomes:
        if not outcome.agreed:
            out.say(_line(outcome), "red")
    out.say(f"{agreed.total()} of {len(outcomes)} cases got the answer that the file expects.")


def _line(outcome: Outcome) -> str:
    expected = f"expected {outcome.expected}, got {outcome.got} ({outcome.reason})"
    return f"{outcome.provider}, case {outcome.case}: {expected}"

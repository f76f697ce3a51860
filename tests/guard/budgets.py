"""What each function may load and cost: `budgets.json`, written anew on purpose and in no other way."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("budgets.json")
VARIABLE = "DOORBELL_WRITE_BUDGETS"
RENEW = f"If that is meant: {VARIABLE}=1 .venv/bin/python -m pytest tests/guard, and commit {FILE.name}."


def over(kind: str, name: str, found: Mapping[str, float], tolerance: Mapping[str, float]) -> dict[str, str]:
    """Each figure of `found` above its budget, with a sentence. Under `VARIABLE` all are written instead.

    `tolerance` says how far above: a share of the budget, by figure; others must keep to it exactly. What has
    no budget has none to spend. Less than the budget is always right.
    """
    if os.environ.get(VARIABLE) == "1":
        _write(kind, name, found)
        return {}
    allowed = _read().get(kind, {}).get(name, {})
    return {
        figure: f"{name}, {figure}: {value:.4g}, where the budget is {budget:.4g}"
        for figure, value in found.items()
        if value > (budget := allowed.get(figure, 0.0)) * (1 + tolerance.get(figure, 0.0))
    }


def _read() -> dict[str, dict[str, dict[str, float]]]:
    read: dict[str, dict[str, dict[str, float]]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return read


def _write(kind: str, name: str, found: Mapping[str, float]) -> None:
    document = _read()
    document.setdefault(kind, {})[name] = {figure: round(value, 4) for figure, value in found.items()}
    FILE.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")

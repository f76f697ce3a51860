"""The rooms of the code, by which bugs are drawn and scores are told."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

CORE: Final = "layers/core/doorbell"
CLI: Final = "cli/doorbell_cli"

ROOMS: Final = {
    "domain": f"{CORE}/domain",
    "signatures": f"{CORE}/signatures",
    "egress": f"{CORE}/egress",
    "payloads": f"{CORE}/payloads",
    "store": f"{CORE}/store",
    "queues": f"{CORE}/queues",
    "usecases": f"{CORE}/usecases",
    "admin API": f"{CORE}/runtime/admin",
    "runtime": f"{CORE}/runtime",
    "core: the rest": CORE,
    "functions": "functions",
    "CLI: commands": f"{CLI}/commands",
    "CLI: ops": f"{CLI}/ops",
    "CLI: the rest": CLI,
    "template": "template.yaml",
}
"""Where each begins; a file is in the first that it is below."""

SIMULATED: Final = frozenset({"domain", "usecases"})
"""Rooms whose bugs the simulation is asked about too."""


def files_of(tree: Path) -> dict[str, list[str]]:
    """Of each room its files, as paths below `tree`."""
    found = (*tree.glob("layers/core/doorbell/**/*.py"), *tree.glob("cli/doorbell_cli/**/*.py"))
    paths = [*found, *tree.glob("functions/*/app.py"), tree / "template.yaml"]
    return by_room(str(path.relative_to(tree)) for path in sorted(paths))


def by_room(paths: Iterable[str]) -> dict[str, list[str]]:
    rooms: dict[str, list[str]] = {name: [] for name in ROOMS}
    for path in paths:
        if room := next((name for name, start in ROOMS.items() if f"{path}/".startswith(f"{start}/")), None):
            rooms[room].append(path)
    return rooms

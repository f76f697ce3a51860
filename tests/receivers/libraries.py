"""`python -m tests.receivers.libraries`: every library that verifies, given every case; the tables of
docs/receivers.md and docs/configure.md are written anew.

The libraries are installed below `.receivers/`, each version apart, and take nothing from this environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.receivers.cases import all_cases
from tests.receivers.tables import write_tables

HERE, PLACE = Path(__file__).parent, Path(__file__).parents[2] / ".receivers" / "libraries"


@dataclass(frozen=True, slots=True)
class Library:
    """`module` is what is imported; `kind` how it is called (verify.mjs), "" for Python."""

    name: str
    version: str
    module: str = ""
    kind: str = ""

    @property
    def label(self) -> str:
        return f"{self.name} {self.version} ({'npm' if self.kind else 'PyPI'})"


LIBRARIES = (
    Library("standardwebhooks", "1.0.0"),
    Library("standardwebhooks", "1.0.1"),
    Library("standardwebhooks", "1.1.0"),
    Library("svix", "1.99.1"),
    Library("svix", "2.9.1"),
    Library("openai", "3.57.0"),
    Library("resend", "2.52.0"),
    Library("eep-signer", "0.1.0"),
    Library("authweave-webhooks", "8.0.2"),
    Library("hooka-relay-python", "2.0.0"),
    Library("neolife", "0.1.1"),
    Library("razcrypto", "2.0.0"),
    Library("timbro-protocol", "0.22.0"),
    Library("xtr-webhook", "4.1.0"),
    Library("standardwebhooks", "1.0.0", "standardwebhooks", "class"),
    Library("standardwebhooks", "1.1.1", "standardwebhooks", "class"),
    Library("svix", "1.99.1", "svix", "class"),
    Library("svix", "2.5.0", "svix", "class"),
    Library("openai", "7.59.0", "openai", "openai"),
    Library("@clerk/backend", "3.25.0", "@clerk/backend/webhooks", "clerk"),
)


def measured(library: Library) -> list[str]:
    """A verdict for each case, which is signed now: some take nothing that is a minute old."""
    folder = PLACE / f"{library.name.replace('/', '-')}-{library.version}-{library.kind or 'python'}"
    if not folder.exists():
        _install(library, folder)
    documents = json.dumps([case.document for case in all_cases()])
    if library.kind:
        (folder / "verify.mjs").write_text((HERE / "verify.mjs").read_text())
        command = ["node", "verify.mjs", library.module, library.kind]
    else:
        command = [sys.executable, str(HERE / "verify.py"), library.name]
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environ, input=documents, capture_output=True, text=True, check=True
    )
    verdicts: list[str] = json.loads(done.stdout)
    return verdicts


def _install(library: Library, folder: Path) -> None:
    wanted = f"{library.name}@{library.version}" if library.kind else f"{library.name}=={library.version}"
    partial = folder.with_suffix(".partial")
    partial.mkdir(parents=True, exist_ok=True)
    if library.kind:
        (partial / "package.json").write_text("{}")
        command = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", wanted]
    else:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(partial), wanted]
    subprocess.run(command, cwd=partial, check=True)
    partial.rename(folder)


def main() -> None:
    rows: dict[str, list[str]] = {}
    for library in LIBRARIES:
        rows[library.label] = measured(library)
        print(library.label, *rows[library.label], flush=True)
    write_tables(rows)


if __name__ == "__main__":
    main()

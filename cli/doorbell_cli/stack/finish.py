"""What a build gets beside what `sam build` gives it: `python -m doorbell_cli.stack.finish <build>`.

All of it shortens cold starts and nothing else: what `sam build` alone made works as well. `make build` calls
this, and so does the local stack's build.
"""

import subprocess
import sys
from pathlib import Path

from doorbell_cli.stack.environment import StackError
from doorbell_cli.stack.schemas import write_schemas
from doorbell_cli.stack.slim import slim


def finish(build: Path) -> None:
    slim(build)
    write_schemas(build)
    _compile(build)


def _compile(build: Path) -> None:
    """Bytecode beside the sources: a function cannot write its own, and would compile all that it imports at
    every cold start. Unchecked, because packing changes the files' times."""
    command = [sys.executable, "-m", "compileall", "-qq", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    if subprocess.run([*command, str(build)], stdin=subprocess.DEVNULL).returncode != 0:
        raise StackError(f"some files below {build} cannot be compiled")


if __name__ == "__main__":
    finish(Path(sys.argv[1]))

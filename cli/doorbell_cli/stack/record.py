"""Which local stack is running: `doorbell local up` writes it down, and every other command reads it.

Outputs and parameters are on record too, so that no command has to ask CloudFormation for them first.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from doorbell_cli.stack.environment import StackError, project_root


@dataclass(frozen=True, slots=True)
class Record:
    """`outputs` and `parameters` are the stack's, by name; without them, CloudFormation knows."""

    endpoint_url: str
    api_url: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """All of it or nothing: another command may be reading."""
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(json.dumps(asdict(self), indent=2))
        beside.replace(path)


def record_path() -> Path:
    """Below the project; the environment's DOORBELL_LOCAL names another place."""
    given = os.environ.get("DOORBELL_LOCAL")
    return Path(given) if given else project_root() / ".aws-sam" / "local" / "running.json"


def running() -> Record | None:
    """The stack that is on record; None without one. Raises `StackError` for a file that is no record, of
    another release perhaps."""
    path = record_path()
    try:
        return Record(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else "another release wrote it, or something else"
        raise StackError(f"{path} cannot be read: {why}. Start `doorbell local up` again.") from None


@contextmanager
def sole_owner(record: Path) -> Iterator[None]:
    """The right to write a record and to remove it, for as long as this lasts; raises `StackError` while
    another process has it. It ends with the process, however that ends."""
    record.parent.mkdir(parents=True, exist_ok=True)
    with record.with_name(f"{record.name}.owner").open("a+") as owner:
        try:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner.seek(0)
            raise StackError(
                f"A local stack of this checkout is running or coming up (process {owner.read().strip()}). "
                "Stop it first, or set DOORBELL_LOCAL to another file for a second stack beside it."
            ) from None
        owner.truncate(0)
        owner.write(str(os.getpid()))
        owner.flush()
        yield

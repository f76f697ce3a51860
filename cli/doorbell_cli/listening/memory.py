"""What a listener keeps on this machine: which subscription is its, the secret, and what was answered.

A folder for each name, below `$XDG_STATE_HOME/doorbell/listen` (`~/.local/state` without it), for its owner
alone. `answers.jsonl` has a line for each event that the application answered, written before the message is
deleted: whoever was killed in between does not ring it again.
https://specifications.freedesktop.org/basedir-spec/latest/
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEPT_ANSWERS = 5000
"""Lines, the newest. Messages come again within hours: these are more than a queue holds back at once."""


class Taken(Exception):
    """Another process has this name."""


@dataclass
class Memory:
    folder: Path
    _answered: set[str] = field(default_factory=set)

    @contextmanager
    def held(self) -> Iterator[None]:
        """By this process alone, until it ends, however it ends. Raises `Taken` or `OSError`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._open("lock", os.O_RDWR | os.O_CREAT) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Taken from None
            self._answered = {str(line["message_id"]) for line in self._cut_short()}
            yield

    def known(self) -> dict[str, str]:
        """What `know` wrote; {} where that is nothing, or cannot be read."""
        try:
            found = json.loads((self.folder / "listener.json").read_text())
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def know(self, values: Mapping[str, str]) -> None:
        """All of it or nothing."""
        self._replace("listener.json", json.dumps(dict(values), indent=2) + "\n")

    def forget(self) -> None:
        """Which subscription it was; the secret stays, and the application's copy of it stays right."""
        self.know({name: value for name, value in self.known().items() if name == "secret"})

    def is_answered(self, message_id: str) -> bool:
        return message_id in self._answered

    def answered(self, message_id: str, line: Mapping[str, Any]) -> None:
        """On disk when this returns."""
        with self._open("answers.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
            file.write(json.dumps({"message_id": message_id, **line}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._answered.add(message_id)

    def answers(self) -> list[dict[str, Any]]:
        """Oldest first. A line that was cut off by a crash is left out."""
        try:
            lines = (self.folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        return [found for line in lines if (found := _line(line)) is not None]

    def _cut_short(self) -> list[dict[str, Any]]:
        """The newest answers; the file holds no more than them."""
        lines = self.answers()[-KEPT_ANSWERS:]
        self._replace("answers.jsonl", "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
        return lines

    def _replace(self, name: str, text: str) -> None:
        with self._open(f"{name}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        (self.folder / f"{name}.new").replace(self.folder / name)

    def _open(self, name: str, flags: int) -> Any:
        mode = "a" if flags & os.O_APPEND else "w" if flags & os.O_WRONLY else "r+"
        return open(os.open(self.folder / name, flags, 0o600), mode, encoding="utf-8")


def folder_of(account: str, region: str, stack: str, tenant_id: str, name: str) -> Path:
    given = os.environ.get("XDG_STATE_HOME", "")
    base = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return base / "doorbell" / "listen" / f"{account}-{region}-{stack}" / _folder(tenant_id) / _folder(name)


def _folder(name: str) -> str:
    """ ".." is a tenant's name too."""
    return name if name.strip(".") else name.replace(".", "%2e")


def _line(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "message_id" in found else None

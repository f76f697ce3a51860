"""Which worker is at the other end of a connection? Linux says so in /proc; elsewhere any worker will do."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LOOPBACK = "0100007F"


def sender(port: int, workers: Sequence[int]) -> int | None:
    """The one of `workers` whose socket has the local `port` of 127.0.0.1."""
    try:
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return workers[0] if workers else None
    local = f"{LOOPBACK}:{port:04X}"
    inode = next((row.split()[9] for row in table if row.split()[1] == local), None)
    return next((pid for pid in workers if inode is not None and _holds(pid, f"socket:[{inode}]")), None)


def _holds(pid: int, name: str) -> bool:
    with suppress(OSError):  # it has ended meanwhile
        for entry in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{entry}") == name:
                    return True
    return False

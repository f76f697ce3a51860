"""Runs MiniStack for exactly as long as the process that started this one holds its standard input open.

Whoever started the stack may be killed with no chance to clean up (`timeout`, a closed terminal, kill -9).
The pipe closes then, whatever happened; this process sees it, ends MiniStack with its workers and has its
directory removed.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress

_LOOK_SECONDS = 0.5
_STOP_SECONDS = 0.3
"""For MiniStack to end its workers. There is nothing to be saved: all that it holds is thrown away."""


def main(directory: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "ministack"], stdin=subprocess.DEVNULL, start_new_session=True
    )
    held = True
    while held and child.poll() is None:
        held = not select.select([sys.stdin], [], [], _LOOK_SECONDS)[0]
    _end(child)
    if not held:  # if it ended by itself, someone wants to read its log
        remove(directory)


def remove(directory: str) -> None:
    """Out of the way at once. The files in it, two thousand for each worker, go meanwhile: a minute and more
    on a slow disk, for which nobody should wait."""
    gone = f"{directory}.gone"
    with suppress(FileNotFoundError):
        os.rename(directory, gone)
        in_background = ["sh", "-c", 'rm -rf "$0" </dev/null >/dev/null 2>&1 &', gone]
        subprocess.run(in_background, cwd=os.path.dirname(gone), start_new_session=True)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The whole process group: a worker does not always follow its server."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):  # all have left; macOS says the latter
            os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])

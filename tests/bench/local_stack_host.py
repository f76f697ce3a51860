"""The machine under a local stack: the CPU time of its processes, and where its files lie."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorbell_cli.stack import LocalStack

TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(stack: LocalStack) -> tuple[float, float]:
    """(MiniStack, functions), since each began; (0, 0) where there is no /proc."""
    own = functions = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if f"{stack.directory}/ministack-lambda-" in command:
                functions += _seconds(process)
            elif "-m\0ministack" in command and (process / "cwd").resolve() == stack.directory:
                own += _seconds(process)
        except OSError:
            continue  # it has ended
    return own, functions


def _seconds(process: Path) -> float:
    """User and system time: fields 14 and 15 of stat, see proc(5); the name before them may hold spaces."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return TICK * (int(fields[11]) + int(fields[12]))


@contextmanager
def files_in_memory() -> Iterator[None]:
    """Each environment unpacks the layers for itself, 33 MB: where there is a file system in memory, no disk
    is measured with them."""
    before, memory = tempfile.tempdir, Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        tempfile.tempdir = str(memory)
    try:
        yield
    finally:
        tempfile.tempdir = before

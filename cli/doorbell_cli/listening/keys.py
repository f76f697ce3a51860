"""Single keys of a terminal, heard while something else goes on."""

import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def heard(actions: Mapping[str, Callable[[], None]]) -> Iterator[None]:
    """Each key's action is done in a thread of its own. Nothing where stdin is no terminal; Ctrl-C stays."""
    if not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def listen() -> None:
        while key := sys.stdin.read(1):
            if action := actions.get(key):
                action()

    tty.setcbreak(descriptor)
    threading.Thread(target=listen, name="keys", daemon=True).start()
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

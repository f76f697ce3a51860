"""Single keys of a terminal, heard while something else goes on."""

import os
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def heard(actions: Mapping[str, Callable[[], None]]) -> Iterator[None]:
    """Each key's action is done in a thread of its own, until this ends. Nothing where stdin is no terminal,
    or where this runs in its background: who asks for keys there is stopped. Ctrl-C stays."""
    if not sys.stdin.isatty() or os.tcgetpgrp(descriptor := sys.stdin.fileno()) != os.getpgrp():
        yield
        return
    before, over = termios.tcgetattr(descriptor), threading.Event()

    def listen() -> None:
        """Of the terminal itself: a thread that waits in `sys.stdin` has a lock that the end waits for."""
        while (key := os.read(descriptor, 1)) and not over.is_set():
            if action := actions.get(key.decode("ascii", "replace")):
                action()

    tty.setcbreak(descriptor)
    threading.Thread(target=listen, name="keys", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

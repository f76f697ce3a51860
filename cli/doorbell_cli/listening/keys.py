"""Single keys of a terminal, heard while something else goes on."""

import os
import signal
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

AWAY_SECONDS = 0.5
"""Between two looks whether it is in front again."""


@contextmanager
def heard(actions: Mapping[str, Callable[[], None]]) -> Iterator[bool]:
    """Each key's action is done in a thread of its own, until this ends. False, and no key is heard, where
    stdin is not the terminal that this runs in, or where it runs in its background. Ctrl-C stays.

    Stopped and sent to the background (Ctrl-Z, `bg`) it goes on without keys, and hears them again in front.
    """
    descriptor = _own_terminal()
    if descriptor is None:
        yield False
        return
    before, over = termios.tcgetattr(descriptor), threading.Event()

    def listen() -> None:
        """Of the terminal itself: a thread that waits in `sys.stdin` has a lock that the end waits for."""
        while not over.is_set():
            try:
                key = os.read(descriptor, 1)
            except OSError:  # it is in the background, or the terminal is gone
                over.wait(AWAY_SECONDS)
                continue
            if not key:
                return
            if not over.is_set() and (action := actions.get(key.decode("ascii", "replace"))):
                action()

    # Else who asks for a key in the background is stopped.
    asks = signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    tty.setcbreak(descriptor)
    threading.Thread(target=listen, name="keys", daemon=True).start()
    try:
        yield True
    finally:
        over.set()
        if _is_in_front(descriptor):  # else it is somebody else's by now
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTTIN, asks)


def _own_terminal() -> int | None:
    """Of stdin, where that is this session's terminal and this is in front."""
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # there is none, or it is closed
        return None
    return descriptor if _is_in_front(descriptor) else None


def _is_in_front(descriptor: int) -> bool:
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # no terminal, or another session's
        return False

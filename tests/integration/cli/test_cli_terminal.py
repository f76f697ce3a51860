"""A listener on a real terminal: its keys, Ctrl-C, a window that changes its width, and no terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass, field
from select import select
from time import monotonic

import pytest

from tests.support.patience import HANG_SECONDS, latest

LISTENER = """
import sys, time
from doorbell_cli.listening.keys import heard
from doorbell_cli.listening.screen import Screen

line = {"type": "order.paid." + "x" * 200, "event_id": "evt_1", "status": 204, "ms": 3}
screen = Screen(as_json=False)

def repeat():
    screen.answered({**line, "again": True})

try:
    with heard({"r": repeat}) as screen.keys:
        screen.note("ready")
        while True:
            time.sleep(0.05)
except KeyboardInterrupt:
    pass
screen.over()
print("the end", flush=True)
"""
LEADER = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], process_group=0)
if sys.argv[2:] == ["in front at first"]:  # then as a shell does with Ctrl-Z and `bg`
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(2, child.pid)
    os.waitpid(child.pid, os.WUNTRACED)
    os.tcsetpgrp(2, os.getpgrp())
    os.kill(child.pid, signal.SIGCONT)
_, status = os.waitpid(child.pid, os.WUNTRACED)
print("stopped" if os.WIFSTOPPED(status) else "ended", flush=True)
child.kill()
"""
IN_BACKGROUND = LISTENER.replace("while True:\n            time.sleep(0.05)", "time.sleep(0.5)")
STOPPED = """
import os, signal, time
from doorbell_cli.listening.keys import heard

while os.tcgetpgrp(0) != os.getpgrp():  # until it is in front
    time.sleep(0.05)
with heard({"r": print}) as keys:
    time.sleep(0.3)  # the thread waits for a key
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.5)
print(f"keys {keys}, the end", flush=True)
"""


@dataclass
class Console:
    """A terminal with one program in it."""

    master: int
    slave: int
    seen: bytes = b""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, *arguments: str, stdin: int | None = None, stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}
        own = (  # Ctrl-C counts, also where the tests run behind an `&`, which ignores it
            "import fcntl, os, signal, sys, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0); "
            "signal.signal(signal.SIGINT, signal.SIG_DFL); "
            "os.execv(sys.executable, [sys.executable, '-c', *sys.argv[1:]])"
        )
        started = subprocess.Popen(
            [sys.executable, "-c", own, *arguments],
            env=environ,
            start_new_session=True,
            stdin=self.slave if stdin is None else stdin,
            stdout=self.slave if stdout is None else stdout,
            stderr=self.slave,
        )
        self.running.append(started)
        return started

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def until(self, text: bytes) -> bytes:
        """What was shown since the last time, up to that."""
        deadline = latest(HANG_SECONDS)
        while text not in self.seen:
            assert monotonic() < deadline, self.seen
            if select([self.master], [], [], 0.2)[0]:
                self.seen += os.read(self.master, 4096)
        before, _, self.seen = self.seen.partition(text)
        return before

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


@pytest.fixture
def console() -> Iterator[Console]:
    made = Console(*pty.openpty())
    made.resize(100)
    yield made
    for process in made.running:
        process.kill()
        process.wait()
    os.close(made.master)
    os.close(made.slave)


def test_r_repeats_other_keys_do_nothing_and_ctrl_c_leaves_the_terminal_as_it_was(console: Console) -> None:
    before = termios.tcgetattr(console.slave)
    listener = console.start(LISTENER)
    console.until(b"ready")
    console.press(b"r")
    console.until(b"1 rung")
    console.press("xü\x1b[Ar".encode())
    console.until(b"2 rung")
    console.press(b"\x03")
    console.until(b"the end")
    assert listener.wait(HANG_SECONDS) == 0
    assert termios.tcgetattr(console.slave) == before


def test_a_line_is_as_long_as_the_window_is_wide_now_whatever_stdout_is(console: Console) -> None:
    console.start(LISTENER, stdout=subprocess.DEVNULL)
    console.until(b"ready")
    for count, columns in ((1, 100), (3, 40), (5, 60)):
        console.resize(columns)
        console.press(b"rr")
        console.until(f"\x1b[K{count} rung".encode())
        line = f"{count} rung{console.until(b'\r\x1b[K').decode()}"
        assert len(line) == columns - 1


def test_without_a_terminal_no_key_is_asked_for(console: Console) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"rrr")
    listener = console.start(LISTENER, stdin=reading)
    console.until(b"ready")
    listener.terminate()
    listener.wait(HANG_SECONDS)
    assert os.read(reading, 10) == b"rrr"
    os.close(reading)
    os.close(writing)


def test_where_stdin_is_another_terminal_it_goes_on_without_keys_and_does_not_offer_them(
    console: Console,
) -> None:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    console.start(LISTENER.replace('note("ready")', 'note(f"keys {screen.keys}")'), stdin=slave)
    assert b"r: repeat" not in console.until(b"keys False")
    os.write(master, b"r")
    console.press(b"\x03")
    assert b"r: repeat" not in console.until(b"the end")
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


def test_without_any_stdin_it_goes_on(console: Console) -> None:
    console.start("import os; os.close(0)\n" + LISTENER)
    assert b"r: repeat" not in console.until(b"ready")
    console.press(b"\x03")
    console.until(b"the end")


def test_a_terminal_that_hears_keys_says_which(console: Console) -> None:
    console.start(LISTENER)
    console.until(b"r: repeat the last, Ctrl-C: end")


def test_stopped_and_sent_to_the_background_it_goes_on_without_keys(console: Console) -> None:
    console.start(LEADER, STOPPED, "in front at first")
    assert b"keys True, the end" in console.until(b"ed\r\n")


def test_in_the_background_of_a_terminal_it_goes_on(console: Console) -> None:
    console.start(LEADER, IN_BACKGROUND)
    assert b"the end" in console.until(b"ed\r\n")

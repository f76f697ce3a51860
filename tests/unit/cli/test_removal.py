"""What a local stack leaves behind is out of the way at once; nobody waits for its files to be removed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from doorbell_cli.stack.guard import remove

SLOW_RM = '#!/bin/sh\nwhile [ ! -e "$2/../go" ]; do sleep 0.02; done\nexec /bin/rm "$@"\n'


def wait_until_gone(path: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while path.exists():
        assert time.monotonic() < deadline, f"{path} is still there"
        time.sleep(0.02)


def test_the_directory_is_gone_before_its_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs, directory = tmp_path / "bin", tmp_path / "doorbell-local-x"
    programs.mkdir()
    (programs / "rm").write_text(SLOW_RM)
    (programs / "rm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    (directory / "worker").mkdir(parents=True)
    (directory / "worker" / "app.py").write_text("")

    remove(str(directory))

    moved = tmp_path / "doorbell-local-x.gone"
    assert not directory.exists()
    assert (moved / "worker" / "app.py").exists()
    (tmp_path / "go").write_text("")
    wait_until_gone(moved)


def test_what_is_gone_already_is_no_error(tmp_path: Path) -> None:
    remove(str(tmp_path / "nothing"))
    assert list(tmp_path.iterdir()) == []

"""Which local stack is running: one writes it down, and others leave what is not theirs alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app
from doorbell_cli.stack.environment import StackError
from doorbell_cli.stack.record import Record, running, sole_owner


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "running.json"
    monkeypatch.setenv("DOORBELL_LOCAL", str(path))
    return path


def test_what_is_written_is_read(record: Path) -> None:
    assert running() is None
    written = Record("http://127.0.0.1:1", "http://127.0.0.1:1/api", {"ApiId": "x"}, {"AllowHttp": "true"})
    written.write(record)
    assert running() == written
    assert [path.name for path in record.parent.iterdir()] == ["running.json"]


def test_a_record_without_outputs_is_read_too(record: Path) -> None:
    record.write_text('{"endpoint_url": "http://127.0.0.1:1", "api_url": "http://127.0.0.1:1/api"}')
    found = running()
    assert found is not None
    assert found.outputs == {}


@pytest.mark.parametrize(
    "text", [b'{"a":', b"\xff\xfe", b"[]", b"{}", b'{"endpoint_url": "a", "api_url": "b", "newer": 1}']
)
@pytest.mark.parametrize("command", [("events", "list"), ("local", "env"), ("local", "sam-env")])
def test_a_record_that_cannot_be_read_is_told_in_a_line(
    record: Path, text: bytes, command: tuple[str, ...]
) -> None:
    """Of another release, perhaps."""
    record.write_bytes(text)
    result = CliRunner().invoke(app, [*command])
    assert (result.exit_code, result.stderr.count("\n")) in ((1, 1), (2, 1))
    assert f"error: {record} cannot be read: another release wrote it" in result.stderr


def test_a_second_stack_is_refused_with_the_process_of_the_first(record: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from doorbell_cli.stack.record import sole_owner\n"
        f"with sole_owner(Path({str(record)!r})):\n    print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "up\n"
        with pytest.raises(StackError, match=f"process {first.pid}"), sole_owner(record):
            pass
        first.kill()
    with sole_owner(record):
        pass


def test_a_second_record_file_is_a_second_stack(record: Path) -> None:
    with sole_owner(record), sole_owner(record.with_name("other.json")):
        pass

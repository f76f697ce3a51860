"""What `doorbell listen --keep` writes, and `doorbell ring --kept` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from doorbell.domain.sources import Source
from doorbell_cli.commands.operations.listen import listen
from doorbell_cli.commands.operations.listener import Listener
from doorbell_cli.ops.kept import Kept, read
from doorbell_cli.ops.samples import SampleError, as_new

PUSH = {"x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": "sha256=ab"}
OURS = {"webhook-id": "evt_1", "doorbell-event-type": "push/a b", "user-agent": "Doorbell/1", "host": "x"}
BODY = '{"a":"Größe"}'.encode()


def listener(folder: Path, fail: int = 0) -> Listener:
    return Listener(secret=None, status=204, fail=fail, as_json=True, keep=folder)


def test_every_request_is_a_file_for_its_owner_alone_those_that_failed_too(tmp_path: Path) -> None:
    listening = listener(tmp_path, fail=1)
    assert [listening.receive("POST", f"/hooks?n={n}", {**PUSH, **OURS}, BODY) for n in range(3)] == [
        500,
        204,
        204,
    ]
    files = sorted(tmp_path.iterdir())
    assert [read(file).path for file in files] == ["/hooks?n=0", "/hooks?n=1", "/hooks?n=2"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert all(file.name.endswith("-push_a_b.json") for file in files)
    assert json.loads(files[0].read_text())["verified"].startswith("signed, not checked")


def test_what_cannot_be_kept_is_asked_for_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listener(tmp_path / "gone").receive("POST", "/", {}, BODY) == 500
    assert "not kept: No such file or directory" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = typer.Typer()
    app.command()(listen)
    result = CliRunner().invoke(app, ["--port", "0", "--keep", str(tmp_path / "file")])
    assert result.exit_code == 2
    assert "--keep" in result.stderr


@given(body=st.binary(max_size=50), path=st.text(max_size=20), value=st.text(max_size=20))
def test_what_is_read_is_what_came(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, path: str, value: str
) -> None:
    kept = Kept(1_795_949_876.25, "POST", path, {"x-a": value}, body)
    folder = tmp_path_factory.mktemp("kept")
    assert read(kept.write(folder)) == kept


def test_it_is_rung_without_what_doorbell_and_the_connection_added() -> None:
    assert Kept(0, "POST", "/", {**PUSH, **OURS}, BODY).rung == (PUSH, BODY)


def test_it_is_rung_as_a_new_delivery() -> None:
    assert as_new(Source("gh", "github"), PUSH).keys() == PUSH.keys() - {"x-github-delivery"}
    assert as_new(Source("s", "stripe"), PUSH) == PUSH


def test_a_body_that_is_not_the_providers_is_not_rung() -> None:
    kept = Kept(0, "POST", "/", {"doorbell-original-content-type": "application/json"}, b"{}")
    with pytest.raises(SampleError, match="body: raw"):
        _ = kept.rung


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"body": 1, "headers": {}, "at": "2026-11-29"}'])
def test_any_other_file_is_told_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SampleError, match=r"a\.json: not a request"):
        read(tmp_path / "a.json")
    with pytest.raises(SampleError, match=r"b\.json: No such file"):
        read(tmp_path / "b.json")

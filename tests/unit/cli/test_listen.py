"""What `doorbell listen` says of a signature."""

from __future__ import annotations

import time

import pytest
import typer
from typer.testing import CliRunner

from doorbell.signatures.signing.outgoing import sign
from doorbell_cli.commands.operations.listen import listen
from doorbell_cli.commands.operations.listener import Listener, verified
from doorbell_cli.secret_text import generate

BODY = b'{"a":1}'


def headers(signing: str, secret: str, *, age: float = 0) -> dict[str, str]:
    signed = sign(signing, [secret], "evt_1", int(time.time() - age), BODY)
    return {"content-type": "application/json", "x-github-event": "push", "x-github-delivery": "1", **signed}


@pytest.mark.parametrize("signing", ["standard", "standard-ed25519", "github"])
def test_a_right_signature_is_verified(signing: str) -> None:
    secret, known, _ = generate(signing)
    assert verified(known, "POST", "/hook?a=1", headers(signing, secret), BODY) == "verified"


@pytest.mark.parametrize("signing", ["standard", "standard-ed25519", "github"])
def test_another_body_is_not_verified(signing: str) -> None:
    secret, known, _ = generate(signing)
    assert verified(known, "POST", "/", headers(signing, secret), BODY + b" ").startswith("NOT VERIFIED")


def test_another_secret_is_not_verified() -> None:
    told = verified(generate("standard")[0], "POST", "/", headers("standard", generate("standard")[0]), BODY)
    assert told.startswith("NOT VERIFIED")


def test_an_old_signature_is_not_verified() -> None:
    secret = generate("standard")[0]
    told = verified(secret, "POST", "/", headers("standard", secret, age=3600), BODY)
    assert told.startswith("NOT VERIFIED: timestamp")


def test_without_a_secret_it_says_that_nothing_was_checked() -> None:
    assert verified(None, "POST", "/", headers("standard", generate("standard")[0]), BODY).startswith(
        "signed, not checked"
    )
    assert verified(None, "POST", "/", {}, BODY) == "not signed"


def test_an_unsigned_request_is_answered_401_where_a_secret_is_known() -> None:
    listener = Listener(secret="whsec_eHh4", status=204, fail=0, as_json=True)
    assert listener.receive("POST", "/", {}, BODY) == 401


def test_the_first_ones_fail_as_often_as_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    listener = Listener(secret=None, status=201, fail=2, as_json=False, stop_after=3)
    assert [listener.receive("POST", "/", {}, b"\x1b[2J") for _ in range(3)] == [500, 500, 201]
    assert listener.enough.is_set()
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_is_none_is_wrong_use(port: str) -> None:
    app = typer.Typer()
    app.command()(listen)
    result = CliRunner().invoke(app, ["--port", port])
    assert result.exit_code == 2
    assert "port" in result.stderr

"""Where `doorbell listen --forward` may ring, under which name: looked at before anything is made."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from doorbell_cli.listening.asked import Elsewhere, url_of
from doorbell_cli.listening.loop import Loop
from doorbell_cli.listening.memory import folder_of
from tests.integration.cli.conftest import Shell

OTHER = "192.0.2.1"
"""Nobody's. https://www.rfc-editor.org/rfc/rfc5737"""
NAMES = {"app.example": ["127.0.0.1"], "other.example": [OTHER], "both.example": ["127.0.0.1", OTHER]}
FORWARD = ("listen", "--forward", "localhost:3000")


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def looked_up(host: str, *given: Any, **more: Any) -> Any:
        if not host.endswith(".example"):
            return real(host, *given, **more)
        if host not in NAMES:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


def _own_address() -> str:
    """By which this machine would go elsewhere. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((OTHER, 9))
        found: str = probe.getsockname()[0]
        return found


@pytest.mark.parametrize(
    "host", ["localhost:3000/a", "127.0.0.1:3000", "127.9.9.9", "http://[::1]:3000", "app.example:3000"]
)
def test_this_machine_is_rung_without_a_word(host: str) -> None:
    assert url_of(host, anywhere=False).endswith(host)


def test_an_address_of_one_of_its_interfaces_is_this_machine_too() -> None:
    assert url_of(f"http://{_own_address()}:3000/", anywhere=False)


@pytest.mark.parametrize(
    ("host", "said"),
    [
        (OTHER, f"{OTHER} is not this machine. Events would leave it."),
        ("[2001:db8::1]:3000", "2001:db8::1 is not this machine."),
        ("224.0.0.1", "224.0.0.1 is not this machine."),
        ("other.example", f"other.example is not this machine: {OTHER}."),
        ("both.example:3000", f"both.example is not this machine: {OTHER}."),
        ("none.example", "none.example has no address now"),
    ],
)
def test_another_machine_is_rung_only_if_one_says_so(host: str, said: str) -> None:
    with pytest.raises(Elsewhere) as refused:
        url_of(f"http://{host}/", anywhere=False)
    assert said in str(refused.value)
    assert "--anywhere" in str(refused.value)
    assert url_of(f"http://{host}/", anywhere=True) == f"http://{host}/"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("listen", "--forward", f"http://{OTHER}/"), "add --anywhere"),
        (("listen", "--anywhere"), "Goes with --forward"),
        ((*FORWARD, "--name", ".."), "not only dots"),
        ((*FORWARD, "--name", "a/b"), "letters"),
        ((*FORWARD, "--name", "n" * 49), "1 to 48"),
        ((*FORWARD, "--tenant", "../../acme"), "Invalid value for --tenant: 1 to 64 letters"),
        ((*FORWARD, "--tenant", "two words"), "Invalid value for --tenant"),
        ((*FORWARD, "--filter", "body.["), "filter"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    result = shell.run(*given, code=1 if "--filter" in given else 2)
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []
    assert shell.target.client("sqs").list_queues(QueueNamePrefix="gateway-listen").get("QueueUrls", []) == []


def test_what_will_never_come_is_told_at_the_beginning(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A misspelt source would be listened to for ever."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(Loop, "run", lambda loop: None)
    result = shell.run(*FORWARD, "--source", "shpo", "--event-type", "order.[", "--filter", "ref == 'a'")
    for told in (
        'warning: sources: There is no source "shpo": no event of it can match.',
        'warning: event_types: "order.[" opens a bracket and never closes it.',
        'warning: filter: "ref" is never there',
    ):
        assert told in result.stderr


def test_a_tenant_of_dots_has_a_folder_of_its_own() -> None:
    def folder(tenant: str) -> Path:
        return folder_of("1", "eu-central-1", "gateway", tenant, "desk")

    assert ".." not in folder("..").parts
    assert len({folder(tenant).resolve() for tenant in (".", "..", "acme")}) == 3

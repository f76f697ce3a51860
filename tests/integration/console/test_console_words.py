"""What a page tells one to do can be done on a page, or typed as it stands."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from doorbell.domain.events import BodyAt
from doorbell_cli.console.render import Frame
from doorbell_cli.main import app
from tests.integration.console.conftest import Browser
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import parked, pending

SUBSCRIPTION = "/subscriptions/acme/billing"
_COMMAND = re.compile(r"<code>(doorbell .*?)</code>|(?:: |`)(doorbell [^`<]*)")
_SPELLED = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_FLAG = re.compile(r"(?<![\w-])--[a-z]")


def main_of(page: str) -> str:
    """What a page says, commands left out; and those, whole."""
    return page.partition("<main")[2].partition("</main>")[0]


def commands(page: str) -> list[str]:
    return [html.unescape(one or other).strip() for one, other in _COMMAND.findall(main_of(page))]


def flags(page: str) -> list[str]:
    """Of what a page says beside commands."""
    return _FLAG.findall(_COMMAND.sub("", _SPELLED.sub("", main_of(page))))


def parse(command: str) -> None:
    """Raises what the tool would say of it."""
    context: Any = get_command(app).make_context("doorbell", shlex.split(command)[1:])
    while context._protected_args or context.args:
        words = [*context._protected_args, *context.args]
        name, found, rest = context.command.resolve_command(context, words)
        context = found.make_context(name, rest, parent=context)
        if not hasattr(found, "commands"):
            return


def test_a_test_event_that_cannot_be_sent_is_told_what_can_be_done_on_a_page(
    doorbell: Doorbell, browser: Browser
) -> None:
    parked(doorbell, 600)
    said = browser.send(f"{SUBSCRIPTION}/test", 409)
    assert "acme/billing is parked until" in said
    assert "On its page it can be given a clean record first." in said
    assert flags(said) == []
    assert "Give it a clean record" in browser.page(SUBSCRIPTION)
    browser.send(f"{SUBSCRIPTION}/switch", to="enable")
    assert "state" in browser.page(SUBSCRIPTION)
    assert "Give it a clean record" not in browser.page(SUBSCRIPTION)
    browser.send(f"{SUBSCRIPTION}/switch", to="disable", reason="moving house")
    said = browser.send(f"{SUBSCRIPTION}/test", 409)
    assert "is disabled (moving house). Enable it on its page first." in said
    assert flags(said) == []


def test_the_tool_names_its_own_flags(doorbell: Doorbell) -> None:
    parked(doorbell, 600)
    said = " ".join(doorbell.run("test", "acme/billing").stderr.split())
    assert "doorbell subscriptions enable acme/billing` gives it a clean record; --direct sends" in said
    doorbell.subscribe("billing", enabled=False)
    assert "Enable it, or test it with --direct." in doorbell.run("test", "acme/billing").stderr


def test_times_that_lie_the_wrong_way_round_are_told_by_their_fields(browser: Browser) -> None:
    said = browser.page(f"{SUBSCRIPTION}/replay?since=1h&until=2h", 422)
    assert "until 2h is before since 1h" in said
    assert flags(said) == []


@pytest.fixture
def pages(doorbell: Doorbell, browser: Browser) -> list[str]:
    """Those that name a command, each in the state in which it does."""
    secret("ours")
    for number in range(52):
        keep(doorbell, number)
    event_id = doorbell.event(1, body=BodyAt(300_000, key="events/long"))
    doorbell.event(2, state="exhausted")
    pending(doorbell, 3, failures=1)
    doorbell.put("SourcesTable", {"source_id": "odd", "provider": "github", "tenant_id": 7})
    doorbell.put("SubscriptionsTable", {"tenant_id": "acme", "subscription_id": "broken", "url": 7})
    item = {"source_id": "sound", "provider": "github", "secrets": ["ssm:/doorbell/github"]}
    doorbell.put("SourcesTable", item)
    doorbell.subscribe("rotated", signing="standard", secrets=["ssm:/doorbell/new", "ssm:/doorbell/old"])
    paths = (
        "/?tenant=acme", "/tenants", "/parts/dead-letters", "/parts/totals?tenant=acme", "/sources/github",
        f"/events/{event_id}?body=1", "/subscriptions/acme/rotated", "/sources/sound/first",
        "/subscriptions/acme/broken", SUBSCRIPTION, "/new/subscription", "/subscriptions/acme/rotated/rotate",
        "/sources/sound/rotate",
    )  # fmt: skip
    return [browser.page(path) for path in paths]


def test_every_command_on_a_page_is_one_of_the_tool_and_of_this_stack(
    pages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "FILE").touch()
    monkeypatch.chdir(tmp_path)
    named = [command for page in pages for command in commands(page)]
    assert {command.split()[1] for command in named} >= {
        "apply", "check", "dlq", "events", "refused", "sources", "subscriptions",
    }  # fmt: skip
    for command in named:
        parse(command)
    assert [one for one in named if "--stack doorbell" not in one and one != "doorbell check"] == []


def test_no_page_names_a_flag_beside_its_command(pages: list[str]) -> None:
    assert [flags(page) for page in pages] == [[]] * len(pages)


def test_a_command_names_the_stack_unless_it_is_the_local_one() -> None:
    assert Frame("door bell", False, False, "").command("check") == "doorbell check --stack 'door bell'"
    local = Frame("doorbell", True, False, "")
    assert local.command("refused list", "a b; rm") == "doorbell refused list 'a b; rm'"

"""A day on call, with `doorbell` alone: set up, break, find out why, mend, replay."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

from doorbell_cli.stack import LocalStack
from tests.e2e.terminal import DOORBELL, Terminal
from tests.support.gateway import PUSH, SIGNING_SECRET, Gateway, github_headers
from tests.support.patience import HANG_SECONDS
from tests.support.subscribers import Handler, ok, subscriber

pytestmark = pytest.mark.e2e

SECRET = "the secret that GitHub has"
COMPLAINT = "the database is on holiday"


@pytest.fixture
def tenant() -> str:
    return f"t-{uuid4().hex[:10]}"


def test_a_broken_subscriber_is_found_out_mended_and_served_from_the_command_line_alone(
    terminal: Terminal, gateway: Gateway, tenant: str
) -> None:
    mended: list[bool] = []

    def moody(handler: Handler, number: int) -> None:
        handler.answer(204) if mended else handler.answer(500, COMPLAINT.encode())

    with subscriber(ok) as good, subscriber(moody) as bad:
        github = f"gh-{tenant}"
        put = ("sources", "put", github, "--provider", "github", "--tenant", tenant, "--secret-stdin")
        assert f"/in/{github}" in terminal.run(*put, stdin=SECRET)
        chat = terminal.json(
            "subscriptions", "put", f"{tenant}/chat", "--url", good.url, "--event-type", "push"
        )
        books = f"{tenant}/books"
        terminal.run("subscriptions", "put", books, "--url", bad.url, "--retry-schedule", "0,1")
        items = {f"source {github}", f"subscription {tenant}/chat", f"subscription {books}"}
        assert findings(terminal, tenant, items) == {}

        answer = gateway.ring(github, PUSH, github_headers(PUSH, SECRET))
        assert answer.status == 202
        (received,) = good.wait_for(1, 60)
        Webhook(chat["secret"]).verify(received.body, received.headers)

        terminal.wait_for("deliveries", "list", "--tenant", tenant, until="exhausted")
        (missed,) = terminal.json("deliveries", "list", "--tenant", tenant)
        assert missed["subscription_id"] == "books"
        assert "1 exhausted (schedule)" in terminal.run("status", books)
        assert "books" in terminal.run("status", "--tenant", tenant)
        why = terminal.run("deliveries", "show", missed["event_id"], "books")
        assert "500" in why
        assert COMPLAINT in why
        found = findings(terminal, tenant, items)
        assert list(found) == [f"subscription {books}"]
        assert "2 failures in a row" in found[f"subscription {books}"]
        assert COMPLAINT in terminal.run("test", books, code=1)

        mended.append(True)
        terminal.run("subscriptions", "enable", books)
        assert "204" in terminal.run("test", books)
        assert findings(terminal, tenant, items) == {}
        terminal.run("replay", answer.event_id, "--subscription", "books")
        terminal.wait_for("deliveries", "show", answer.event_id, "books", until="delivered")
        assert bad.received[-1].body == PUSH
        assert bad.received[-1].headers["webhook-id"] == answer.event_id


def findings(terminal: Terminal, tenant: str, items: set[str]) -> dict[str, str]:
    """What `doorbell check` says of these items; the queues of the shared stack are other tests' matter."""
    done = subprocess.run(
        [*DOORBELL, "check", "--tenant", tenant, "--json"],
        env=terminal.environ,
        capture_output=True,
        text=True,
    )
    document = json.loads(done.stdout)
    assert done.returncode == (1 if document["findings"] else 0)
    return {f["where"]: f["problem"] for f in document["findings"] if f["where"] in items}


def test_a_filter_is_tried_on_the_past_before_it_is_written(
    terminal: Terminal, gateway: Gateway, tenant: str, tmp_path: Path
) -> None:
    github = f"gh-{tenant}"
    put = ("sources", "put", github, "--provider", "github", "--tenant", tenant, "--secret-stdin")
    terminal.run(*put, stdin=SECRET)
    bodies = [
        PUSH,
        json.dumps({"ref": "refs/heads/other"}).encode(),
        json.dumps({"ref": "refs/tags/1"}).encode(),
    ]
    for body in bodies:
        assert gateway.ring(github, body, github_headers(body, SECRET)).status == 202
    file = tmp_path / "changed.yaml"
    file.write_text(
        f"tenant_id: {tenant}\nsubscription_id: tags\nurl: https://127.0.0.1/\nsigning: none\n"
        "filter: starts_with(body.ref, 'refs/tags/')\n"
    )
    shown = terminal.wait_for(
        "subscriptions", "preview", str(file), "--since", "1h", until="would have matched 1 of 3"
    )
    assert "the filter says no" in shown
    document = terminal.json("subscriptions", "preview", str(file))
    assert (document["would_match"], document["did_match"], document["events"]) == (1, 0, 3)
    assert len(document["samples"]["not_matching"]) == 2
    terminal.run("subscriptions", "show", f"{tenant}/tags", code=1)


def test_a_file_is_planned_applied_and_changes_nothing_the_second_time(
    terminal: Terminal, tenant: str, tmp_path: Path
) -> None:
    file = tmp_path / "doorbell.yaml"
    file.write_text(
        f"subscriptions:\n  - tenant_id: {tenant}\n    subscription_id: a\n    url: https://127.0.0.1/\n"
        "    signing: none\n    retry: {schedule: [0, 1.5]}\n    headers: {x-team: blue}\n"
        "    event_types: [push]\n    rate_limit_per_second: 0.5\n"
    )
    assert "1 to create" in terminal.run("apply", "-f", str(file), "--dry-run")
    terminal.run("apply", "-f", str(file), code=2)
    terminal.run("apply", "-f", str(file), "--yes")
    assert "0 to create, 0 to update" in terminal.run("apply", "-f", str(file), "--yes")
    file.write_text(file.read_text().replace("blue", "red"))
    assert "1 to update" in terminal.run("apply", "-f", str(file), "--yes")
    assert terminal.json("subscriptions", "show", f"{tenant}/a")["headers"] == {"x-team": "red"}


def test_listen_verifies_what_a_test_event_brings(terminal: Terminal, tenant: str) -> None:
    environ = {**terminal.environ, "DOORBELL_SECRET": SIGNING_SECRET, "PYTHONUNBUFFERED": "1"}
    command = [*DOORBELL, "listen", "--port", "0", "--count", "2", "--fail", "1", "--json"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as listening:
        try:
            assert listening.stderr is not None
            url = listening.stderr.readline().removeprefix("Listening on ").strip()
            put = ("subscriptions", "put", f"{tenant}/me", "--url", url, "--secret-stdin")
            terminal.run(*put, stdin=SIGNING_SECRET)
            assert terminal.json("test", f"{tenant}/me", code=1)["attempts"][0]["status"] == 500
            assert terminal.json("test", f"{tenant}/me")["attempts"][0]["status"] == 204
            printed = [
                json.loads(line) for line in listening.communicate(timeout=HANG_SECONDS)[0].splitlines()
            ]
        finally:
            listening.kill()
    assert [(line["verified"], line["answered"]) for line in printed] == [
        ("verified", 500),
        ("verified", 204),
    ]


def test_a_stack_can_be_named_and_one_that_is_not_there_is_wrong_use(
    terminal: Terminal, stack: LocalStack
) -> None:
    named = Terminal({**terminal.environ, **stack.environ, "DOORBELL_LOCAL": "/nowhere"})
    assert isinstance(named.json("sources", "list", "--stack", "doorbell"), list)
    named.run("sources", "list", "--stack", "elsewhere", code=2)
    named.run("sources", "list", code=2)

"""`doorbell backfill`: over the real wire to a server that is as GitHub is, and the tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest

from doorbell.domain.events import event_id_for
from doorbell.domain.sources import Backfill, Source
from doorbell.queues.envelopes import EventEnvelope
from doorbell.store.events.backfill_book import BackfillBook
from doorbell.usecases.purge import pages
from doorbell_cli.commands.operations.check_backfill import back_fill_findings
from doorbell_cli.ops.belongings import belongings, pool
from tests.integration.ops.deployed import Doorbell
from tests.support.github_hooks import TOKEN, GitHubHook, served
from tests.support.gitlab_hooks import GitLabHook
from tests.support.stripe_events import ENDPOINT, KEY, StripeAccount

HOOK = "repos/octo/hello/hooks/7"
LOCAL = {"AllowHttp": "true", "EgressAllowedCidrs": "127.0.0.0/8", "EgressAllowedPorts": "any"}


@dataclass
class Side:
    """GitHub's, and how our front door answers it."""

    doorbell: Doorbell
    answers: int = 202
    source_id: str = "github"
    count: int = 0
    hook: GitHubHook = field(init=False)
    origin: str = ""

    def __post_init__(self) -> None:
        self.hook = GitHubHook(self.ring, time.time, f"https://x.test/in/{self.source_id}", HOOK)

    def ring(self, guid: str, event: str, body: bytes) -> int:
        if self.answers == 202:
            self.count += 1
            name = event_id_for("acme", self.source_id, guid)
            self.doorbell.event(self.count, event_id=name)
            key = {"event_id": {"S": f"evt_acme_{self.count}"}, "sk": {"S": "event"}}
            client = self.doorbell.target.client("dynamodb")
            item = client.get_item(TableName="EventsTable", Key=key)["Item"]
            client.delete_item(TableName="EventsTable", Key=key)
            client.put_item(TableName="EventsTable", Item={**item, "event_id": {"S": name}})
        return self.answers

    def happen(self, count: int, answers: int = 202) -> None:
        self.answers = answers
        for _ in range(count):
            self.hook.happen()
        self.answers = 202


@pytest.fixture
def side(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    monkeypatch.setattr("doorbell_cli.ops.backfilling.pause", lambda seconds: None)
    doorbell.target.parameters.update(LOCAL)  # type: ignore[attr-defined]
    boto3.client("ssm").put_parameter(Name="/doorbell/token", Value=TOKEN, Type="SecureString")
    made = Side(doorbell)
    with served(made.hook.handle) as made.origin:
        write(doorbell, made)
        yield made


def write(doorbell: Doorbell, side: Side, **backfill: Any) -> None:
    setting = {"credentials_ref": "ssm:/doorbell/token", "hook": HOOK, "api": f"{side.origin}/api/v3"}
    item = {"source_id": side.source_id, "provider": "github", "tenant_id": "acme", "secrets": ["ssm:/x"]}
    doorbell.put("SourcesTable", {**item, "backfill": {**setting, **backfill}})


def run(side: Side, *more: str) -> Any:
    return side.doorbell.json("backfill", side.source_id, "--origin", side.origin, *more)


def test_a_dry_run_names_what_is_missing_and_the_run_brings_it(side: Side) -> None:
    side.happen(3)
    side.happen(2, answers=401)
    said = run(side, "--dry-run")
    assert (said["missing"], said["here"], said["asked"], len(said["events"])) == (2, 3, 0, 2)
    shown = side.doorbell.run("backfill", "github", "--origin", side.origin, "--dry-run").stdout
    assert "2 would be asked for. Nothing was." in shown
    assert run(side)["asked"] == 2
    again = run(side)
    assert (again["missing"], again["brought"], again["asked"], side.count) == (0, 2, 0, 5)


def test_audit_says_of_each_source_what_rang_what_was_brought_and_what_is_missing_for_good(
    side: Side,
) -> None:
    side.happen(3)
    side.happen(2, answers=401)
    run(side)
    counted = side.doorbell.json("audit", "--since", "1h")["sources"]["github"]
    assert counted == {"rung": 3, "back_filled": 2, "asked_for": 0, "missing_for_good": 0}
    assert "back-filled" in side.doorbell.run("audit", "--since", "1h").stdout


def test_the_providers_limit_ends_the_run_which_says_when_to_come_again(side: Side) -> None:
    side.happen(1, answers=401)
    side.hook.limits = [(403, {"retry-after": "120"}, b"{}")]
    done = side.doorbell.run("backfill", "github", "--origin", side.origin)
    assert (done.exit_code, "Run it again in 2 min" in done.stderr) == (1, True)


def test_a_host_that_nobody_allowed_gets_no_credential(side: Side) -> None:
    done = side.doorbell.run("backfill", "github")
    assert (done.exit_code, side.hook.calls) == (1, [])
    assert "is not one that may be called" in done.stderr


def test_a_source_without_backfill_and_none_at_all_are_told_apart(side: Side, doorbell: Doorbell) -> None:
    doorbell.put("SourcesTable", {"source_id": "plain", "provider": "github", "secrets": ["ssm:/x"]})
    assert "it has no `backfill`" in doorbell.run("backfill", "plain").stderr
    assert "there is no source nobody" in doorbell.run("backfill", "nobody").stderr


def test_what_another_tenant_had_of_the_source_before_is_not_taken_up(side: Side) -> None:
    side.happen(2, answers=401)
    run(side)
    item = {"source_id": "github", "provider": "github", "tenant_id": "other", "secrets": ["ssm:/x"]}
    setting = {"credentials_ref": "ssm:/doorbell/token", "hook": HOOK, "api": f"{side.origin}/api/v3"}
    side.doorbell.put("SourcesTable", {**item, "backfill": setting})
    said = run(side, "--dry-run")
    assert (said["listed"], said["here"]) == (2, 0)


def test_a_purge_finds_all_of_a_tenants_back_fills(side: Side) -> None:
    side.happen(2, answers=401)
    run(side)
    with pool() as threads:
        drawers = {drawer.name: drawer for drawer in belongings(side.doorbell.target, "acme", threads)}
        (found,) = pages(drawers["backfills"])
        assert found == ["backfill#github"]
        drawers["backfills"].remove(found)
    assert side.doorbell.items("backfill#github") == {}


def test_what_stripe_lists_and_never_rang_is_enqueued_and_says_where_it_is_from(doorbell: Doorbell) -> None:
    doorbell.target.parameters.update(LOCAL)  # type: ignore[attr-defined]
    boto3.client("ssm").put_parameter(Name="/doorbell/key", Value=KEY, Type="SecureString")
    account = StripeAccount("https://x.test/in/pay", lambda: time.time() - 600)
    account.happen("invoice.paid")
    account.happen("customer.created")
    with served(account.handle) as origin:
        setting = {"credentials_ref": "ssm:/doorbell/key", "hook": ENDPOINT, "api": origin}
        item = {"source_id": "pay", "provider": "stripe", "tenant_id": "acme", "secrets": ["ssm:/x"]}
        doorbell.put("SourcesTable", {**item, "backfill": setting})
        said = doorbell.json("backfill", "pay", "--origin", origin)
    (message,) = doorbell.messages("Events")
    assert (said["asked"], message["event_type"], message["tenant_id"]) == (1, "invoice.paid", "acme")
    assert message["fetched"].startswith(f"fetched from {origin} at 2")
    incoming = EventEnvelope.model_validate(message).to_domain()
    assert (incoming.fetched, incoming.headers) == (message["fetched"], {"content-type": "application/json"})


def test_check_says_that_the_clock_is_off_and_what_a_person_must_see_to(doorbell: Doorbell) -> None:
    setting = Backfill("ssm:/doorbell/token", HOOK, every_minutes=60)
    source = Source("github", "github", ("ssm:/x",), tenant_id="acme", backfill=setting)
    found = [one.problem for one in back_fill_findings(doorbell.target, "source github", source)]
    assert found == ["backfill.every_minutes: back-fill is not switched on in this stack"]
    doorbell.target.parameters["Backfill"] = "true"  # type: ignore[index]
    assert list(back_fill_findings(doorbell.target, "source github", source)) == []
    book = BackfillBook(doorbell.target.client("dynamodb"), "EventsTable", time.time)
    book.save(replace(book.progress(source), problem="the credential is not taken", failures=3))
    (finding,) = back_fill_findings(doorbell.target, "source github", source)
    assert finding.problem == "backfill: the credential is not taken (3 times in a row)"
    assert list(back_fill_findings(doorbell.target, "x", replace(source, backfill=None))) == []


def test_check_says_that_the_clock_may_not_call_a_gitlab_of_ones_own(doorbell: Doorbell) -> None:
    api = "https://gitlab.corp.test/api/v4"
    setting = Backfill("ssm:/doorbell/token", "projects/12/hooks/7", api, every_minutes=60)
    source = Source("gl", "gitlab", ("ssm:/x",), tenant_id="acme", backfill=setting)
    doorbell.target.parameters["Backfill"] = "true"  # type: ignore[index]
    (finding,) = back_fill_findings(doorbell.target, "source gl", source)
    assert finding.problem.startswith(
        "backfill.api: its API at gitlab.corp.test is not one that may be called"
    )
    doorbell.target.parameters["BackfillOrigins"] = "https://ghe.test,https://gitlab.corp.test"  # type: ignore[index]
    assert list(back_fill_findings(doorbell.target, "source gl", source)) == []


def test_a_gitlab_of_ones_own_is_asked_over_the_wire_five_a_minute(doorbell: Doorbell) -> None:
    doorbell.target.parameters.update(LOCAL)  # type: ignore[attr-defined]
    boto3.client("ssm").put_parameter(Name="/doorbell/gitlab", Value=TOKEN, Type="SecureString")
    hook = GitLabHook(lambda *_: 503, time.time, "https://x.test/in/gl", a_minute=100)
    for _ in range(7):
        hook.happen()
    with served(hook.handle) as origin:
        there = {"hook": "projects/acme/shop/hooks/7", "api": f"{origin}/api/v4"}
        item = {"source_id": "gl", "provider": "gitlab", "tenant_id": "acme", "secrets": ["ssm:/x"]}
        setting = {"credentials_ref": "ssm:/doorbell/gitlab", **there}
        doorbell.put("SourcesTable", {**item, "backfill": setting})
        said = doorbell.json("backfill", "gl", "--origin", origin, "--dry-run")
        assert (said["missing"], said["events"][0]["type"], len(hook.sent)) == (7, "Push Hook", 0)
        done = doorbell.run("backfill", "gl", "--origin", origin)
        assert (done.exit_code, len(hook.sent)) == (1, 5)
        assert "Stopped: GitLab sends 5 events a minute again, not more. Run it again in" in done.stderr
        assert doorbell.json("backfill", "gl", "--origin", origin)["asked"] == 2

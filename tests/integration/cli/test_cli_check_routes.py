"""`doorbell check` says whose events ask the routing index, and why not."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.certificates import CANARIES, FRESH_SECONDS, GAP_SECONDS, Certificate
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.routes.abouts import Abouts
from doorbell.store.routes.canaries import HeardCanaries
from doorbell_cli import target as target_module
from doorbell_cli.commands.operations import check_routes
from tests.integration.cli.conftest import Shell
from tests.support.template import create_table

MANY = 2
"""What a page holds here."""
TENANTS = ("acme", "acme.x")


@pytest.fixture
def indexed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Two tenants with just more than a page of subscriptions, and one with fewer."""
    client = shell.target.client("dynamodb")
    table = create_table(client, "RoutesTable")
    outputs = {**shell.target.outputs, "RoutesTableName": table}
    parameters = {**shell.target.parameters, "RoutingIndex": "true"}
    target = replace(shell.target, outputs=outputs, parameters=parameters)
    monkeypatch.setattr(check_routes, "MANY", MANY)
    monkeypatch.setattr(target_module, "find_target", lambda stack: target)
    for tenant, count in ((TENANTS[0], MANY + 1), (TENANTS[1], MANY + 1), ("small", MANY)):
        for number in range(count):
            values = {"tenant_id": tenant, "subscription_id": f"s{number}", "url": "https://127.0.0.1/"}
            item = marshal({**values, "signing": "none"})
            client.put_item(TableName=target.table("Subscriptions"), Item=item)
    return replace(shell, target=target)


def abouts(shell: Shell) -> Abouts:
    return Abouts(shell.target.client("dynamodb"), shell.target.table("Routes"))


def certify(shell: Shell, tenant: str, ago: float = 0.0, form: int | None = None) -> None:
    given = Certificate(time.time() - ago, MANY + 1)
    given = given if form is None else replace(given, form=form)
    assert abouts(shell).certify(tenant, given, abouts(shell).get(tenant))


def hear(shell: Shell, ago: float = 0.0, *, but: int = -1) -> None:
    table = HeardCanaries(shell.target.client("dynamodb"), shell.target.table("Routes"))
    table.note({number: time.time() - ago for number in range(CANARIES) if number != but})


def told(shell: Shell, code: int = 0, *arguments: str) -> dict[str, str]:
    """What is said of the index, findings and notes alike."""
    document: dict[str, Any] = shell.json("check", *arguments, code=code)
    found = {one["where"]: one["problem"] for one in document["findings"]}
    notes = dict(note.split(": ", 1) for note in document["notes"])
    return {where: text for where, text in {**found, **notes}.items() if where.startswith("routing index")}


def test_each_tenant_with_more_than_a_page_is_told_of_alone(indexed: Shell) -> None:
    hear(indexed, GAP_SECONDS / 2)
    certify(indexed, "acme", ago=3660)
    hear(indexed)
    found = told(indexed)
    in_use, not_yet = (found.pop(f"routing index of tenant {tenant}") for tenant in TENANTS)
    assert found == {}
    assert in_use == "in use: 3 subscriptions, all of which were found in it 1 h 1 min ago"
    assert not_yet.startswith("not yet: it has none")
    assert "until then its events ask everybody" in not_yet
    assert set(told(indexed, 0, "--tenant", "acme")) == {"routing index of tenant acme"}


def test_a_certificate_that_was_withdrawn_is_a_problem_until_there_is_a_new_one(indexed: Shell) -> None:
    hear(indexed)
    for tenant in TENANTS:
        certify(indexed, tenant)
    abouts(indexed).withdraw("acme.x")
    found = told(indexed, 1)
    assert "was withdrawn" in found["routing index of tenant acme.x"]
    assert found["routing index of tenant acme"].startswith("in use")
    certify(indexed, "acme.x")
    assert told(indexed)["routing index of tenant acme.x"].startswith("in use")


def test_changes_that_are_not_heard_of_are_a_problem_of_all_tenants(indexed: Shell) -> None:
    assert list(told(indexed, 1)) == ["routing index"]
    hear(indexed, FRESH_SECONDS + 60)
    certify(indexed, "acme")
    hear(indexed, but=3)
    found = told(indexed, 1)
    assert list(found) == ["routing index"]
    assert "are not heard of since 4 min" in found["routing index"]


def test_what_another_release_gave_or_a_gap_made_worthless_is_not_in_use(indexed: Shell) -> None:
    certify(indexed, "acme", form=99)
    certify(indexed, "acme.x", ago=60)
    hear(indexed)
    found = told(indexed)
    assert "not yet: another release" in found["routing index of tenant acme"]
    assert "not heard of for long" in found["routing index of tenant acme.x"]


def test_a_stack_without_the_index_is_told_nothing_of_it(shell: Shell) -> None:
    assert told(shell) == {}

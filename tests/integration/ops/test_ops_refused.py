"""`doorbell refused`: a wrong secret is found, mended, and what was turned away comes in."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import boto3
import pytest

from doorbell.domain.refused import Refused
from doorbell.signatures.signing.request import sign_request
from doorbell.store.bodies import BodyBucket
from doorbell.store.refused.refused_table import RefusedTable
from tests.integration.ops.deployed import Doorbell
from tests.support.topics import CERTIFICATE, FROM_A_TOPIC, OF_A_TOPIC, no_way_out

URL = "https://hooks.example/in/github"


def secret(value: str) -> None:
    boto3.client("ssm").put_parameter(
        Name="/doorbell/github", Value=value, Type="SecureString", Overwrite=True
    )


def keep(doorbell: Doorbell, number: int = 0, ago: float = 60, **changes: Any) -> str:
    """A request of GitHub's that was refused; its id."""
    item = {"source_id": "github", "provider": "github", "tenant_id": "acme"}
    doorbell.put("SourcesTable", {**item, "secrets": ["ssm:/doorbell/github"]})
    at, body = time.time() - ago, b'{"n":%d}' % number
    headers = {"x-github-event": "push", "x-github-delivery": str(number), "content-type": "application/json"}
    request = sign_request("github", "theirs", url=URL, body=body, headers=headers, now=at)
    kept = Refused(
        refused_id=f"{number:03d}abc", source_id="github", tenant_id="acme", provider="github", at=at,
        status=401, code="signature_mismatch", method="POST", url=URL, path="/in/github", raw_query="",
        headers=dict(request.headers), source_ip="192.0.2.7", size=len(body), body=body,
    )  # fmt: skip
    bodies = BodyBucket(lambda: doorbell.target.client("s3"), "bodies")
    table = RefusedTable(doorbell.target.client("dynamodb"), "RefusedTable", bodies, 50, 20, 72 * 3600)
    kept = replace(kept, **changes)
    table.put(number, kept)
    return kept.refused_id


def test_the_commonest_set_up_error_is_shown_mended_and_what_was_missed_let_in(doorbell: Doorbell) -> None:
    secret("ours")
    refused_id = keep(doorbell)
    (row,) = doorbell.json("refused", "list", "github")
    assert (row["refused_id"], row["code"]) == (refused_id, "signature_mismatch")
    shown = doorbell.run("refused", "show", "github").stdout
    assert "signed with another secret" in shown
    assert '{"n":0}' in shown
    before = doorbell.run("refused", "accept", "github", refused_id)
    assert (before.exit_code, doorbell.messages("Events")) == (1, [])
    assert "signature_mismatch" in before.stderr
    secret("theirs")
    assert f"doorbell refused accept github {refused_id}" in doorbell.run("refused", "show", "github").stdout
    (accepted,) = doorbell.json("refused", "accept", "github", refused_id)
    (message,) = doorbell.messages("Events")
    assert accepted["event_ids"] == [message["event_id"]]
    assert accepted["by"].startswith("arn:")
    assert "Accepted" in doorbell.run("refused", "show", "github").stdout


def test_all_that_can_be_accepted_are_the_oldest_first_and_none_of_them_twice(doorbell: Doorbell) -> None:
    secret("theirs")
    newer, older = keep(doorbell, 1, ago=10), keep(doorbell, 2, ago=20)
    keep(doorbell, 3, code="timestamp_out_of_tolerance")
    keep(doorbell, 4, masked=("header authorization",))
    forged = keep(doorbell, 5, ago=30, body=b"forged", size=6)
    result = doorbell.run("refused", "accept", "github", "--all", "--json")
    assert [one["refused_id"] for one in json.loads(result.stdout)] == [older, newer]
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith(f"{forged} is not accepted: signature_mismatch")
    assert doorbell.json("refused", "accept", "github", "--all") == []
    assert len(doorbell.messages("Events")) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "timestamp_out_of_tolerance"}, "it was refused for its time"),
        ({"masked": ("header authorization",)}, "what proved its sender is not kept: header authorization"),
        ({"cut": True, "size": 99}, "only 7 of its 99 bytes are kept"),
    ],
)
def test_what_cannot_be_accepted_is_told_so_and_why(
    doorbell: Doorbell, changes: dict[str, Any], said: str
) -> None:
    secret("theirs")
    refused_id = keep(doorbell, **changes)
    assert f"It cannot be accepted: {said}" in doorbell.run("refused", "show", "github").stdout
    result = doorbell.run("refused", "accept", "github", refused_id)
    assert (result.exit_code, doorbell.messages("Events")) == (1, [])
    assert said in result.stderr


def test_a_key_that_must_be_fetched_is_fetched_through_the_guard(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret("theirs")
    refused_id = keep(doorbell, body=FROM_A_TOPIC, size=len(FROM_A_TOPIC))
    doorbell.put("SourcesTable", {"source_id": "github", "tenant_id": "acme", **OF_A_TOPIC})
    fetched = no_way_out(monkeypatch)
    result = doorbell.run("refused", "accept", "github", refused_id)
    assert (result.exit_code, fetched) == (3, [CERTIFICATE])
    assert "key_unavailable" in result.stderr


def test_wrong_use_is_told_and_changes_nothing(doorbell: Doorbell) -> None:
    neither = doorbell.run("refused", "accept", "github")
    both = doorbell.run("refused", "accept", "github", "000abc", "--all")
    assert [result.exit_code for result in (neither, both)] == [2, 2]
    assert neither.stderr == both.stderr == "error: Name the ids to accept, or --all.\n"
    none_kept = doorbell.run("refused", "show", "github")
    assert (none_kept.exit_code, none_kept.stderr) == (1, "error: No refused request of github is kept.\n")
    assert "No refused request of nobody is kept." in doorbell.run("refused", "list", "nobody").stdout


def test_purge_removes_what_is_kept_of_a_tenant_s_refused_requests_bodies_and_records_too(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.runtime.purging.KEPT_DAYS", 2)
    secret("theirs")
    keep(doorbell, 1)
    doorbell.json("refused", "accept", "github", "--all")
    keep(doorbell, 2, body=b"x" * 5000, size=5000)
    keep(doorbell, 3, tenant_id="acme2")
    proof = doorbell.json("purge", "--tenant", "acme", "--yes")
    assert (proof["found"]["refused"], proof["found"]["bodies"], proof["left"]["refused"]) == (3, 1, 0)
    left = doorbell.target.client("dynamodb").scan(TableName="RefusedTable")["Items"]
    assert [item["tenant_id"]["S"] for item in left] == ["acme2"]

"""What `doorbell check` says of the account a stack runs in: AWS answers from a script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from doorbell.domain.errors import Unavailable
from doorbell.signatures import special
from doorbell.signatures.catalogue import names
from doorbell_cli.commands.operations import before_upgrade, check_account, check_ways
from doorbell_cli.commands.operations.findings import Finding, Listed, Note
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.ops.counted import CALLS_FILE
from doorbell_cli.target import Target

OUTPUTS = {f"{name}TableName": name for name in before_upgrade.TABLES} | {
    "ApiId": "ours",
    "EventsDeadLetterQueueUrl": "dead",
}


class Scripted:
    """A client whose calls answer what was given by their name; a paginator has one page."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> Any:
            answer = self._answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer(**given) if callable(answer) else answer

        return call

    def get_paginator(self, name: str) -> Any:
        return type("Pages", (), {"paginate": lambda _, **given: [getattr(self, name)(**given)]})()


def a_target(parameters: Mapping[str, str] | None = None, **clients: Scripted) -> Target:
    session = boto3.Session(region_name="eu-central-1")
    return Target("doorbell", False, OUTPUTS, parameters or {}, "", session, _clients=dict(clients))


def lambda_of(quota: int, unreserved: int) -> Scripted:
    limit = {"ConcurrentExecutions": quota, "UnreservedConcurrentExecutions": unreserved}
    return Scripted(get_account_settings={"AccountLimit": limit})


def concurrency(quota: int, unreserved: int, **parameters: str) -> tuple[list[Finding], str]:
    """The findings, and the note that is always there."""
    said = list(check_account.concurrency(a_target(parameters, **{"lambda": lambda_of(quota, unreserved)})))
    (note,) = [one for one in said if isinstance(one, Note)]
    return [one for one in said if isinstance(one, Finding)], note.text


def test_a_new_account_is_told_what_to_set() -> None:
    (finding,), note = concurrency(10, 10)
    assert "Lambda runs 10 at once" in finding.problem
    assert "may take 100" in finding.problem
    assert "MaximumConcurrency=2" in finding.advice
    assert "L-B99A9384" in finding.advice
    assert note.endswith("IngestReservedConcurrency may be 0 only, as AWS keeps 100 unreserved")
    assert concurrency(10, 10, MaximumConcurrency="2")[0] == []


def test_an_account_with_room_is_told_what_may_be_reserved() -> None:
    findings, note = concurrency(1000, 900)
    assert findings == []
    assert note.endswith("IngestReservedConcurrency may be 0 to 800")


def test_what_ingest_has_reserved_already_counts_as_what_it_may_reserve() -> None:
    assert concurrency(1000, 700, IngestReservedConcurrency="300")[1].endswith("may be 0 to 900")


def test_no_limit_is_a_finding_unless_ingest_has_its_own() -> None:
    assert len(concurrency(1000, 1000, MaximumConcurrency="0")[0]) == 1
    assert concurrency(1000, 800, MaximumConcurrency="0", IngestReservedConcurrency="200")[0] == []


def test_who_may_not_ask_for_the_quota_is_told_so() -> None:
    error = ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "GetAccountSettings")
    target = a_target(None, **{"lambda": Scripted(get_account_settings=error)})
    with pytest.raises(Unavailable, match="AccessDenied"):
        list(check_account.concurrency(target))


def test_what_the_events_table_takes_at_once_is_told_with_its_narrowest_index() -> None:
    indexes = [
        {"IndexName": name, "WarmThroughput": {"WriteUnitsPerSecond": units}}
        for name, units in (("due", 8000), ("by_tenant", 4000))
    ]
    table = {"WarmThroughput": {"WriteUnitsPerSecond": 4000}, "GlobalSecondaryIndexes": indexes}
    target = a_target(dynamodb=Scripted(describe_table={"Table": table}))
    (note,) = check_account.throughput(target)
    assert isinstance(note, Note)
    assert (
        "takes 4,000 write units a second at once, index by_tenant 4,000: some 800 small events" in note.text
    )


def test_the_units_of_an_event_are_those_that_are_counted() -> None:
    counted = json.loads(CALLS_FILE.read_text())
    delivery = counted["event"]["write_units"] / counted["event"]["delivery_items"]
    assert 2 + delivery + counted["attempt"]["write_units"] == check_account.UNITS_PER_EVENT


def sources(*references: str, **more: Any) -> list[Listed]:
    return [
        Listed(SOURCE, {"source_id": f"s{n}", "provider": "github", "secrets": [reference], **more})
        for n, reference in enumerate(references)
    ]


def ssm_setting(value: str) -> Scripted:
    return Scripted(get_service_setting={"ServiceSetting": {"SettingValue": value}})


@pytest.mark.parametrize(
    ("count", "value", "found"), [(120, "false", 0), (130, "false", 1), (130, "true", 0)]
)
def test_more_secrets_in_ssm_than_it_answers_for_are_a_finding(count: int, value: str, found: int) -> None:
    items = sources(*(f"ssm:/doorbell/{n}" for n in range(count)))
    findings = list(check_account.parameters_of_ssm(a_target(ssm=ssm_setting(value)), items))
    assert len(findings) == found
    for finding in findings:
        assert "43 times a second, and SSM answers 40" in finding.problem
        assert check_account.HIGH_THROUGHPUT in finding.advice


def test_all_references_of_sound_items_are_seen_and_broken_items_are_left_to_their_own_check() -> None:
    subscription = {
        "tenant_id": "a",
        "subscription_id": "s",
        "url": "https://example.com/",
        "secrets": ["secretsmanager:doorbell/a#key", "secretsmanager:doorbell/a#other"],
        "headers": {"authorization": "ssm:/doorbell/h"},
    }
    items = [
        Listed(SUBSCRIPTION, subscription),
        Listed(SOURCE, {"source_id": "x"}),
        *sources("ssm:/doorbell/s"),
    ]
    assert check_account.names_in(items, "ssm") == {"/doorbell/h", "/doorbell/s"}
    assert check_account.names_in(items, "secretsmanager") == {"doorbell/a"}


@pytest.mark.parametrize(("tags", "found"), [([], 1), ([{"TagKey": "doorbell", "TagValue": "secrets"}], 0)])
def test_a_secret_under_a_key_that_the_functions_may_not_use_is_a_finding(
    tags: list[dict[str, str]], found: int
) -> None:
    parameters = [
        {"Name": "/doorbell/mine", "KeyId": "alias/mine"},
        {"Name": "/doorbell/aws", "KeyId": "alias/aws/ssm"},
        {"Name": "/doorbell/unused", "KeyId": "alias/other"},
    ]
    secrets = [{"Name": "doorbell/x", "ARN": "arn:x", "KmsKeyId": "arn:aws:kms:eu-central-1:1:key/k"}]
    kms = Scripted(describe_key={"KeyMetadata": {"KeyId": "k"}}, list_resource_tags={"Tags": tags})
    target = a_target(
        ssm=Scripted(describe_parameters={"Parameters": parameters}),
        secretsmanager=Scripted(list_secrets={"SecretList": secrets}),
        kms=kms,
    )
    items = sources("ssm:/doorbell/mine", "ssm:/doorbell/aws", "secretsmanager:doorbell/x")
    findings = list(check_ways.keys(target, items))
    assert [finding.what for finding in findings] == ["parameter /doorbell/mine", "secret doorbell/x"][
        : 2 * found
    ]
    assert all("tag-resource" in finding.advice for finding in findings)


def mapped(**mapping: str) -> Scripted:
    return Scripted(
        get_domain_names={"Items": [{"DomainName": "hooks.example"}]},
        get_api_mappings={"Items": [{"ApiId": "ours", **mapping}]},
    )


TWILIO = Listed(SOURCE, {"source_id": "calls", "provider": "twilio", "secrets": ["ssm:/doorbell/t"]})


def test_behind_an_api_mapping_a_source_whose_url_is_signed_needs_its_public_url() -> None:
    declared = {"source_id": "own", "provider": "hmac", "scheme": {"message": ["url", "body"]}}
    given = {**TWILIO.values, "source_id": "given", "public_url": "https://hooks.example/v1/in/given"}
    items = [TWILIO, Listed(SOURCE, declared), Listed(SOURCE, given), *sources("ssm:/doorbell/g")]
    findings = list(check_ways.mappings(a_target(apigatewayv2=mapped(ApiMappingKey="v1")), items))
    assert [finding.what for finding in findings] == ["source calls", "source own"]
    assert "hooks.example/v1" in findings[0].problem
    assert "public_url" in findings[0].advice


def test_every_check_that_reads_the_url_as_the_provider_has_it_is_known_here() -> None:
    specials = Path(special.__path__[0]).glob("*.py")
    reading = {path.stem for path in specials if re.search('public_url|"pathname"', path.read_text())}
    assert reading == check_ways.URL_SPECIALS | {"jwt_request"}
    signing = {name for name in names() if check_ways.signs_url(Listed(SOURCE, {"provider": name}))}
    assert {"twilio", "messagebird", "square", "plivo"} <= signing
    assert not signing & {"github", "stripe", "slack"}


@pytest.mark.parametrize("mapping", [{}, {"ApiMappingKey": ""}, {"ApiMappingKey": "v1", "ApiId": "another"}])
def test_a_domain_without_a_path_or_of_another_api_hides_nothing(mapping: dict[str, str]) -> None:
    assert list(check_ways.mappings(a_target(apigatewayv2=mapped(**mapping)), [TWILIO])) == []


def dynamodb(status: str = "ACTIVE", **index: Any) -> Scripted:
    indexes = [{"IndexName": "shelf", "IndexStatus": "ACTIVE", **index}]
    table = {"TableStatus": status, "GlobalSecondaryIndexes": indexes}
    return Scripted(
        describe_table=lambda TableName: {
            "Table": table if TableName == "Events" else {"TableStatus": "ACTIVE"}
        }
    )


@pytest.mark.parametrize(
    ("client", "problems"),
    [
        (dynamodb(), []),
        (dynamodb("UPDATING"), ["is updating"]),
        (dynamodb(IndexStatus="CREATING"), ["index shelf is being made or removed"]),
        (dynamodb(Backfilling=True), ["index shelf is being made or removed"]),
    ],
)
def test_before_an_upgrade_no_table_or_index_may_still_be_changing(
    client: Scripted, problems: list[str]
) -> None:
    findings = list(before_upgrade.tables(a_target(dynamodb=client), []))
    assert [finding.problem for finding in findings] == problems


@pytest.mark.parametrize(("waiting", "found"), [(0, 0), (3, 1)])
def test_before_an_upgrade_dead_letters_are_sent_back(waiting: int, found: int) -> None:
    counts = dict.fromkeys(
        ("ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"), "0"
    )
    answer = {"Attributes": {"ApproximateNumberOfMessages": str(waiting), **counts}}
    target = a_target(sqs=Scripted(get_queue_attributes=answer))
    assert len(list(before_upgrade.dead_letters(target, []))) == found

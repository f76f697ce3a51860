"""Least privilege, written out: who may do what."""

import re
from typing import Any

import pytest

from tests.template.permissions import may
from tests.template.reading import (
    FUNCTIONS,
    either,
    function,
    of_type,
    resources,
    statements,
    target,
    written,
)
from tests.template.rendering import ACCOUNT, REGION, rendered

ROLES = sorted(of_type("AWS::IAM::Role"))
QUEUES = ("EventsQueue", "DeliveriesQueue", "InboxQueue")
# On AWS this is sqs:SendMessage alone; MiniStack also asks for sqs:SendMessageBatch, which AWS has not.
SEND = "sqs:SendMessage*"
TABLE_WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
TABLE_WRITES |= {"dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"}


def _allowed(name: str, resource: str) -> set[str]:
    """The actions a function's role has on a resource of this stack."""
    return {
        action
        for statement in statements(f"{name.capitalize()}Role")
        if re.search(rf"\b{resource}\b", str(statement["Resource"]))
        for action in statement["Action"]
    }


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [target(function(name)["Role"]) for name in FUNCTIONS]
    assert roles == [f"{name.capitalize()}Role" for name in FUNCTIONS]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_no_managed_policy_no_wildcard_action_and_no_resource_star(role: str) -> None:
    assert "ManagedPolicyArns" not in resources()[role]["Properties"]
    for statement in statements(role):
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action and action != SEND]
        assert statement["Resource"] != "*"


@pytest.mark.parametrize("role", ROLES)
def test_a_wildcard_in_a_resource_is_only_where_no_name_can_stand(role: str) -> None:
    ends = (
        "parameter/doorbell/*",
        "parameter/doorbell/handshakes/*",
        "secret:doorbell/*",
        ":key/*",
        "${BodiesBucket.Arn}/*",
        "${BodiesBucket.Arn}/!large/*",
        "${SubscriptionsTable.Arn}/stream/*",  # named after the time it was made
    )
    for statement in statements(role):
        for resource in _texts(statement["Resource"]):
            assert "*" not in resource or resource.endswith(ends), resource


@pytest.mark.parametrize("role", ROLES)
def test_a_key_decrypts_only_if_it_bears_the_tag(role: str) -> None:
    for statement in statements(role):
        if "kms:Decrypt" in statement["Action"]:
            assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/doorbell": "secrets"}}


def test_only_admin_and_back_fill_can_scan_sources_admin_what_is_pending_the_indexer_subscriptions() -> None:
    scans = [(r, s["Resource"]) for r in ROLES for s in statements(r) if "dynamodb:Scan" in s["Action"]]
    assert scans == [
        ("AdminRole", {"Fn::GetAtt": ["SourcesTable", "Arn"]}),
        ("AdminRole", {"Fn::Sub": "${EventsTable.Arn}/index/due"}),
        ("BackfillRole", {"Fn::GetAtt": ["SourcesTable", "Arn"]}),
        ("IndexerRole", {"Fn::GetAtt": ["SubscriptionsTable", "Arn"]}),
    ]


def test_the_routing_index_is_asked_by_fan_out_and_written_by_the_indexer_alone() -> None:
    allowed = {name: _allowed(name, "RoutesTable") for name in FUNCTIONS}
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    assert {name: actions for name, actions in allowed.items() if actions} == {
        "fanout": {"dynamodb:PartiQLSelect"},
        "indexer": {"dynamodb:GetItem", "dynamodb:Query", *writes},
    }
    assert not _allowed("indexer", "SubscriptionsTable") & TABLE_WRITES


def test_only_ingest_dispatcher_admin_and_back_fill_can_read_secrets() -> None:
    """Admin for public keys: what it answers is tested in tests/integration/test_admin_configuration.py."""
    readers = {r for r in ROLES for s in statements(r) if "secretsmanager:GetSecretValue" in s["Action"]}
    assert readers == {"IngestRole", "DispatcherRole", "AdminRole", "BackfillRole"}


def test_only_ingest_can_write_a_secret_and_only_one_of_a_handshake() -> None:
    writes = [(r, s["Resource"]) for r in ROLES for s in statements(r) if "ssm:PutParameter" in s["Action"]]
    assert [role for role, _ in writes] == ["IngestRole"]
    assert writes[0][1]["Fn::Sub"].endswith(":parameter/doorbell/handshakes/*")


def test_ingest_can_read_sources_and_write_no_table_but_those_of_what_it_refused() -> None:
    assert _allowed("ingest", "SourcesTable") == {"dynamodb:GetItem"}
    writes = [s for s in statements("IngestRole") if set(s["Action"]) & TABLE_WRITES]
    assert [target(s["Resource"]) for s in writes] == ["RefusedTable", "RollupsTable"]


def test_who_counts_can_read_no_counts_and_admin_that_reads_them_can_write_none() -> None:
    allowed = {name: _allowed(name, "RollupsTable") for name in FUNCTIONS}
    assert {name: actions for name, actions in allowed.items() if actions} == {
        "ingest": {"dynamodb:UpdateItem"},
        "fanout": {"dynamodb:UpdateItem"},
        "dispatcher": {"dynamodb:UpdateItem"},
        "admin": {"dynamodb:Query"},
    }


def test_refused_requests_are_written_by_ingest_and_read_by_admin_alone() -> None:
    allowed = {name: _allowed(name, "RefusedTable") for name in FUNCTIONS}
    assert {name: actions for name, actions in allowed.items() if actions} == {
        "ingest": {"dynamodb:UpdateItem", "dynamodb:PutItem"},
        "admin": {"dynamodb:Query", "dynamodb:PutItem"},  # the record of who accepted one
    }


def test_publish_can_read_event_types_and_no_other_table() -> None:
    touched = [s for s in statements("PublishRole") if any(a.startswith("dynamodb:") for a in s["Action"])]
    assert [(s["Action"], target(s["Resource"])) for s in touched] == [
        (["dynamodb:GetItem"], "EventTypesTable")
    ]


def test_only_admin_writes_sources_and_event_types_and_nobody_deletes_events() -> None:
    for name in FUNCTIONS:
        for table in ("SourcesTable", "EventTypesTable"):
            assert not (_allowed(name, table) & TABLE_WRITES) or name == "admin"
        assert "dynamodb:DeleteItem" not in _allowed(name, "EventsTable")


def test_who_reads_bodies_is_told_of_one_that_is_gone() -> None:
    """Without ListBucket GetObject of a missing key is 403, not 404.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
    for name in FUNCTIONS:
        allowed = _allowed(name, "BodiesBucket")
        assert ("s3:GetObject" in allowed) == ("s3:ListBucket" in allowed)


def test_who_reads_and_who_writes_bodies() -> None:
    """Admin reads one that somebody asks to see, or asks of why a filter said no; jobs ask filters again, and
    try transforms."""
    readers = {name for name in FUNCTIONS if "s3:GetObject" in _allowed(name, "BodiesBucket")}
    writers = {name for name in FUNCTIONS if "s3:PutObject" in _allowed(name, "BodiesBucket")}
    assert readers == {"fanout", "dispatcher", "admin", "jobs"}
    assert writers == {"ingest", "publish", "inbox", "fanout", "backfill", "dispatcher"}


def test_each_queue_is_filled_and_emptied_by_the_right_functions() -> None:
    senders = {q: {n for n in FUNCTIONS if {SEND, "sqs:SendMessage"} & _allowed(n, q)} for q in QUEUES}
    takers = {q: {n for n in FUNCTIONS if "sqs:DeleteMessage" in _allowed(n, q)} for q in QUEUES}
    assert senders == {
        # Fan-out: what it has not come to the end of, and broken items. The sweeper: what goes wrong. Admin:
        # what was refused and is accepted. Jobs: that one is done,
        # and tests to their subscription.
        "EventsQueue": {"ingest", "publish", "inbox", "fanout", "sweeper", "admin", "backfill", "jobs"},
        "DeliveriesQueue": {"fanout", "dispatcher", "sweeper", "admin", "jobs"},
        "InboxQueue": set(),
    }
    assert takers == {"EventsQueue": {"fanout"}, "DeliveriesQueue": {"dispatcher"}, "InboxQueue": {"inbox"}}


def _texts(resource: Any) -> list[str]:
    """Every resource of a statement as text; a reference is text without a wildcard."""
    listed = resource if isinstance(resource, list) else [resource]
    return [entry.get("Fn::Sub", "") if isinstance(entry, dict) else entry for entry in listed]


def test_only_where_tracing_is_on_may_every_function_write_to_x_ray_and_do_nothing_else_there() -> None:
    policy = resources()["TracePolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert policy["Condition"] == "Traced"
    assert {target(either(role)) for role in policy["Properties"]["Roles"]} == {
        f"{name.capitalize()}Role" for name in FUNCTIONS
    }
    assert statement["Action"] == ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def test_only_where_purges_by_jobs_are_on_may_jobs_delete_and_nobody_else_more_than_before() -> None:
    policy = resources()["PurgesPolicy"]
    assert policy["Condition"] == "PurgesByJobs"
    assert [target(role) for role in policy["Properties"]["Roles"]] == ["JobsRole"]
    deletes = {"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "s3:DeleteObject"}
    own = {action for statement in statements("JobsRole") for action in statement["Action"]}
    assert own & deletes == set()
    assert written()["Parameters"]["PurgeJobs"]["Default"] == "false"


@pytest.mark.parametrize("table", sorted(of_type("AWS::DynamoDB::Table")))
def test_a_purge_by_a_job_may_delete_in_every_table_and_where_it_is_off_in_none(table: str) -> None:
    """A table more would hold something of tenants that no purge reaches."""
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"
    action = "dynamodb:DeleteItem" if table == "SourcesTable" else "dynamodb:BatchWriteItem"
    assert may(rendered(PurgeJobs="true"), "JobsRole", action, arn)
    assert not may(rendered(), "JobsRole", action, arn)
    for name in ("Scan", "UpdateTable", "DeleteTable"):
        assert not may(rendered(PurgeJobs="true"), "JobsRole", f"dynamodb:{name}", arn) or (
            name == "Scan" and table in ("SourcesTable", "RefusedTable", "RollupsTable")
        )

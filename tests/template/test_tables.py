"""Tables, their indexes, and the bucket: DESIGN's table, item by item."""

from typing import Any

import pytest

from doorbell.store.tables import TTL_ATTRIBUTE
from tests.template.reading import of_type, resources, written

TABLES = of_type("AWS::DynamoDB::Table")
KEYS = {
    "SourcesTable": ["source_id"],
    "SubscriptionsTable": ["tenant_id", "subscription_id"],
    "EndpointsTable": ["subscription_id"],
    "EventTypesTable": ["tenant_id", "event_type"],
    "EventsTable": ["event_id", "sk"],
}
INDEXES = {
    "due": (["due_shard", "due_at"], {"attempts_made", "tenant_id"}),
    "undelivered": (["subscription_id", "ended_at"], {"state", "reason", "tenant_id"}),
    "by_tenant": (["tenant_day", "created_at"], {"event_type", "source_id"}),
}


def _key_names(schema: list[dict[str, str]]) -> list[str]:
    assert [key["KeyType"] for key in schema] == ["HASH", "RANGE"][: len(schema)]
    return [key["AttributeName"] for key in schema]


def test_the_tables_have_the_keys_of_the_design() -> None:
    assert {name: _key_names(table["KeySchema"]) for name, table in TABLES.items()} == KEYS


def test_the_events_table_has_the_indexes_of_the_design() -> None:
    found: dict[str, Any] = {
        index["IndexName"]: (_key_names(index["KeySchema"]), set(index["Projection"]["NonKeyAttributes"]))
        for index in TABLES["EventsTable"]["GlobalSecondaryIndexes"]
    }
    assert found == INDEXES


def test_times_are_numbers_and_names_are_strings() -> None:
    types = {a["AttributeName"]: a["AttributeType"] for a in TABLES["EventsTable"]["AttributeDefinitions"]}
    assert {name for name, kind in types.items() if kind == "N"} == {"due_at", "ended_at", "created_at"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_on_demand_with_point_in_time_recovery(name: str) -> None:
    table = TABLES[name]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "DeletionProtectionEnabled" in table


def test_the_ttl_attribute_is_the_one_the_code_writes_and_people_s_tables_have_none() -> None:
    ttl = {name: table.get("TimeToLiveSpecification") for name, table in TABLES.items()}
    on = {"AttributeName": TTL_ATTRIBUTE, "Enabled": True}
    people_s = dict.fromkeys(("SourcesTable", "SubscriptionsTable", "EventTypesTable"))
    assert ttl == {**people_s, "EndpointsTable": on, "EventsTable": on}


def test_no_bucket_is_public_and_every_bucket_is_encrypted_and_tls_only() -> None:
    (bucket,) = of_type("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (policy,) = of_type("AWS::S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_tls_is_only_waived_where_the_functions_are_pointed_at_a_local_aws() -> None:
    assert written()["Conditions"]["TlsOnly"] == {"Fn::Equals": [{"Ref": "AwsEndpointUrl"}, ""]}
    assert written()["Parameters"]["AwsEndpointUrl"]["Default"] == ""
    waived = {name for name, body in resources().items() if body.get("Condition") == "TlsOnly"}
    assert waived == {"BodiesBucketPolicy", *of_type("AWS::SQS::QueuePolicy")}


def test_a_body_outlives_its_event_by_a_day() -> None:
    allowed = written()["Parameters"]["RetentionDays"]["AllowedValues"]
    days = {key: value["Days"] for key, value in written()["Mappings"]["BodyExpiration"].items()}
    assert days == {key: int(key) + 1 for key in allowed}
    (rule,) = resources()["BodiesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"]["Fn::FindInMap"][0] == "BodyExpiration"
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}

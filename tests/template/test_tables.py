"""Tables, their indexes, and the bucket: DESIGN's table, item by item."""

from typing import Any

import pytest

from doorbell.domain.large import PREFIX as LARGE_PREFIX
from doorbell.domain.sources import ID
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE
from doorbell.store.refused.refused_items import BODIES_PREFIX
from tests.template.reading import of_type, resources, written

TABLES = of_type("AWS::DynamoDB::Table")
KEYS = {
    "SourcesTable": ["source_id"],
    "SubscriptionsTable": ["tenant_id", "subscription_id"],
    "EndpointsTable": ["subscription_id"],
    "EventTypesTable": ["tenant_id", "event_type"],
    "RoutesTable": ["pk", "sk"],
    "EventsTable": ["event_id", "sk"],
    "RefusedTable": ["source_id", "sk"],
    "RollupsTable": ["holder", "at"],
}
INDEXES = {
    "due": (["due_shard", "due_at"], {"attempts_made", "tenant_id"}),
    "undelivered": (["subscription_id", "ended_at"], {"state", "reason", "tenant_id"}),
    "by_tenant": (["tenant_day", "created_at"], {"event_type", "source_id"}),
    "shelf": (
        ["shelf", "shelf_at"],
        {"tenant_id", "attempts_made", "state", "reason", "status", "error", "event_type"},
    ),
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


def test_the_endpoints_table_has_the_index_of_its_wakes() -> None:
    (index,) = TABLES["EndpointsTable"]["GlobalSecondaryIndexes"]
    assert (index["IndexName"], _key_names(index["KeySchema"])) == ("wake", ["wake_shard", "wake_at"])
    assert index["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["wake_pace"]}


def test_the_stream_of_subscriptions_tells_which_changed_and_no_other_table_has_one() -> None:
    streams = {
        name: table["StreamSpecification"] for name, table in TABLES.items() if "StreamSpecification" in table
    }
    assert streams == {"SubscriptionsTable": {"StreamViewType": "KEYS_ONLY"}}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_attributes_of_all_keys_are_defined_and_no_others(name: str) -> None:
    """CreateTable refuses a table where one lacks, or one more is there.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html"""
    table = TABLES[name]
    schemas = [one["KeySchema"] for one in (table, *table.get("GlobalSecondaryIndexes", ()))]
    defined = [one["AttributeName"] for one in table["AttributeDefinitions"]]
    assert sorted(defined) == sorted({key for schema in schemas for key in _key_names(schema)})


def test_times_are_numbers_and_names_are_strings() -> None:
    numbers = {
        name: {a["AttributeName"] for a in table["AttributeDefinitions"] if a["AttributeType"] == "N"}
        for name, table in TABLES.items()
    }
    assert {name: found for name, found in numbers.items() if found} == {
        "EventsTable": {"due_at", "ended_at", "created_at", "shelf_at"},
        "EndpointsTable": {"wake_at"},
        "RollupsTable": {"at"},
    }


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_on_demand_with_point_in_time_recovery(name: str) -> None:
    table = TABLES[name]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "DeletionProtectionEnabled" in table


def test_the_events_table_and_all_its_indexes_are_warmed_alike_and_only_where_that_is_asked_for() -> None:
    """An index that takes fewer writes than its table holds the table up.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html"""
    events = TABLES["EventsTable"]
    asked = ["WarmsTables", {"WriteUnitsPerSecond": {"Ref": "WarmThroughput"}}, {"Ref": "AWS::NoValue"}]
    warmed = [events, *events["GlobalSecondaryIndexes"]]
    assert [one["WarmThroughput"] for one in warmed] == [{"Fn::If": asked}] * len(warmed)
    assert written()["Parameters"]["WarmThroughput"]["Default"] == 0


def test_the_ttl_attribute_is_the_one_the_code_writes_and_people_s_tables_have_none() -> None:
    ttl = {name: table.get("TimeToLiveSpecification") for name, table in TABLES.items()}
    on = {"AttributeName": TTL_ATTRIBUTE, "Enabled": True}
    people_s = dict.fromkeys(("SourcesTable", "SubscriptionsTable", "EventTypesTable"))
    others = dict.fromkeys(
        ("EndpointsTable", "EventsTable", "RefusedTable", "RollupsTable", "RoutesTable"), on
    )
    assert ttl == {**people_s, **others}


def test_what_is_replaced_by_an_update_keeps_its_data() -> None:
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket")
    kept = {
        name: body.get("UpdateReplacePolicy") for name, body in resources().items() if body["Type"] in kinds
    }
    assert set(kept.values()) == {"Retain"}, kept


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
    over_tls = {"Fn::And": [{"Condition": "HasInbox"}, {"Condition": "TlsOnly"}]}
    assert written()["Conditions"]["InboxOverTls"] == over_tls
    waived = {
        name for name, body in resources().items() if body.get("Condition") in ("TlsOnly", "InboxOverTls")
    }
    assert waived | {"InboxQueuePolicy"} == {"BodiesBucketPolicy", *of_type("AWS::SQS::QueuePolicy")}


def test_a_body_outlives_every_message_that_names_it_and_the_event_that_comes_of_it() -> None:
    """The event is made, and its days begin, when its message is taken, which may wait for as long as a queue
    keeps it; a move to the dead-letter queue does not begin that time anew."""
    waits = {queue["MessageRetentionPeriod"] for queue in of_type("AWS::SQS::Queue").values()}
    allowed = written()["Parameters"]["RetentionDays"]["AllowedValues"]
    days = {key: value["Days"] for key, value in written()["Mappings"]["BodyExpiration"].items()}
    assert days == {key: int(key) + int(max(waits)) // 86_400 + 1 for key in allowed}
    rule, _ = resources()["BodiesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert "Prefix" not in rule, "all bodies"
    assert rule["ExpirationInDays"]["Fn::FindInMap"][0] == "BodyExpiration"
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_what_went_as_a_pointer_outlives_every_message_that_a_queue_keeps() -> None:
    """It is written when it is first sent, and never again: at the latest when the event's days are over."""
    days = {key: value["Days"] for key, value in written()["Mappings"]["BodyExpiration"].items()}
    assert all(days[kept] > int(kept) + 14 for kept in days)
    assert ID.fullmatch(LARGE_PREFIX.partition("/")[0]) is None


def test_a_refused_body_outlives_the_item_that_names_it_by_a_day_and_lies_where_no_tenant_s_events_can() -> (
    None
):
    allowed = written()["Parameters"]["RefusedHours"]["AllowedValues"]
    days = {key: value["Days"] for key, value in written()["Mappings"]["RefusedBodyExpiration"].items()}
    assert days == {key: int(key) // 24 + 1 for key in allowed}
    _, rule = resources()["BodiesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"]["Fn::FindInMap"][:2] == ["RefusedBodyExpiration", {"Ref": "RefusedHours"}]
    assert rule["Prefix"] == BODIES_PREFIX
    assert ID.fullmatch(BODIES_PREFIX.partition("/")[0]) is None

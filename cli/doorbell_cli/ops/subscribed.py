"""A tenant's subscription ids, broken items included: their deliveries are there all the same."""

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell_cli.target import Target


def subscription_ids(target: Target, tenant_id: str) -> list[str]:
    found: list[str] = []
    with translated("dynamodb", "Query"):
        pages = (
            target.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=target.table("Subscriptions"),
                KeyConditionExpression="tenant_id = :tenant",
                ExpressionAttributeValues=marshal({":tenant": tenant_id}),
                ProjectionExpression="subscription_id",
            )
        )
        for page in pages:
            found += [unmarshal(item)["subscription_id"] for item in page["Items"]]
    return found

"""A list in an item of the Endpoints table that keeps its newest entries: one write unit for each that is
added, and one more where there are too many then."""

from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal, unmarshal
from doorbell.store.health.items import endpoint_key

_ADD = "SET {0} = list_append(if_not_exists({0}, :none), :one)"


def add(
    client: Any,
    table: str,
    key: str,
    attribute: str,
    entry: list[Any],
    *,
    most: int,
    expires_at: int | None = None,
) -> None:
    """`key`: an endpoint's id, or what stands in its place. A call that is repeated adds it twice. With
    `expires_at` the whole item goes then."""

    def update(expression: str, **values: Any) -> list[Any]:
        with translated("dynamodb", "UpdateItem"):
            answer = client.update_item(
                TableName=table,
                Key=endpoint_key(key),
                ReturnValues="UPDATED_NEW",
                UpdateExpression=expression,
                **({"ExpressionAttributeValues": marshal(values)} if values else {}),
            )
        return list(unmarshal(answer.get("Attributes", {})).get(attribute, []))

    values: dict[str, Any] = {":none": [], ":one": [entry]}
    ends = "" if expires_at is None else f", {TTL_ATTRIBUTE} = :until"
    there = update(_ADD.format(attribute) + ends, **values, **({":until": expires_at} if ends else {}))
    if len(there) > most:
        update(f"REMOVE {attribute}[0]")
